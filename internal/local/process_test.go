package local

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestReadPID(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pid")
	if got := readPID(path); got != 0 {
		t.Errorf("without a file: %d, want 0", got)
	}
	for content, want := range map[string]int{
		"4711\n/data\n": 4711, "4711": 4711, "": 0, "-1\n": 0, "0": 0, "x\n4711": 0, "99999999999999999999": 0,
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := readPID(path); got != want {
			t.Errorf("%q: process %d, want %d", content, got, want)
		}
	}
}

// A process counts as the server only if it works in the server's folder, and
// not once it is a zombie.
func TestAlive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	command := exec.Command("sleep", "600")
	command.Dir = dir
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	pid := command.Process.Pid
	if !alive(pid, "sleep", dir) {
		t.Error("a running server counts as dead")
	}
	if _, err := os.Stat("/proc/self/cwd"); err == nil && alive(pid, "sleep", t.TempDir()) {
		t.Error("a process in another folder counts as the server")
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := waitUntil(t.Context(), func() bool { return !alive(pid, "sleep", dir) }); err != nil {
		t.Error("a zombie counts as alive")
	}
	_ = command.Wait()
	if alive(pid, "sleep", dir) || alive(0, "sleep", dir) {
		t.Error("a process that is gone counts as alive")
	}
}

// Secrets in our environment don't reach the servers.
func TestServersGetNoSecrets(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.WantPostgres = false
	servers := open(t, config)
	output, err := servers.home.run(t.Context(), "/usr/bin/env")
	if err != nil {
		t.Fatal(err)
	}
	if want := "PATH=/usr/local/bin:/usr/bin:/bin\nLC_ALL=C\nHOME=" + servers.home.path + "\n"; output != want {
		t.Errorf("the servers' environment is %q, want %q", output, want)
	}
}
