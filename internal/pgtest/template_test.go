package pgtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
)

// admin connects as the superuser of the shared server.
func admin(t *testing.T) *pgx.Conn {
	t.Helper()
	server, err := openPostgres()
	if err != nil {
		t.Fatal(err)
	}
	connection, err := pgx.Connect(t.Context(), server.adminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close(context.Background()) })
	return connection
}

func (server postgresServer) has(t *testing.T, name string) bool {
	t.Helper()
	var found bool
	if err := admin(t).QueryRow(t.Context(), exists, name).Scan(&found); err != nil {
		t.Fatal(err)
	}
	return found
}

// make creates a database, which is dropped at the end in any case.
func makeDatabase(t *testing.T, name string) {
	t.Helper()
	if err := execute(t.Context(), admin(t), "create database %I", name); err != nil {
		t.Fatal(err)
	}
	server, _ := openPostgres()
	t.Cleanup(func() {
		if err := server.drop(context.Background(), name); err != nil {
			t.Error(err)
		}
	})
}

// Any change of any migration makes a new template.
func TestTemplateNameFollowsTheMigrations(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, files := range []fstest.MapFS{
		{},
		{"1.sql": {Data: []byte("a")}},
		{"1.sql": {Data: []byte("b")}},
		{"2.sql": {Data: []byte("a")}},
		{"1.sql": {Data: []byte("a")}, "2.sql": {Data: []byte("")}},
		{"1.sql": {Data: []byte("")}, "2.sql": {Data: []byte("a")}},
	} {
		name, err := templateName(files)
		if err != nil || !strings.HasPrefix(name, "template_") {
			t.Fatalf("got %q, %v", name, err)
		}
		if former, ok := seen[name]; ok {
			t.Errorf("%v and %v share the template %s", files, former, name)
		}
		seen[name] = fmt.Sprint(files)
	}
}

// Databases of killed test processes go, those of living ones stay.
func TestAbandonedDatabasesAreDropped(t *testing.T) {
	t.Parallel()
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	dead := fmt.Sprintf("test_%d_DEAD", gone.Process.Pid)
	living := fmt.Sprintf("test_%d_LIVING", os.Getpid())
	makeDatabase(t, dead)
	makeDatabase(t, living)
	if err := dropAbandoned(t.Context(), admin(t)); err != nil {
		t.Fatal(err)
	}
	server, _ := openPostgres()
	if server.has(t, dead) {
		t.Error("the database of a process that is gone stays")
	}
	if !server.has(t, living) {
		t.Error("the database of a living process was dropped")
	}
}

func FuzzAbandoned(f *testing.F) {
	for _, name := range []string{"test_1_ABC", "test_0_A", "test_-1_A", "postgres", "test_99999999999999999999_A", ""} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if abandoned(name) && !strings.HasPrefix(name, "test_") {
			t.Errorf("%q is no test's database, and would be dropped", name)
		}
	})
}

func TestOldTemplatesAreDropped(t *testing.T) {
	t.Parallel()
	const old, recent = "template_00000000000a", "template_00000000000b"
	makeDatabase(t, old)
	makeDatabase(t, recent)
	connection := admin(t)
	if err := noteUse(t.Context(), connection, recent); err != nil {
		t.Fatal(err)
	}
	if err := execute(t.Context(), connection, "comment on database %I is %L", old, "2020-01-01T00:00:00Z"); err != nil {
		t.Fatal(err)
	}
	server, _ := openPostgres()
	if err := dropOldTemplates(t.Context(), connection, server.template); err != nil {
		t.Fatal(err)
	}
	if server.has(t, old) || !server.has(t, recent) || !server.has(t, server.template) {
		t.Errorf("old %t, recent %t, current %t; want only the old one gone",
			server.has(t, old), server.has(t, recent), server.has(t, server.template))
	}
}
