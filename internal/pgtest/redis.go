package pgtest

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/internal/local"
)

// Redis returns the URL of an empty numbered database that only this test uses,
// on the shared server, in go-redis' form (local.AsynqURI turns it into
// asynq's). FLUSHALL and CLIENT KILL would hit other tests: use OwnRedis for those.
func Redis(t testing.TB) string {
	t.Helper()
	servers, err := openRedis()
	if err != nil {
		t.Fatalf("start the test Redis: %v", err)
	}
	url := servers.RedisURL(reserve(t, connect(t, servers.RedisURL(0))))
	client := connect(t, url)
	if err := client.FlushDB(t.Context()).Err(); err != nil {
		t.Fatalf("empty the test's Redis database: %v", err)
	}
	t.Cleanup(func() { _ = client.FlushDB(context.Background()).Err() })
	return url
}

// reservation is how long a database stays taken if its test was killed. No
// test runs longer.
const reservation = time.Hour

// reserve takes a numbered database that no other test has, and gives it back at
// the end. Database 0 holds only the reservations.
func reserve(t testing.TB, ledger *redis.Client) int {
	t.Helper()
	for range local.RedisDatabases {
		next, err := ledger.Incr(t.Context(), "signalbox:tests:next").Result()
		if err != nil {
			t.Fatalf("reserve a Redis database: %v", err)
		}
		number := int(next%(local.RedisDatabases-1)) + 1
		key := "signalbox:tests:taken:" + strconv.Itoa(number)
		if free, err := ledger.SetNX(t.Context(), key, os.Getpid(), reservation).Result(); err != nil {
			t.Fatalf("reserve a Redis database: %v", err)
		} else if free {
			t.Cleanup(func() { _ = ledger.Del(context.Background(), key).Err() })
			return number
		}
	}
	t.Fatal("all Redis databases of the tests are taken")
	return 0
}

func connect(t testing.TB, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	if err != nil {
		t.Fatalf("read the address of the test Redis: %v", err)
	}
	options.PoolSize = 1
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// RedisServer is a Redis of one test's own, which may be stopped, started and
// killed. Its data survive that, as far as an append-only file of every second
// does. Its methods fail the test on error and are for the test's goroutine.
type RedisServer struct {
	URL string // in go-redis' form, the same after each start

	t       testing.TB
	config  local.Config
	servers *local.Servers // nil while stopped
}

// OwnRedis starts a Redis server for this test alone. It ends with the test.
func OwnRedis(t testing.TB) *RedisServer {
	t.Helper()
	shared, err := sharedConfig()
	if err != nil {
		t.Fatalf("configure a Redis: %v", err)
	}
	server := &RedisServer{t: t, config: local.Config{
		Dir: filepath.Join(t.TempDir(), "redis"), CacheDir: shared.CacheDir, WantRedis: true, Durable: true, Messages: os.Stderr,
	}}
	t.Cleanup(func() {
		server.Stop()
		if err := local.Remove(context.Background(), server.config); err != nil {
			t.Errorf("remove the test's Redis: %v", err)
		}
	})
	server.Start()
	return server
}

// Start starts the server if it does not run.
func (server *RedisServer) Start() {
	server.t.Helper()
	server.Stop()
	servers, err := local.Open(context.Background(), server.config)
	if err != nil {
		server.t.Fatalf("start the test's Redis: %v", err)
	}
	server.servers, server.URL = servers, servers.RedisURL(0)
}

// Stop ends the server in good order if it runs.
func (server *RedisServer) Stop() {
	server.t.Helper()
	if server.servers == nil {
		return
	}
	err := server.servers.Close()
	server.servers = nil
	if err != nil {
		server.t.Errorf("stop the test's Redis: %v", err)
	}
}

// Kill ends the server as a crash would.
func (server *RedisServer) Kill() {
	server.t.Helper()
	if server.servers == nil {
		return
	}
	if pid := server.servers.RedisPID(); pid > 0 {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			server.t.Fatalf("kill the test's Redis: %v", err)
		}
	}
	server.Stop()
}
