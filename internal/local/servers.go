package local

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	place, lifecycle, err := enter(ctx, config)
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

// stopAll stops every server of the home, also those that another user started,
// and gives up the sockets' folder. The caller holds the lifecycle lock.
func (place home) stopAll(ctx context.Context) error {
	failures := []error{redisServer{home: place}.stop(ctx)}
	for major := oldestPostgres; major <= newestPostgres; major++ {
		failures = append(failures, postgres{home: place, major: major}.stop(ctx))
	}
	return errors.Join(append(failures, os.RemoveAll(place.sockets))...)
}
