package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/seal"
)

// stage is a database and a Redis of one test's own, with the settings that name them.
type stage struct {
	t         testing.TB
	pg        *pgtest.DB
	redis     string
	variables []string
}

func newStage(t testing.TB) *stage {
	t.Helper()
	return stageOn(t, pgtest.New(t), pgtest.Redis(t))
}

func stageOn(t testing.TB, pg *pgtest.DB, redis string) *stage {
	t.Helper()
	return &stage{t, pg, redis, []string{
		"DATABASE_URL=" + pg.URLs.App, "DATABASE_URL_CUSTOMER=" + pg.URLs.Customer, "DATABASE_URL_MIGRATE=" + pg.URLs.Migrate,
		"REDIS_URL=" + redis, "SIGNALBOX_SECRET_KEYS=" + seal.NewKey("test").String(),
		"SIGNALBOX_LISTEN=127.0.0.1:0", "SIGNALBOX_METRICS_LISTEN=off", "SIGNALBOX_DATABASE_CONNECTIONS=6",
		"SIGNALBOX_DIR=" + filepath.Join(t.TempDir(), "private"),
	}}
}

// with returns the settings with some replaced. NAME= unsets one.
func (s *stage) with(changes ...string) []string { return replaced(s.variables, changes...) }

func replaced(variables []string, changes ...string) []string {
	variables = slices.Clone(variables)
	for _, change := range changes {
		name, value, _ := strings.Cut(change, "=")
		variables = slices.DeleteFunc(variables, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
		if value != "" {
			variables = append(variables, change)
		}
	}
	return variables
}

// run runs a command line on the stage.
func (s *stage) run(args ...string) result {
	s.t.Helper()
	return command(s.t, s.variables, args...)
}

// sql runs a statement as the superuser.
func (s *stage) sql(statement string) {
	s.t.Helper()
	_, err := s.pg.Admin.Exec(context.Background(), "set search_path = signalbox, public; "+statement)
	must(s.t, err)
}

// count returns what a query counts, as the superuser.
func (s *stage) count(query string) (number int) {
	s.t.Helper()
	must(s.t, s.pg.Admin.QueryRow(context.Background(), query).Scan(&number))
	return number
}

// file writes a file for a command to read.
func (s *stage) file(name, text string) string { return writeFile(s.t, s.t.TempDir(), name, text) }

func writeFile(t testing.TB, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// server is a running `serve` in this process.
type server struct {
	url    string
	stderr *output
	stop   func() int // its exit code
}

var listens = regexp.MustCompile(`listens on (http://\S+)`)

// serve starts `serve` with these arguments and waits until it listens. It is
// stopped when the test ends.
func serve(t testing.TB, variables []string, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	server, done := &server{stderr: &output{}}, make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"serve"}, args...), environment{strings.NewReader(""), server.stderr, server.stderr, variables})
	}()
	code := -1
	server.stop = func() int {
		cancel()
		if code < 0 {
			code = <-done
		}
		return code
	}
	t.Cleanup(func() { server.stop() })
	eventually(t, "serve listens", func() bool {
		if len(done) > 0 {
			t.Fatalf("serve ended with %d:\n%s", <-done, server.stderr)
		}
		found := listens.FindStringSubmatch(server.stderr.String())
		if found != nil {
			server.url = found[1]
		}
		return found != nil
	})
	return server
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still waiting until %s", what)
		}
	}
}
