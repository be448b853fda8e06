package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// AdministratorError says which SQL a database administrator has to run, because
// the migrating login may not.
type AdministratorError struct {
	Lacks string
	SQL   []string
	Cause error
}

// Error names what is lacking and the SQL that mends it.
func (e *AdministratorError) Error() string {
	return fmt.Sprintf("%s; ask the database's administrator to run, in this database:\n  %s",
		e.Lacks, strings.Join(e.SQL, "\n  "))
}

// Unwrap returns the database's refusal.
func (e *AdministratorError) Unwrap() error { return e.Cause }

// prepare makes sure of the schema, the extension and the logins.
func prepare(ctx context.Context, db *sql.DB, roles Roles) error {
	var user string
	if err := db.QueryRowContext(ctx, "select current_user").Scan(&user); err != nil {
		return fmt.Errorf("ask for the login: %w", err)
	}
	// One session at a time: two `create schema if not exists` can collide.
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "select pg_advisory_lock(hashtext('signalbox prepare'))"); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer func() { // the lock ends with the session at the latest
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "select pg_advisory_unlock(hashtext('signalbox prepare'))")
	}()
	return errors.Join(
		attempt(ctx, conn, "select from pg_namespace where nspname = 'signalbox'", "create schema if not exists signalbox",
			user+" may not create the schema", "create schema signalbox authorization "+quote(user)+";"),
		attempt(ctx, conn, "select from pg_extension where extname = 'vector'", "create extension if not exists vector with schema public",
			"the extension pgvector is not installed and "+user+" may not create it", "create extension vector with schema public;"),
		login(ctx, conn, roles.App, roles.AppPassword),
		login(ctx, conn, roles.Customer, roles.CustomerPassword),
	)
}

// attempt runs a statement if the probe finds no row.
func attempt(ctx context.Context, conn *sql.Conn, probe, statement, lacks, remedy string) error {
	var found bool
	if err := conn.QueryRowContext(ctx, "select exists ("+probe+")").Scan(&found); err != nil {
		return fmt.Errorf("look for what migrations need: %w", err)
	}
	if found {
		return nil
	}
	_, err := conn.ExecContext(ctx, statement)
	if refused(err) {
		return &AdministratorError{Lacks: lacks, SQL: []string{remedy}, Cause: err}
	}
	return err
}

// login creates a login that can do nothing but what access.sql grants.
func login(ctx context.Context, conn *sql.Conn, name, password string) error {
	create := "create role " + quote(name) + " login nosuperuser nobypassrls nocreatedb nocreaterole noinherit"
	withPassword, shown := create, create+";"
	if password != "" {
		withPassword += " password " + literal(password)
		shown = create + " password '…';" // an error message never holds the password
	}
	return attempt(ctx, conn, "select from pg_roles where rolname = "+literal(name), withPassword,
		"the login "+name+" does not exist and may not be created", shown)
}

// grant lays down access.sql, plants the sentinels, and sets the customer login's
// defaults where it may.
func grant(ctx context.Context, db *sql.DB, roles Roles) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	// Grants of concurrent calls would collide on the same catalogue rows.
	_, err = tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext('signalbox access')),
		set_config('signalbox.app_login', $1, true), set_config('signalbox.customer_login', $2, true)`, roles.App, roles.Customer)
	if err != nil {
		return fmt.Errorf("name the logins: %w", err)
	}
	for _, name := range []string{accessScript, sentinelScript} {
		script, err := FS.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("lay down %s: %w", name, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return defaults(ctx, db, roles)
}

// defaults makes the customer login read-only with a statement timeout. The
// service sets both on its connections too, so a refusal is only noted.
func defaults(ctx context.Context, db *sql.DB, roles Roles) error {
	for _, setting := range []string{"default_transaction_read_only = on", "statement_timeout = '5s'"} {
		statement := "alter role " + quote(roles.Customer) + " set " + setting
		if _, err := db.ExecContext(ctx, statement); refused(err) {
			if roles.Notice != nil {
				roles.Notice("optional hardening, for the database's administrator: " + statement + ";")
			}
		} else if err != nil {
			return fmt.Errorf("customer login's defaults: %w", err)
		}
	}
	return nil
}

// refused reports SQLSTATE 42501 (insufficient privilege).
func refused(err error) bool {
	var pgError *pgconn.PgError
	return errors.As(err, &pgError) && pgError.Code == "42501"
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func literal(text string) string {
	escaped := strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `'`, `''`)
	return " E'" + escaped + "'"
}
