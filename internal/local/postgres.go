package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startPatience bounds how long a server may take to answer, recovery included.
const startPatience = 90 * time.Second

// postgres is one cluster of a home, named by its major version.
type postgres struct {
	home  home
	major int
}

func (server postgres) data() string {
	return server.home.file("postgres-" + strconv.Itoa(server.major))
}

func (server postgres) logName() string { return "postgres-" + strconv.Itoa(server.major) + ".log" }

// port only names the socket. It tells majors apart that share a folder.
func (server postgres) port() int { return 5400 + server.major }

func (server postgres) socket() string {
	return filepath.Join(server.home.sockets, ".s.PGSQL."+strconv.Itoa(server.port()))
}

func (server postgres) pidFile() string { return filepath.Join(server.data(), "postmaster.pid") }

func (server postgres) running() bool {
	return alive(readPID(server.pidFile()), "postgres", server.data())
}

// start brings the cluster up, making it first if need be. A server that runs
// already is adopted. The caller holds the lifecycle lock.
func (server postgres) start(ctx context.Context, bin string, durable bool) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if server.running() {
		if _, err := os.Lstat(server.socket()); err == nil {
			return server.waitReady(ctx, nil)
		}
		// Someone tidied up its socket: it can't be reached, so it makes room.
		if err := server.stop(ctx); err != nil {
			return err
		}
	}
	if err := server.create(ctx, bin, durable); err != nil {
		return err
	}
	if err := server.discardForeignPID(); err != nil {
		return err
	}
	ended, err := server.home.launch(server.logName(), filepath.Join(bin, "postgres"), server.settings(durable)...)
	if err != nil {
		return err
	}
	return server.waitReady(ctx, ended)
}

// create makes the cluster beside its place and moves it there when it is
// whole, so that an interrupted initdb leaves no half of one.
func (server postgres) create(ctx context.Context, bin string, durable bool) error {
	if _, err := os.Stat(filepath.Join(server.data(), "PG_VERSION")); err == nil {
		return nil
	}
	fresh := server.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear an unfinished cluster: %w", err)
	}
	if err := server.home.account.folder(fresh); err != nil {
		return fmt.Errorf("make a Postgres cluster: %w", err)
	}
	arguments := []string{"-D", fresh, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--no-instructions"}
	if !durable {
		arguments = append(arguments, "--no-sync")
	}
	if _, err := server.home.run(ctx, filepath.Join(bin, "initdb"), append(arguments, server.locale(ctx)...)...); err != nil {
		return fmt.Errorf("make a Postgres cluster: %w", err)
	}
	return os.Rename(fresh, server.data())
}

// discardForeignPID removes lock files whose number now belongs to another
// program; Postgres would take that for itself. Where the process is gone,
// Postgres is left to check its shared memory too.
func (server postgres) discardForeignPID() error {
	for _, path := range []string{server.pidFile(), server.socket() + ".lock"} {
		pid := readPID(path)
		if pid == 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a stale lock file: %w", err)
		}
	}
	return nil
}

// waitReady waits until the server answers. ended, if not nil, closes when the
// process that we started is gone.
func (server postgres) waitReady(ctx context.Context, ended <-chan struct{}) error {
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
	return fmt.Errorf("start Postgres: %w; its log ends with:\n%s",
		errors.Join(err, last), server.home.logTail(server.logName()))
}

func (server postgres) ping(ctx context.Context) error {
	connection, err := pgx.Connect(ctx, server.url("postgres", Superuser))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close(ctx) }()
	return connection.Ping(ctx)
}

// stop ends the server without waiting for its clients (a fast shutdown), and
// as a last resort as if the machine had crashed.
func (server postgres) stop(ctx context.Context) error {
	pid := readPID(server.pidFile())
	if !server.running() {
		return nil
	}
	if err := terminate(ctx, server.running, pid, syscall.SIGINT, syscall.SIGQUIT); err != nil {
		return fmt.Errorf("stop Postgres: %w", err)
	}
	return nil
}
