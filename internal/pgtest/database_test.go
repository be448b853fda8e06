package pgtest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/migrations"
)

// ask returns the one value that a query gives.
func ask[T any](t *testing.T, pool *pgxpool.Pool, query string, arguments ...any) T {
	t.Helper()
	var answer T
	if err := pool.QueryRow(t.Context(), query, arguments...).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

const exists = "select exists (select from pg_database where datname = $1)"

func TestNewIsMigrated(t *testing.T) {
	t.Parallel()
	db := New(t)
	for login, pool := range map[string]*pgxpool.Pool{
		local.AppRole: db.App, local.CustomerRole: db.Customer, local.MigrateRole: db.Migrate,
	} {
		if got := ask[string](t, pool, "select current_user::text"); got != login {
			t.Errorf("the pool of %s is logged in as %s", login, got)
		}
	}
	states, err := migrations.Status(t.Context(), db.URLs.Migrate)
	if err != nil || len(states) == 0 {
		t.Fatalf("migrations: %v, %v", states, err)
	}
	for _, state := range states {
		if state.AppliedAt.IsZero() {
			t.Errorf("migration %s is pending in a new test database", state.Name)
		}
	}
	if got := ask[bool](t, db.Admin, "select not has_database_privilege('public', $1, 'connect')", db.Name); !got {
		t.Error("every login may connect to a clone, want only the three")
	}
}

// What one test writes no other sees, also when they run at once.
func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "b", "c", "d"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := New(t)
			if _, err := db.Migrate.Exec(t.Context(), "create table signalbox.mine as select 1"); err != nil {
				t.Errorf("make a table that the others have too: %v", err)
			}
		})
	}
}

func TestDatabaseIsDroppedAtTheEnd(t *testing.T) {
	t.Parallel()
	keeper := New(t)
	var name string
	t.Run("user", func(t *testing.T) {
		db := New(t)
		name = db.Name
		// A connection that the test forgot must not keep the database.
		connection, err := db.App.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		connection.Hijack()
	})
	if ask[bool](t, keeper.Admin, exists, name) {
		t.Error("the database is still there after its test")
	}
}

func TestEmptyHasNoMigration(t *testing.T) {
	t.Parallel()
	db := Empty(t)
	if ask[bool](t, db.Admin, "select exists (select from pg_namespace where nspname = $1)", migrations.Schema) {
		t.Error("an empty database has the schema")
	}
	if got := ask[string](t, db.Migrate, "select '[1,2]'::vector::text"); got != "[1,2]" {
		t.Errorf("pgvector says %q", got)
	}
}

// SIGNALBOX_TEST_DATABASE_URL moves all this to another server.
func TestAnotherServer(t *testing.T) {
	t.Parallel()
	config := local.Config{Dir: t.TempDir() + "/server", WantPostgres: true}
	servers, err := local.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := servers.Close(); err != nil {
			t.Errorf("close the other server: %v", err)
		}
		if err := local.Remove(context.Background(), config); err != nil {
			t.Errorf("remove the other server: %v", err)
		}
	})
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNewIsMigrated$", "-test.v")
	command.Env = append(os.Environ(), databaseVariable+"="+servers.AdminURL("postgres"))
	if output, err := command.CombinedOutput(); err != nil || !strings.Contains(string(output), "--- PASS: TestNewIsMigrated") {
		t.Fatalf("a test on another server: %v\n%s", err, output)
	}
	admin := pool(t, servers.AdminURL("postgres"))
	if got := ask[int](t, admin, "select count(*)::int from pg_database where datname like 'template\\__%'"); got != 1 {
		t.Error("the other server has no migrated template: the test ran elsewhere")
	}
}

func TestWrongMajorIsNamed(t *testing.T) {
	t.Setenv(majorVariable, "eighteen")
	if _, err := sharedConfig(); err == nil || !strings.Contains(err.Error(), majorVariable) {
		t.Errorf("got %v, want an error that names %s", err, majorVariable)
	}
}
