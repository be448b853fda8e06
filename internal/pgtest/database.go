package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/internal/local"
)

// poolSize keeps many parallel tests within the server's connections.
const poolSize = 5

// tidyPatience bounds dropping a database.
const tidyPatience = time.Minute

// DB is a test's own database. The pools connect when they are first used.
// Everything is closed and dropped when the test ends.
type DB struct {
	Name string
	URLs local.URLs // without Redis

	App      *pgxpool.Pool // reads and writes rows
	Customer *pgxpool.Pool // reads what one customer may
	Migrate  *pgxpool.Pool // owns the tables
	Admin    *pgxpool.Pool // the superuser, for looking behind the curtain
}

// New returns a migrated database that only this test uses.
func New(t testing.TB) *DB {
	t.Helper()
	return open(t, postgresServer.clone)
}

// Empty returns a database with logins and pgvector but without any migration,
// for tests of the migrations themselves.
func Empty(t testing.TB) *DB {
	t.Helper()
	return open(t, func(server postgresServer, ctx context.Context, name string) (local.URLs, error) {
		return local.Bootstrap(ctx, server.adminURL, name)
	})
}

// open makes a database and arranges for its end.
func open(t testing.TB, make func(postgresServer, context.Context, string) (local.URLs, error)) *DB {
	t.Helper()
	server, err := openPostgres()
	if err != nil {
		t.Fatalf("start the test Postgres: %v", err)
	}
	name := fmt.Sprintf("test_%d_%s", os.Getpid(), rand.Text()[:8])
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), tidyPatience)
		defer cancel()
		if err := server.drop(ctx, name); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	urls, err := make(server, t.Context(), name)
	if err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	return &DB{
		Name: name, URLs: urls,
		App: pool(t, urls.App), Customer: pool(t, urls.Customer), Migrate: pool(t, urls.Migrate), Admin: pool(t, urls.Admin),
	}
}

// clone copies the template. Postgres does so within tens of milliseconds.
func (server postgresServer) clone(ctx context.Context, name string) (local.URLs, error) {
	admin, err := pgx.Connect(ctx, server.adminURL)
	if err != nil {
		return local.URLs{}, err
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	if err := execute(ctx, admin, "create database %I owner %I template %I", name, local.MigrateRole, server.template); err != nil {
		return local.URLs{}, fmt.Errorf("clone %s: %w", server.template, err)
	}
	if err := local.Admit(ctx, admin, name); err != nil {
		return local.URLs{}, err
	}
	return local.DatabaseURLs(server.adminURL, name)
}

// drop removes a database with whatever is still connected to it.
func (server postgresServer) drop(ctx context.Context, name string) error {
	admin, err := pgx.Connect(ctx, server.adminURL)
	if err != nil {
		return err
	}
	defer func() { _ = admin.Close(ctx) }()
	return execute(ctx, admin, "drop database if exists %I with (force)", name)
}

// pool makes a pool that connects when it is first used.
func pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatalf("read the address of the test database: %v", err)
	}
	config.MaxConns, config.MinConns = poolSize, 0
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatalf("make a pool for the test database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}
