package local

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// After a crash of the servers themselves their lock files lie about. They are
// no obstacle, not even where the number in them now means another program.
func TestStaleLockFiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		pid  func(former int) int
	}{
		{"process gone", func(former int) int { return former }},
		{"number reused", func(int) int { return os.Getpid() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := folder(t)
			servers := open(t, config)
			former := readPID(servers.postgres.pidFile())
			crash(t, servers)
			content, err := os.ReadFile(servers.postgres.pidFile())
			if err != nil {
				t.Fatalf("a crash leaves the lock file: %v", err)
			}
			_, rest, _ := strings.Cut(string(content), "\n")
			stale := strconv.Itoa(test.pid(former)) + "\n" + rest
			if err := os.WriteFile(servers.postgres.pidFile(), []byte(stale), 0o600); err != nil {
				t.Fatal(err)
			}
			again := open(t, config)
			if !bothRun(again) {
				t.Error("the servers do not run after a crash")
			}
			if pid := readPID(again.postgres.pidFile()); pid == former || pid == os.Getpid() {
				t.Errorf("Postgres' lock file still names process %d", pid)
			}
		})
	}
}

// crash kills both servers and waits until they are gone.
func crash(t *testing.T, servers *Servers) {
	t.Helper()
	for _, pid := range []int{readPID(servers.postgres.pidFile()), servers.RedisPID()} {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if err := waitUntil(t.Context(), func() bool { return !servers.postgres.running() && !servers.redis.running() }); err != nil {
		t.Fatal(err)
	}
}

// A server whose socket somebody tidied up is replaced by one that answers.
func TestLostSockets(t *testing.T) {
	t.Parallel()
	config := folder(t)
	servers := open(t, config)
	if err := os.RemoveAll(servers.home.sockets); err != nil {
		t.Fatal(err)
	}
	again := open(t, config)
	if got := ask(t, again.AdminURL("postgres"), "select 'here'"); got != "here" {
		t.Errorf("Postgres answered %q", got)
	}
	set(t, again, "here", "yes")
}

// An initdb that was interrupted leaves no half of a cluster.
func TestUnfinishedClusterIsMadeAnew(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.WantRedis = false
	place, lifecycle, err := enter(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(place.file("postgres-18.new/base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := lifecycle.Close(); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, open(t, config).AdminURL("postgres"), "select 'whole'"); got != "whole" {
		t.Errorf("Postgres answered %q", got)
	}
}

// Someone else's folder in the place of the sockets is refused, since /tmp is
// everybody's.
func TestForeignSocketFolderIsRefused(t *testing.T) {
	t.Parallel()
	place, err := locate(folder(t))
	if err != nil {
		t.Fatal(err)
	}
	target := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	says(t, place.account.folder(link), "is not a folder of user")
	file := filepath.Join(target, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, place.account.folder(file), "is not a folder of user")
}

// Every ordinary user can run the servers, also one without a home.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	servers := open(t, folder(t)) // fetches for everybody
	uid := ordinaryUser(t, servers.home.account.uid)
	base, err := os.MkdirTemp("/tmp", "sb-user-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	if err := os.Chown(base, uid, uid); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(base, "program")
	if err := os.WriteFile(copied, program, 0o755); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "with a space and $PATH", ".signalbox")
	attributes := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	other := startAnother(t, copied, dir, attributes)
	if got := ask(t, other.appURL, "select current_user::text"); got != AppRole {
		t.Errorf("connected as %s, want %s", got, AppRole)
	}
	info, err := os.Stat(filepath.Join(dir, "postgres-18", "PG_VERSION"))
	if err != nil {
		t.Errorf("an ordinary user's cluster lies in the folder itself: %v", err)
	} else if int(info.Sys().(*syscall.Stat_t).Uid) != uid {
		t.Error("the cluster belongs to somebody else")
	}
	other.finish(t)
	if alive(other.postgresPID, "postgres", filepath.Join(dir, "postgres-18")) {
		t.Error("Postgres runs on after its user left")
	}
}

// ordinaryUser returns a user that is neither root nor the one given.
func ordinaryUser(t *testing.T, other int) int {
	t.Helper()
	for _, name := range []string{"nobody", "daemon", "games"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		if uid, err := strconv.Atoi(found.Uid); err == nil && uid > 0 && uid != other {
			return uid
		}
	}
	t.Skip("there is no other ordinary user here")
	return 0
}
