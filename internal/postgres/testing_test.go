package postgres

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/migrations"
)

// urls are the logins of one test's database.
type urls struct{ Admin, Migrate, App, Customer string }

func scratch(user, database string) string {
	return fmt.Sprintf("postgres:///%s?host=/tmp/pgscratch&user=%s", database, user)
}

var template = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	name := fmt.Sprintf("pgt_%d", os.Getpid())
	admin, err := pgx.Connect(ctx, scratch("signalbox", "postgres"))
	if err != nil {
		return "", err
	}
	defer admin.Close(ctx)
	for _, role := range []string{"signalbox_migrate", "signalbox_app", "signalbox_customer"} {
		_, _ = admin.Exec(ctx, "create role "+role+" login")
	}
	if _, err := admin.Exec(ctx, "create database "+name+" owner signalbox_migrate"); err != nil {
		return "", err
	}
	inside, err := pgx.Connect(ctx, scratch("signalbox", name))
	if err != nil {
		return "", err
	}
	defer inside.Close(ctx)
	if _, err := inside.Exec(ctx, "create extension if not exists vector with schema public"); err != nil {
		return "", err
	}
	return name, migrations.Up(ctx, scratch("signalbox_migrate", name),
		migrations.Roles{App: "signalbox_app", Customer: "signalbox_customer"})
})

var templateLock sync.Mutex

func database(t testing.TB) urls {
	t.Helper()
	ctx := context.Background()
	source, err := template()
	if err != nil {
		t.Fatal(err)
	}
	name := "pgt_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	admin, err := pgx.Connect(ctx, scratch("signalbox", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	templateLock.Lock()
	_, err = admin.Exec(ctx, "create database "+name+" template "+source+" owner signalbox_migrate")
	templateLock.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, err := pgx.Connect(ctx, scratch("signalbox", "postgres"))
		if err == nil {
			_, _ = admin.Exec(ctx, "drop database "+name+" with (force)")
			admin.Close(ctx)
		}
	})
	return urls{scratch("signalbox", name), scratch("signalbox_migrate", name), scratch("signalbox_app", name), scratch("signalbox_customer", name)}
}

func TestMain(m *testing.M) {
	code := m.Run()
	if admin, err := pgx.Connect(context.Background(), scratch("signalbox", "postgres")); err == nil {
		_, _ = admin.Exec(context.Background(), fmt.Sprintf("drop database if exists pgt_%d with (force)", os.Getpid()))
	}
	os.Exit(code)
}

// open returns the two pools on a migrated database of the test's own.
func open(t testing.TB) *DB {
	t.Helper()
	db, _ := openWithURLs(t)
	return db
}

// openWithURLs returns the logins as well, for tests that act as owner or superuser.
func openWithURLs(t testing.TB) (*DB, urls) {
	t.Helper()
	logins := database(t)
	db, err := Open(t.Context(), Config{URL: logins.App, CustomerURL: logins.Customer, MaxConns: 4, CustomerMaxConns: 2})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(db.Close)
	return db, logins
}

// pool opens a further pool by URL, closed with the test.
func pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = 2
	config.ConnConfig.RuntimeParams["search_path"] = migrations.Schema + ",public"
	opened, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(opened.Close)
	return opened
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
