package migrations_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/migrations"
)

func roles(t *testing.T) migrations.Roles {
	t.Helper()
	return migrations.Roles{App: "signalbox_app", Customer: "signalbox_customer", Notice: func(line string) { t.Log(line) }}
}

func tables(t *testing.T, db *pgtest.DB) []string {
	t.Helper()
	rows, err := db.Admin.Query(t.Context(), `select relname::text from pg_class
		where relnamespace = (select oid from pg_namespace where nspname = 'signalbox') and relkind in ('r', 'p') order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func TestUpDownUpAsAnOrdinaryLogin(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	var superuser bool
	if err := db.Migrate.QueryRow(t.Context(), "select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = current_user").Scan(&superuser); err != nil || superuser {
		t.Fatalf("the migrating login has more than it needs (%v)", err)
	}
	if err := migrations.Up(t.Context(), db.URLs.Migrate, roles(t)); err != nil {
		t.Fatal(err)
	}
	full := tables(t, db)
	states, err := migrations.Status(t.Context(), db.URLs.Migrate)
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range states {
		if state.AppliedAt.IsZero() {
			t.Errorf("%s is pending after Up", state.Name)
		}
	}
	for range states {
		if err := migrations.Down(t.Context(), db.URLs.Migrate); err != nil {
			t.Fatal(err)
		}
	}
	if left := tables(t, db); !slices.Equal(left, []string{"schema_migrations"}) {
		t.Errorf("after all downs %v are left", left)
	}
	if err := migrations.Up(t.Context(), db.URLs.Migrate, roles(t)); err != nil {
		t.Fatal(err)
	}
	if again := tables(t, db); !slices.Equal(again, full) {
		t.Errorf("up, down, up made %v, first it was %v", again, full)
	}
}

func TestUpTwiceAndAtTheSameTimeChangesNothing(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	var running sync.WaitGroup
	failures := make([]error, 4)
	for i := range failures {
		running.Go(func() { failures[i] = migrations.Up(t.Context(), db.URLs.Migrate, roles(t)) })
	}
	running.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), db.URLs.Migrate, roles(t)); err != nil {
		t.Errorf("a further up: %v", err)
	}
}

func TestWhatIsLackingComesWithItsSQL(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	if _, err := db.Admin.Exec(t.Context(), "drop extension vector"); err != nil {
		t.Fatal(err)
	}
	absent := migrations.Roles{App: "signalbox_absent_app", AppPassword: "hunter2's", Customer: "signalbox_absent_customer"}
	err := migrations.Up(t.Context(), db.URLs.Migrate, absent)
	var administrator *migrations.AdministratorError
	if !errors.As(err, &administrator) {
		t.Fatalf("got %v, want what the administrator has to run", err)
	}
	for _, want := range []string{"create extension vector with schema public;", `create role "signalbox_absent_app" login`, `create role "signalbox_absent_customer" login`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not hold %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Error("the error holds a password")
	}
	if names := tables(t, db); len(names) > 0 {
		t.Errorf("tables were made although something is lacking: %v", names)
	}
}

func TestRolesAndAddressesAreChecked(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		roles migrations.Roles
		want  string
	}{
		{migrations.Roles{Customer: "c"}, "DATABASE_URL:"},
		{migrations.Roles{App: "a"}, "DATABASE_URL_CUSTOMER:"},
		{migrations.Roles{App: "a", Customer: "a"}, "DATABASE_URL_CUSTOMER:"},
	} {
		if err := test.roles.Validate(); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want it to begin with %s", test.roles, err, test.want)
		}
	}
	secret := url.UserPassword("u", "hunter2")
	err := migrations.Up(t.Context(), "postgres://"+secret.String()+"@host:not-a-port/db", migrations.Roles{App: "a", Customer: "c"})
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "DATABASE_URL_MIGRATE") {
		t.Errorf("got %v, want the setting and no password", err)
	}
}
