package local

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Closing one of two users' shares, in one process or in two, leaves the
// servers to the other; the last one stops them.
func TestLastOneOutStopsTheServers(t *testing.T) {
	t.Parallel()
	config := folder(t)
	first := open(t, config)
	second := startAnother(t, os.Args[0], config.Dir, nil)
	if pid := readPID(first.postgres.pidFile()); second.postgresPID != pid || second.redisPID != first.RedisPID() {
		t.Errorf("the other process got Postgres %d and Redis %d, want the running ones", second.postgresPID, second.redisPID)
	}
	third := open(t, config)
	closeServers(t, third)
	closeServers(t, third) // again: no second share is given back
	closeServers(t, first)
	if !bothRun(first) {
		t.Fatal("the servers stopped while another process used them")
	}
	second.finish(t)
	if first.postgres.running() || first.redis.running() {
		t.Error("the servers run on after the last user left")
	}
	if _, err := os.Stat(first.home.sockets); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the sockets' folder stays behind: %v", err)
	}
}

// Servers whose only user was killed are taken over as they are.
func TestOrphansAreAdopted(t *testing.T) {
	t.Parallel()
	config := folder(t)
	second := startAnother(t, os.Args[0], config.Dir, nil)
	if err := second.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = second.command.Wait()
	servers := open(t, config)
	if pid := readPID(servers.postgres.pidFile()); pid != second.postgresPID {
		t.Errorf("Postgres is process %d, want the orphan %d", pid, second.postgresPID)
	}
	if servers.RedisPID() != second.redisPID {
		t.Errorf("Redis is process %d, want the orphan %d", servers.RedisPID(), second.redisPID)
	}
	closeServers(t, servers)
	if servers.postgres.running() || servers.redis.running() {
		t.Error("the adopted servers run on after the last user left")
	}
}

// A folder can be opened and closed by many at once; whoever has it open can
// use it, whoever else is just stopping or starting it.
func TestOpenAndCloseRace(t *testing.T) {
	t.Parallel()
	config := folder(t)
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for range 3 {
				servers, err := Open(t.Context(), config)
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				if err := servers.postgres.ping(t.Context()); err != nil {
					t.Errorf("Postgres does not answer while it is open: %v", err)
				}
				if !servers.redis.running() {
					t.Error("Redis does not run while it is open")
				}
				if err := servers.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}
		})
	}
	users.Wait()
}

func TestTwoFoldersAreApart(t *testing.T) {
	t.Parallel()
	one, two := open(t, folder(t)), open(t, folder(t))
	urls, err := one.EnsureDatabase(t.Context(), "only_in_one")
	if err != nil {
		t.Fatal(err)
	}
	if urls.Redis == two.RedisURL(0) || one.AdminURL("postgres") == two.AdminURL("postgres") {
		t.Error("two folders share an address")
	}
	if got := ask(t, two.AdminURL("postgres"), "select count(*)::text from pg_database where datname = 'only_in_one'"); got != "0" {
		t.Error("a database made in one folder is in the other")
	}
}

// Data survive the servers, in a folder that is durable.
func TestDurableFolderKeepsItsData(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.Durable = true
	first := open(t, config)
	if got := ask(t, first.AdminURL("postgres"), "show fsync"); got != "on" {
		t.Errorf("fsync is %s in a durable folder, want on", got)
	}
	if _, err := first.EnsureDatabase(t.Context(), "kept"); err != nil {
		t.Fatal(err)
	}
	set(t, first, "kept", "yes")
	closeServers(t, first)
	second := open(t, config)
	if got := ask(t, second.AdminURL("postgres"), "select count(*)::text from pg_database where datname = 'kept'"); got != "1" {
		t.Error("the database is gone after a restart")
	}
	client := redisClient(t, second)
	if got := client.Get(t.Context(), "kept").Val(); got != "yes" {
		t.Errorf("Redis has %q after a restart, want %q", got, "yes")
	}
	if got := client.ConfigGet(t.Context(), "maxmemory-policy").Val()["maxmemory-policy"]; got != "noeviction" {
		t.Errorf("Redis evicts by %q, want noeviction: queued work would be lost", got)
	}
}

func TestOneServerAloneCanBeWanted(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.WantPostgres = false
	servers := open(t, config)
	if servers.AdminURL("postgres") != "" || servers.PostgresMajor() != 0 {
		t.Error("Postgres has an address though it was not wanted")
	}
	if _, err := servers.EnsureDatabase(t.Context(), "any"); err == nil {
		t.Error("EnsureDatabase succeeded without Postgres")
	}
	config.WantPostgres, config.WantRedis = true, false
	other := open(t, config)
	if other.RedisURL(0) != "" || other.RedisPID() != 0 {
		t.Error("Redis has an address though it was not wanted")
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	config := folder(t)
	if err := Remove(t.Context(), config); err != nil {
		t.Errorf("Remove of a folder that never was: %v", err)
	}
	servers := open(t, config)
	says(t, Remove(t.Context(), config), "is in use")
	if !bothRun(servers) {
		t.Fatal("a refused Remove stopped the servers")
	}
	closeServers(t, servers)
	if err := Remove(t.Context(), config); err != nil {
		t.Errorf("Remove: %v", err)
	}
	for _, path := range []string{config.Dir, servers.home.path} {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s stays behind: %v", path, err)
		}
	}
}

// Idle servers are stopped, but not while somebody uses them.
func TestStopWhenIdle(t *testing.T) {
	t.Parallel()
	config := folder(t)
	servers := open(t, config)
	stopped, err := servers.home.stopIfIdle(t.Context(), 0)
	if err != nil || stopped || !bothRun(servers) {
		t.Fatalf("stopIfIdle stopped servers in use: %v, %v", stopped, err)
	}
	if err := servers.users.Close(); err != nil { // as if the process had been killed
		t.Fatal(err)
	}
	stopped, err = servers.home.stopIfIdle(t.Context(), time.Hour)
	if err != nil || stopped || !bothRun(servers) {
		t.Fatalf("stopIfIdle did not wait out the idle time: %v, %v", stopped, err)
	}
	if err := StopWhenIdle(t.Context(), config, 0); err != nil {
		t.Fatal(err)
	}
	if servers.postgres.running() || servers.redis.running() {
		t.Error("the idle servers run on")
	}
}

func set(t *testing.T, servers *Servers, key, value string) {
	t.Helper()
	if err := redisClient(t, servers).Set(t.Context(), key, value, 0).Err(); err != nil {
		t.Fatalf("write to Redis: %v", err)
	}
}

func redisClient(t *testing.T, servers *Servers) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(servers.RedisURL(0))
	if err != nil {
		t.Fatalf("go-redis can't read %s: %v", servers.RedisURL(0), err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}
