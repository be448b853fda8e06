package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

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
