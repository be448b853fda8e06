package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// stopPatience bounds how long Close waits for the servers to end.
const stopPatience = 60 * time.Second

// Servers is this process' share in the servers of a folder.
type Servers struct {
	home     home
	users    *flock.Flock
	postgres *postgres // nil if not wanted
	redis    *redisServer
	close    sync.Once
	closeErr error
}

// Open starts the wanted servers, or joins those that run already, and keeps
// them up until Close or the end of the process. The first time it may make a
// cluster and fetch binaries. Errors say what to type where something has to
// be installed.
func Open(ctx context.Context, config Config) (*Servers, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("open local servers: %w", err)
	}
	place, err := openHome(config)
	if err != nil {
		return nil, fmt.Errorf("open local servers: %w", err)
	}
	lifecycle, err := place.lockLifecycle(ctx)
	if err != nil {
		return nil, fmt.Errorf("open local servers: %w", err)
	}
	defer func() { _ = lifecycle.Close() }()
	users, err := place.joinUsers(ctx)
	if err != nil {
		return nil, fmt.Errorf("open local servers: %w", err)
	}
	servers := &Servers{home: place, users: users}
	if err := servers.start(ctx, config); err != nil {
		return nil, errors.Join(fmt.Errorf("open local servers: %w", err), servers.leave())
	}
	return servers, nil
}

// start brings up what the Config wants. The caller holds the lifecycle lock.
func (servers *Servers) start(ctx context.Context, config Config) error {
	if config.WantPostgres {
		installation, err := findPostgres(ctx, config, servers.home)
		if err != nil {
			return err
		}
		servers.postgres = &postgres{home: servers.home, major: installation.major}
		if err := servers.postgres.start(ctx, installation.bin, config.Durable); err != nil {
			return err
		}
	}
	if config.WantRedis {
		program, err := findRedis(ctx, config, servers.home)
		if err != nil {
			return err
		}
		servers.redis = &redisServer{home: servers.home}
		return servers.redis.start(ctx, program, config.Durable)
	}
	return nil
}

// Close gives this process' share back. If nobody else uses the folder, it
// stops the servers. Further calls return the first one's result.
func (servers *Servers) Close() error {
	servers.close.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
		defer cancel()
		lifecycle, err := servers.home.lockLifecycle(ctx)
		if err != nil {
			servers.closeErr = fmt.Errorf("close local servers: %w", err)
			return
		}
		servers.closeErr = errors.Join(servers.leave(), lifecycle.Close())
	})
	return servers.closeErr
}

// Leave gives this process' share back and lets the servers run, for a program
// that wants to find them warm next time. The next last one to Close stops them.
func (servers *Servers) Leave() error {
	servers.close.Do(func() { servers.closeErr = servers.users.Close() })
	return servers.closeErr
}

// leave stops the servers if this was their last user. The caller holds the
// lifecycle lock.
func (servers *Servers) leave() error {
	last, err := leaveUsers(servers.users)
	if err != nil || !last {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	return servers.home.stopAll(ctx)
}

// stopAll stops every server of the home, also those that another user started.
func (place home) stopAll(ctx context.Context) error {
	failures := []error{redisServer{home: place}.stop(ctx)}
	for major := oldestPostgres; major <= newestPostgres; major++ {
		failures = append(failures, postgres{home: place, major: major}.stop(ctx))
	}
	return errors.Join(failures...)
}

// Remove stops the servers of the Config's folder and deletes their data. It
// refuses while anybody uses them. Fetched binaries stay in the cache.
func Remove(ctx context.Context, config Config) error {
	if err := config.Validate(); err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	place, dir, err := locate(config)
	if err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	if _, err := os.Stat(place.path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lifecycle, err := place.lockLifecycle(ctx)
	if err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	defer func() { _ = lifecycle.Close() }()
	users := flock.New(place.file("users.lock"))
	if alone, err := users.TryLock(); err != nil || !alone {
		return errors.Join(fmt.Errorf("remove local servers: %s is in use: stop the programs that use it first", dir), err)
	}
	defer func() { _ = users.Close() }()
	if err := place.stopAll(ctx); err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	return errors.Join(os.RemoveAll(place.sockets), place.removeData(dir))
}

// removeData deletes what the servers keep in the home; the lock files of an
// ordinary user's folder stay, since deleting a held lock would split it.
func (place home) removeData(dir string) error {
	if place.account.drop {
		link := filepath.Join(dir, "data")
		if target, err := os.Readlink(link); err == nil && target == place.path {
			if err := os.Remove(link); err != nil {
				return err
			}
		}
	}
	var failures []error
	for _, pattern := range []string{"postgres-*", "redis", "redis.conf", "redis.log*"} {
		found, err := filepath.Glob(filepath.Join(globLiteral(place.path), pattern))
		failures = append(failures, err)
		for _, path := range found {
			failures = append(failures, os.RemoveAll(path))
		}
	}
	return errors.Join(failures...)
}
