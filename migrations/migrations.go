package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

// FS holds the numbered migrations, access.sql and sentinels.sql.
//
//go:embed *.sql
var FS embed.FS

// Schema is the schema that holds every table.
const Schema = "signalbox"

const versionTable = "schema_migrations"

// The scripts that run after every migration; they change nothing that holds.
const (
	accessScript   = "access.sql"
	sentinelScript = "sentinels.sql"
)

// Roles names the two logins that the service uses, with the passwords to set
// when they must be created (empty: no password).
type Roles struct {
	App, Customer                 string
	AppPassword, CustomerPassword string
	// Notice, if set, gets a line for each optional thing that could not be done.
	Notice func(string)
}

// Validate names a missing or doubled login.
func (r Roles) Validate() error {
	switch {
	case r.App == "":
		return errors.New("DATABASE_URL: names no user; add one, such as postgres://signalbox_app@…")
	case r.Customer == "":
		return errors.New("DATABASE_URL_CUSTOMER: names no user; add one, such as postgres://signalbox_customer@…")
	case r.App == r.Customer:
		return errors.New("DATABASE_URL_CUSTOMER: is the same login as DATABASE_URL; create a second one for customers' reads")
	}
	return nil
}

// State is one migration and when it was applied (zero if it was not).
type State struct {
	Version   int64     `json:"version"`
	Name      string    `json:"name"`
	AppliedAt time.Time `json:"applied_at,omitzero"`
}

// Up applies every pending migration, then lays down who may do what. A session
// lock makes concurrent calls wait for each other.
func Up(ctx context.Context, url string, roles Roles) error {
	if err := roles.Validate(); err != nil {
		return err
	}
	return with(ctx, url, func(db *sql.DB, provider *goose.Provider) error {
		if err := prepare(ctx, db, roles); err != nil {
			return err
		}
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("migrate up: %w", err)
		}
		return grant(ctx, db, roles)
	})
}

// Down reverts the newest applied migration.
func Down(ctx context.Context, url string) error {
	return with(ctx, url, func(_ *sql.DB, provider *goose.Provider) error {
		if _, err := provider.Down(ctx); err != nil {
			return fmt.Errorf("migrate down: %w", err)
		}
		return nil
	})
}

// Status lists every known migration in order. It only reads.
func Status(ctx context.Context, url string) ([]State, error) {
	var states []State
	err := with(ctx, url, func(_ *sql.DB, provider *goose.Provider) error {
		list, err := provider.Status(ctx)
		if err != nil {
			return fmt.Errorf("migration status: %w", err)
		}
		for _, entry := range list {
			states = append(states, State{entry.Source.Version, entry.Source.Path, entry.AppliedAt})
		}
		return nil
	})
	return states, err
}

// with opens one database handle whose search path is the schema.
func with(ctx context.Context, url string, do func(*sql.DB, *goose.Provider) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return errors.New("DATABASE_URL_MIGRATE: is not a Postgres URL; use postgres://user@host/database")
	}
	config.RuntimeParams["search_path"] = Schema + ",public"
	db := stdlib.OpenDB(*config)
	defer db.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	store, err := database.NewStore(goose.DialectPostgres, versionTable)
	if err != nil {
		return fmt.Errorf("migration table: %w", err)
	}
	provider, err := goose.NewProvider("", db, FS,
		goose.WithStore(store), goose.WithSessionLocker(locker), goose.WithExcludeNames([]string{accessScript, sentinelScript}))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("connect to DATABASE_URL_MIGRATE: %w", err)
	}
	return do(db, provider)
}
