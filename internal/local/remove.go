package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Remove stops the servers of the Config's folder and deletes their data for
// good. It refuses while anybody uses them. Fetched binaries stay in the cache,
// and so does everything else in the folder.
func Remove(ctx context.Context, config Config) error {
	if err := config.Validate(); err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	if _, err := os.Stat(config.Dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	place, lifecycle, err := enter(ctx, config)
	if err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	defer func() { _ = lifecycle.Close() }()
	users := place.usersLock()
	if alone, err := users.TryLock(); err != nil || !alone {
		return errors.Join(fmt.Errorf("remove local servers: %s is in use: stop the programs that use it first", place.dir), err)
	}
	defer func() { _ = users.Close() }()
	if err := place.stopAll(ctx); err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	if err := place.erase(); err != nil {
		return fmt.Errorf("remove local servers: %w", err)
	}
	return nil
}

// erase deletes the home, the lifecycle lock last: see lockFile.
func (place home) erase() error {
	patterns := []string{"postgres-*", "redis", "redis.log*", "users.lock", "lifecycle.lock"}
	var failures []error
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(globLiteral(place.path), pattern))
		failures = append(failures, err)
		for _, path := range found {
			failures = append(failures, os.RemoveAll(path))
		}
	}
	if place.account.drop {
		failures = append(failures, os.Remove(filepath.Join(place.dir, "data")), os.Remove(place.path))
	}
	// The folder itself goes only if nothing else is in it, such as an owner's notes.
	_ = os.Remove(place.dir)
	return errors.Join(failures...)
}
