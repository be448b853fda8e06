package main

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/internal/local"
)

// company is the sample company as `demo` leaves it, and a `serve --work` on it.
// It is trained once for all tests that only read it.
type company struct {
	*server
	access    access
	folder    string
	variables []string
	servers   *local.Servers
}

// TestSampleCompany runs the demo as a user would, twice, and then everything that
// wants a trained service.
func TestSampleCompany(t *testing.T) {
	t.Parallel()
	c := &company{folder: filepath.Join(t.TempDir(), "private")}
	c.variables = []string{
		"SIGNALBOX_DIR=" + c.folder, "SIGNALBOX_LISTEN=127.0.0.1:0", "SIGNALBOX_METRICS_LISTEN=off",
		"SIGNALBOX_TRUSTED_PROXIES=127.0.0.1", "SIGNALBOX_DATABASE_CONNECTIONS=8",
	}
	c.servers = keepServers(t, c.folder)
	c.demo(t)
	before := c.rows(t)
	c.demo(t)
	if after := c.rows(t); !maps.Equal(after, before) {
		t.Errorf("a second demo changed the number of rows from %v to %v", before, after)
	}
	c.server = serve(t, c.variables, "--work")
	for name, test := range map[string]func(*testing.T, *company){
		"line": testLine, "override": testOverride, "questions": testQuestions, "brief and search": testBriefAndSearch,
		"separation": testSeparation, "commands": testTrainedCommands,
	} {
		t.Run(name, func(t *testing.T) { test(t, c) })
	}
}

// keepServers holds private servers up between the commands of a test, and removes
// them with their data when it ends.
func keepServers(t *testing.T, folder string) *local.Servers {
	t.Helper()
	config := local.Config{Dir: folder, Durable: true, Messages: os.Stderr, WantPostgres: true, WantRedis: true}
	servers, err := local.Open(t.Context(), config)
	must(t, err)
	t.Cleanup(func() {
		must(t, servers.Close())
		must(t, local.Remove(context.Background(), config))
	})
	return servers
}

// demo runs the built program and keeps the keys that it made.
func (c *company) demo(t *testing.T) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program(t), "demo", "--once")
	command.Env = append(replaced(os.Environ(), "DATABASE_URL=", "REDIS_URL="), c.variables...)
	printed, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("demo --once: %v\n%s", err, printed)
	}
	for _, want := range []string{"new tickets, decided by a model", "PRIORITY", "priority", "is the sum of"} {
		if !strings.Contains(string(printed), want) {
			t.Errorf("the demo does not print %q:\n%s", want, printed)
		}
	}
	kept, err := os.ReadFile(filepath.Join(c.folder, "demo.json"))
	must(t, err)
	must(t, json.Unmarshal(kept, &c.access))
}

// query reads rows of one column pair as the superuser.
func (c *company) query(t *testing.T, sql string, scan func(pgx.Rows) error) {
	t.Helper()
	admin, err := pgx.Connect(t.Context(), c.servers.AdminURL("signalbox"))
	must(t, err)
	defer func() { _ = admin.Close(context.Background()) }()
	_, err = admin.Exec(t.Context(), "set search_path = signalbox, public")
	must(t, err)
	rows, err := admin.Query(t.Context(), sql)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		must(t, scan(rows))
	}
	must(t, rows.Err())
}

// rows counts every table's rows and names the current model. Scheduled work comes
// with the clock, not with the demo.
func (c *company) rows(t *testing.T) map[string]string {
	t.Helper()
	statements := []string{"select 'current model', id::text from models where state = 'current'"}
	c.query(t, "select relname::text from pg_class where relnamespace = 'signalbox'::regnamespace and relkind in ('r', 'p') and not relispartition", func(rows pgx.Rows) error {
		var table string
		err := rows.Scan(&table)
		where := ""
		if table == "outbox" {
			where = " where kind = 'ticket:triage'"
		}
		statements = append(statements, "select '"+table+"', count(*)::text from "+table+where)
		return err
	})
	found := map[string]string{}
	c.query(t, strings.Join(statements, " union all "), func(rows pgx.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		found[name] = value
		return err
	})
	if found["outbox"] == "0" || found["tickets"] == "" || found["current model"] == "" {
		t.Fatalf("the demo left no work, tickets or model: %v", found)
	}
	return found
}
