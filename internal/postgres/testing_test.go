package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/internal/pgtest"
)

// open returns the two pools on a migrated database of the test's own.
func open(t testing.TB) *DB {
	t.Helper()
	db, _ := openAll(t)
	return db
}

// openAll returns the test's database too, for tests that act as its owner or
// as the superuser.
func openAll(t testing.TB) (*DB, *pgtest.DB) {
	t.Helper()
	database := pgtest.New(t)
	db, err := Open(t.Context(), Config{URL: database.URLs.App, CustomerURL: database.URLs.Customer, MaxConns: 4, CustomerMaxConns: 2})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(db.Close)
	return db, database
}

// must fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run executes SQL on a pool and fails the test if it is refused.
func run(t testing.TB, on *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := on.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
