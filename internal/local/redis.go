package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// RedisDatabases is how many numbered databases a private Redis has, from 0 on.
const RedisDatabases = 512

type redisServer struct{ home home }

func (server redisServer) data() string    { return server.home.file("redis") }
func (server redisServer) socket() string  { return filepath.Join(server.home.sockets, "redis") }
func (server redisServer) pidFile() string { return filepath.Join(server.data(), "redis.pid") }

func (server redisServer) running() bool {
	return alive(readPID(server.pidFile()), "redis", server.data())
}

// url names a numbered database in the form that go-redis reads.
func (server redisServer) url(database int) string {
	location := url.URL{Scheme: "unix", Path: server.socket(), RawQuery: "db=" + strconv.Itoa(database)}
	return location.String()
}

// start brings Redis up or adopts the one that runs. The caller holds the
// lifecycle lock.
func (server redisServer) start(ctx context.Context, program string, durable bool) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if server.running() {
		if _, err := os.Lstat(server.socket()); err == nil {
			return server.waitReady(ctx, nil)
		}
		if err := server.stop(ctx); err != nil {
			return err
		}
	}
	if err := server.home.account.folder(server.data()); err != nil {
		return fmt.Errorf("make the folder of Redis: %w", err)
	}
	ended, err := server.home.launch("redis.log", program, server.settings(durable)...)
	if err != nil {
		return err
	}
	return server.waitReady(ctx, ended)
}

// settings returns the server's arguments. It never evicts: what asynq has
// queued is work that is owed.
func (server redisServer) settings(durable bool) []string {
	appendOnly := "no"
	if durable {
		appendOnly = "yes"
	}
	return []string{
		"--port", "0",
		"--unixsocket", server.socket(),
		"--unixsocketperm", "700",
		"--dir", server.data(),
		"--pidfile", server.pidFile(),
		"--databases", strconv.Itoa(RedisDatabases),
		"--maxmemory-policy", "noeviction",
		"--save", "",
		"--appendonly", appendOnly,
		"--appendfsync", "everysec",
		"--daemonize", "no",
		"--always-show-logo", "no",
	}
}

func (server redisServer) waitReady(ctx context.Context, ended <-chan struct{}) error {
	var last error
	err := waitUntil(ctx, func() bool {
		select {
		case <-ended:
			last = errors.New("the process ended")
			return true
		default:
		}
		last = server.ping(ctx)
		return last == nil
	})
	if err == nil && last == nil {
		return nil
	}
	return fmt.Errorf("start Redis: %w; its log ends with:\n%s", errors.Join(err, last), server.home.logTail("redis.log"))
}

// ping asks for a sign of life. While Redis loads its file, it answers with an
// error. A client library would complain of each attempt in its own log.
func (server redisServer) ping(ctx context.Context) error {
	connection, err := new(net.Dialer).DialContext(ctx, "unix", server.socket())
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := connection.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := connection.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer := make([]byte, 64)
	length, err := connection.Read(answer)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(answer[:length], []byte("+PONG")) {
		return fmt.Errorf("it answers %q", answer[:length])
	}
	return nil
}

// stop ends Redis after it has flushed its append-only file.
func (server redisServer) stop(ctx context.Context) error {
	pid := readPID(server.pidFile())
	if !server.running() {
		return nil
	}
	if err := terminate(ctx, server.running, pid, syscall.SIGTERM, syscall.SIGKILL); err != nil {
		return fmt.Errorf("stop Redis: %w", err)
	}
	return nil
}
