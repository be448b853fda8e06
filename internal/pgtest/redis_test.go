package pgtest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"github.com/redis/go-redis/v9"
)

// Each test has its own empty database, and gives it back empty.
func TestRedisDatabasesAreApart(t *testing.T) {
	t.Parallel()
	one, two := Redis(t), Redis(t)
	if one == two {
		t.Fatalf("two tests share %s", one)
	}
	if err := connect(t, one).Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if size := connect(t, two).DBSize(t.Context()).Val(); size != 0 {
		t.Errorf("a new database has %d keys, want none", size)
	}
	var former string
	t.Run("user", func(t *testing.T) {
		former = Redis(t)
		if err := connect(t, former).Set(t.Context(), "key", "value", 0).Err(); err != nil {
			t.Fatal(err)
		}
	})
	if size := connect(t, former).DBSize(t.Context()).Val(); size != 0 {
		t.Errorf("a database is left with %d keys, want none", size)
	}
}

func TestOwnRedis(t *testing.T) {
	t.Parallel()
	server := OwnRedis(t)
	client := func() *redis.Client { return connect(t, server.URL) }
	address := server.URL
	if err := client().Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	server.Stop() // no matter
	if server.servers != nil || answers(t, address) {
		t.Error("a stopped server answers")
	}
	server.Start()
	if got := client().Get(t.Context(), "key").Val(); got != "value" {
		t.Errorf("after a stop the key is %q, want its value", got)
	}
	server.Kill()
	if answers(t, address) {
		t.Error("a killed server answers")
	}
	server.Start()
	if server.URL != address {
		t.Errorf("the address changed from %s to %s", address, server.URL)
	}
	if err := client().FlushAll(t.Context()).Err(); err != nil {
		t.Errorf("FLUSHALL on one's own server: %v", err)
	}
}

// answers reports whether anything listens at the address.
func answers(t *testing.T, address string) bool {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := net.Dial(options.Network, options.Addr)
	if err == nil {
		_ = connection.Close()
	}
	return err == nil
}

// A second keeper gives way to the first.
func TestOneKeeper(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	folder := filepath.Join(home, "signalbox", "tests")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(filepath.Join(folder, "keeper.lock"))
	if held, err := lock.TryLock(); err != nil || !held {
		t.Fatalf("lock: %t, %v", held, err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = []string{keeperVariable + "=1", "XDG_CACHE_HOME=" + home, "HOME=" + home}
	if output, err := command.CombinedOutput(); err != nil || strings.TrimSpace(string(output)) != "" {
		t.Errorf("the second keeper: %v, %s; want it to end in silence", err, output)
	}
}
