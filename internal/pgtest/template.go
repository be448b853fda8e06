package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/migrations"
)

// templateLock serialises the making of templates between processes.
const templateLock int64 = 0x5163_6e61_6c74_706c

// ensureTemplate returns the name of the migrated database that tests clone. Its
// name holds a hash of the migrations: a change makes a new one.
func ensureTemplate(ctx context.Context, adminURL string) (string, error) {
	name, err := templateName(migrations.FS)
	if err != nil {
		return "", err
	}
	admin, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return "", fmt.Errorf("connect to the test Postgres: %w", err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	if _, err := admin.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		return "", fmt.Errorf("lock the templates: %w", err)
	}
	if err := dropAbandoned(ctx, admin); err != nil {
		return "", err
	}
	if err := dropOldTemplates(ctx, admin, name); err != nil {
		return "", err
	}
	var exists bool
	if err := admin.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists); err != nil {
		return "", fmt.Errorf("look for template %s: %w", name, err)
	}
	if !exists {
		if err := buildTemplate(ctx, admin, adminURL, name); err != nil {
			return "", err
		}
	}
	return name, noteUse(ctx, admin, name)
}

// buildTemplate migrates a database under a passing name and renames it when it
// is whole. Nobody may connect to it afterwards: a connection blocks cloning.
func buildTemplate(ctx context.Context, admin *pgx.Conn, adminURL, name string) error {
	unfinished := name + "_unfinished"
	if err := execute(ctx, admin, "drop database if exists %I with (force)", unfinished); err != nil {
		return fmt.Errorf("drop an unfinished template: %w", err)
	}
	urls, err := local.Bootstrap(ctx, adminURL, unfinished)
	if err != nil {
		return err
	}
	roles := migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}
	if err := migrations.Up(ctx, urls.Migrate, roles); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	if err := execute(ctx, admin, "alter database %I allow_connections false", unfinished); err != nil {
		return fmt.Errorf("close the template: %w", err)
	}
	if err := execute(ctx, admin, "alter database %I rename to %I", unfinished, name); err != nil {
		return fmt.Errorf("name the template: %w", err)
	}
	return nil
}

// templateName hashes the names and contents of all files.
func templateName(files fs.FS) (string, error) {
	digest := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(digest, "%s %d\n%s", path, len(content), content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hash the migrations: %w", err)
	}
	return "template_" + hex.EncodeToString(digest.Sum(nil)[:6]), nil
}

// execute runs a statement that takes no parameters; the server quotes the
// names into it.
func execute(ctx context.Context, connection *pgx.Conn, format string, names ...string) error {
	var statement string
	if err := connection.QueryRow(ctx, "select format($1, variadic $2::text[])", format, names).Scan(&statement); err != nil {
		return err
	}
	_, err := connection.Exec(ctx, statement)
	return err
}
