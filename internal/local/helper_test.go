package local

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// helperVariable makes the test binary a second user of a folder: it opens the
// servers, prints their process numbers, and closes at the end of its input.
const helperVariable = "SIGNALBOX_LOCAL_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperVariable); dir != "" {
		if err := helper(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func helper(dir string) error {
	servers, err := Open(context.Background(), Config{Dir: dir, CacheDir: os.Getenv("CACHE"), WantPostgres: true, WantRedis: true})
	if err != nil {
		return err
	}
	urls, err := servers.EnsureDatabase(context.Background(), "helper")
	if err != nil {
		return err
	}
	fmt.Println("ready", readPID(servers.postgres.pidFile()), servers.RedisPID(), urls.App)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return servers.Close()
}

// another is a second process that uses a folder.
type another struct {
	command     *exec.Cmd
	input       io.Closer
	postgresPID int
	redisPID    int
	appURL      string
}

// startAnother waits until the process has opened the servers.
func startAnother(t *testing.T, program, dir string, attributes *syscall.SysProcAttr) *another {
	t.Helper()
	cache, err := cacheFolder(Config{})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program)
	command.Env = []string{helperVariable + "=" + dir, "CACHE=" + cache, "PATH=" + os.Getenv("PATH")}
	command.Dir = filepath.Dir(program)
	command.SysProcAttr, command.Stderr = attributes, t.Output()
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("start another process: %v", err)
	}
	second := &another{command: command, input: input}
	t.Cleanup(func() { _ = input.Close() })
	line, err := bufio.NewReader(output).ReadString('\n')
	if _, scanErr := fmt.Sscanf(line, "ready %d %d %s", &second.postgresPID, &second.redisPID, &second.appURL); err != nil || scanErr != nil {
		t.Fatalf("the other process printed %q (%v), want its process numbers", line, err)
	}
	return second
}

// finish lets the process close the servers and waits for it.
func (second *another) finish(t *testing.T) {
	t.Helper()
	if err := second.input.Close(); err != nil {
		t.Error(err)
	}
	if err := second.command.Wait(); err != nil {
		t.Errorf("the other process ended with %v, want success", err)
	}
}

// folder returns a Config for a folder of the test's own.
func folder(t *testing.T) Config {
	t.Helper()
	config := Config{Dir: filepath.Join(t.TempDir(), "servers"), WantPostgres: true, WantRedis: true, Messages: t.Output()}
	t.Cleanup(func() {
		if err := Remove(context.Background(), config); err != nil {
			t.Errorf("remove the test's servers: %v", err)
		}
	})
	return config
}

// open opens servers and closes them at the end of the test at the latest.
func open(t *testing.T, config Config) *Servers {
	t.Helper()
	servers, err := Open(t.Context(), config)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { closeServers(t, servers) })
	return servers
}

func closeServers(t *testing.T, servers *Servers) {
	t.Helper()
	if err := servers.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// ask returns the one value that a query gives, as text.
func ask(t *testing.T, url, query string, arguments ...any) string {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer func() { _ = connection.Close(context.Background()) }()
	var answer string
	if err := connection.QueryRow(t.Context(), query, arguments...).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

// refuse checks that a statement fails with the SQLSTATE.
func refuse(t *testing.T, url, statement, code string) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer func() { _ = connection.Close(context.Background()) }()
	if _, err := connection.Exec(t.Context(), statement); !hasCode(err, code) {
		t.Errorf("%s: got %v, want SQLSTATE %s", statement, err, code)
	}
}

// bothRun reports whether the folder's Postgres and Redis run.
func bothRun(servers *Servers) bool { return servers.postgres.running() && servers.redis.running() }

// says checks that an error's text holds each phrase.
func says(t *testing.T, err error, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if err == nil || !strings.Contains(err.Error(), phrase) {
			t.Errorf("got error %v, want one that says %q", err, phrase)
		}
	}
}
