package local

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The three logins of a database. They are nobody's members, so that none can
// become another, and the superuser makes them: a role that made them could
// grant itself membership.
const (
	MigrateRole  = "signalbox_migrate"
	AppRole      = "signalbox_app"
	CustomerRole = "signalbox_customer"
)

// bootstrapLock serialises set-up in a cluster: roles belong to all databases.
const bootstrapLock int64 = 0x5163_6e61_6c62_6f78

// EnsureDatabase makes the named database with its logins and pgvector if they
// are absent and returns its addresses. It may be called at the same time by
// several processes. It leaves the tables to the migrations.
func (servers *Servers) EnsureDatabase(ctx context.Context, name string) (URLs, error) {
	if servers.postgres == nil {
		return URLs{}, errors.New("make a database: Postgres was not wanted when the servers were opened")
	}
	urls, err := Bootstrap(ctx, servers.AdminURL("postgres"), name)
	urls.Redis = servers.RedisURL(0)
	return urls, err
}

// Bootstrap does what EnsureDatabase does on any cluster of which adminURL
// names a superuser. Where adminURL has a password, the logins get the same,
// which suits throw-away servers only.
func Bootstrap(ctx context.Context, adminURL, name string) (URLs, error) {
	urls, err := DatabaseURLs(adminURL, name)
	if err != nil {
		return URLs{}, err
	}
	admin, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return URLs{}, fmt.Errorf("make database %s: %w", name, err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	if _, err := admin.Exec(ctx, "select pg_advisory_lock($1)", bootstrapLock); err != nil {
		return URLs{}, fmt.Errorf("make database %s: %w", name, err)
	}
	if err := ensureRoles(ctx, admin, admin.Config().Password); err != nil {
		return URLs{}, fmt.Errorf("make database %s: %w", name, err)
	}
	err = define(ctx, admin, "create database %I owner %I", name, MigrateRole)
	if err != nil && !hasCode(err, "42P04") { // duplicate_database
		return URLs{}, fmt.Errorf("make database %s: %w", name, err)
	}
	if err := Admit(ctx, admin, name); err != nil {
		return URLs{}, fmt.Errorf("make database %s: %w", name, err)
	}
	if err := furnish(ctx, urls.Admin); err != nil {
		return URLs{}, fmt.Errorf("make database %s: %w", name, err)
	}
	return urls, nil
}

// ensureRoles makes the logins that are absent. The customers' is read-only and
// impatient by default; programs may not rely on that alone.
func ensureRoles(ctx context.Context, admin *pgx.Conn, password string) error {
	for _, role := range []string{MigrateRole, AppRole, CustomerRole} {
		err := define(ctx, admin,
			"create role %I login nosuperuser nocreatedb nocreaterole noinherit nobypassrls noreplication", role)
		switch {
		case hasCode(err, "42710"), hasCode(err, "23505"): // duplicate_object, or lost a race
		case err != nil:
			return fmt.Errorf("make role %s: %w", role, err)
		case role == CustomerRole:
			if err := define(ctx, admin, "alter role %I set default_transaction_read_only = on", role); err != nil {
				return fmt.Errorf("restrict role %s: %w", role, err)
			}
			if err := define(ctx, admin, "alter role %I set statement_timeout = '5s'", role); err != nil {
				return fmt.Errorf("restrict role %s: %w", role, err)
			}
		}
		if password != "" {
			if err := define(ctx, admin, "alter role %I password %L", role, password); err != nil {
				return fmt.Errorf("set the password of role %s: %w", role, err)
			}
		}
	}
	return nil
}

// Admit lets only the three logins connect to a database. Clones need it too:
// Postgres does not copy these grants from a template.
func Admit(ctx context.Context, admin *pgx.Conn, database string) error {
	if err := define(ctx, admin, "revoke all on database %I from public", database); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	err := define(ctx, admin, "grant connect on database %I to %I, %I, %I", database, MigrateRole, AppRole, CustomerRole)
	if err != nil {
		return fmt.Errorf("admit the logins: %w", err)
	}
	return nil
}

// furnish does what only a superuser can inside the database: pgvector is no
// trusted extension. PUBLIC may use the schema but make nothing in it.
func furnish(ctx context.Context, adminURL string) error {
	connection, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	for _, statement := range []string{
		"create extension if not exists vector schema public",
		"revoke all on schema public from public",
		"grant usage on schema public to public",
	} {
		if _, err := connection.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// define runs a statement that takes no parameters. The server itself quotes
// the values into it: %I for a name, %L for a literal.
func define(ctx context.Context, connection *pgx.Conn, format string, values ...string) error {
	var statement string
	if err := connection.QueryRow(ctx, "select format($1, variadic $2::text[])", format, values).Scan(&statement); err != nil {
		return err
	}
	_, err := connection.Exec(ctx, statement)
	return err
}

func hasCode(err error, code string) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == code
}
