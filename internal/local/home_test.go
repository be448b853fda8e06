package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two names of one folder mean the same servers.
func TestLinkedFolderIsTheSame(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.WantPostgres = false
	first := open(t, config)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(config.Dir, link); err != nil {
		t.Fatal(err)
	}
	linked := config
	linked.Dir = link
	if second := open(t, linked); second.RedisPID() != first.RedisPID() {
		t.Error("a link to the folder has a Redis of its own")
	}
}

// As root the data lie elsewhere, and a copied folder must not share them.
func TestCopiedFolderStartsAfresh(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("an ordinary user's data lie in the folder itself")
	}
	original := homeOf(t, folder(t))
	config := folder(t)
	var said strings.Builder
	config.Messages = &said
	if err := os.MkdirAll(config.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(original.path, filepath.Join(config.Dir, "data")); err != nil {
		t.Fatal(err)
	}
	copied := homeOf(t, config)
	if copied.path == original.path {
		t.Error("a copied folder shares its original's data")
	}
	if !strings.Contains(said.String(), original.path) {
		t.Errorf("said %q, want it to name where the former data are", said.String())
	}
	if target, err := os.Readlink(filepath.Join(config.Dir, "data")); err != nil || target != copied.path {
		t.Errorf("the link points to %s (%v), want %s", target, err, copied.path)
	}
}

// What stands in the place of the link is not ours to remove.
func TestFileInTheWayOfTheLink(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root's folders have a link")
	}
	config := Config{Dir: t.TempDir(), WantRedis: true}
	notes := filepath.Join(config.Dir, "data")
	if err := os.WriteFile(notes, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), config)
	says(t, err, "in the way")
	if content, err := os.ReadFile(notes); err != nil || string(content) != "mine" {
		t.Errorf("the owner's file has become %q (%v)", content, err)
	}
	place, err := locate(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(place.path), os.RemoveAll(place.sockets)); err != nil {
		t.Error(err)
	}
}

// Whoever waits for the lock while another start hangs can give up.
func TestOpenGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	config := folder(t)
	_, lifecycle, err := enter(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, config); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if err := lifecycle.Close(); err != nil {
		t.Error(err)
	}
}

// A lock on a file that was deleted meanwhile excludes nobody: the one who
// waited for it locks the new file instead.
func TestLockOfADeletedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "home", "lock")
	first, err := lockFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if !current(first) {
		t.Error("a fresh lock counts as one of a deleted file")
	}
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if current(first) {
		t.Error("the lock of a deleted file counts as good")
	}
	second, err := lockFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if !current(second) {
		t.Error("the second lock is not on the file of that name")
	}
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Error(err)
	}
}

// If a server can't start, the error quotes its log, and no lock stays behind.
func TestFailedStartQuotesTheLog(t *testing.T) {
	t.Parallel()
	config := folder(t)
	servers := open(t, config)
	closeServers(t, servers)
	if err := os.Truncate(filepath.Join(servers.postgres.data(), "global", "pg_control"), 0); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := Open(t.Context(), config)
		says(t, err, "start Postgres", "pg_control", "its log ends with")
	}
	if err := Remove(t.Context(), config); err != nil {
		t.Errorf("after a failed start the folder counts as used: %v", err)
	}
}
