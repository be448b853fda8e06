package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds every wait of these tests. Nothing is asserted about time; a
// test that meets it hangs.
const patience = 4 * time.Minute

// buildFolder keeps the one binary that all tests share.
var buildFolder string

func TestMain(m *testing.M) {
	var err error
	if buildFolder, err = os.MkdirTemp("", "signalbox-program-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(buildFolder)
	os.Exit(code)
}

// build makes the program as `make build` does, once.
var build = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(buildFolder, "signalbox")
	command := exec.Command("make", "-C", "../..", "build", "BIN="+binary)
	if output, err := command.CombinedOutput(); err != nil {
		return "", &buildError{string(output), err}
	}
	return binary, nil
})

type buildError struct {
	output string
	err    error
}

func (e *buildError) Error() string { return "make build: " + e.err.Error() + "\n" + e.output }

func program(t testing.TB) string {
	t.Helper()
	binary, err := build()
	must(t, err)
	return binary
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// output is a stream that may be read while it is written.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(text)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// result is what a command line came to.
type result struct {
	code           int
	stdout, stderr string
}

// decode reads what --json printed.
func (r result) decode(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.stdout), into); err != nil {
		t.Fatalf("standard output is no JSON: %v\n%s%s", err, r.stdout, r.stderr)
	}
}

// wants expects an exit code, and words on either stream.
func (r result) wants(t testing.TB, code int, words ...string) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\n%s%s", r.code, code, r.stdout, r.stderr)
	}
	for _, word := range words {
		if !strings.Contains(r.stdout+r.stderr, word) {
			t.Errorf("%q is not named in:\n%s%s", word, r.stdout, r.stderr)
		}
	}
	return r
}

// command runs a command line in this process.
func command(t testing.TB, variables []string, args ...string) result {
	t.Helper()
	return commandReading(t, "", variables, args...)
}

func commandReading(t testing.TB, stdin string, variables []string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var stdout, stderr output
	code := run(ctx, args, environment{strings.NewReader(stdin), &stdout, &stderr, variables})
	return result{code, stdout.String(), stderr.String()}
}
