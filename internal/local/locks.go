package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockPause is how often a lock held by another process is tried again.
const lockPause = 25 * time.Millisecond

// lockLifecycle waits for the right to start, stop and remove the home's servers.
func (place home) lockLifecycle(ctx context.Context) (*flock.Flock, error) {
	return lockFile(ctx, place.file("lifecycle.lock"))
}

func (place home) usersLock() *flock.Flock { return flock.New(place.file("users.lock")) }

// joinUsers takes the shared lock of those who use the servers. The caller
// holds the lifecycle lock, so that nobody is just testing for the last user.
func (place home) joinUsers(ctx context.Context) (*flock.Flock, error) {
	users := place.usersLock()
	if _, err := users.TryRLockContext(ctx, lockPause); err != nil {
		return nil, fmt.Errorf("share %s: %w", users.Path(), err)
	}
	return users, place.markUsed()
}

// leaveUsers gives the shared lock back and reports whether it was the last.
// The caller holds the lifecycle lock, so nobody joins meanwhile.
func leaveUsers(users *flock.Flock) (last bool, err error) {
	if err := users.Unlock(); err != nil {
		return false, fmt.Errorf("release %s: %w", users.Path(), err)
	}
	last, err = users.TryLock()
	if err != nil {
		return false, fmt.Errorf("test %s: %w", users.Path(), err)
	}
	return last, users.Close()
}

// lockFile waits for the exclusive lock of a file until ctx ends. Whoever waited
// while the holder deleted the file has locked nothing, and tries again.
func lockFile(ctx context.Context, path string) (*flock.Flock, error) {
	for {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		lock := flock.New(path)
		if _, err := lock.TryLockContext(ctx, lockPause); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		if current(lock) {
			return lock, nil
		}
		if err := lock.Close(); err != nil {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
	}
}

// current reports whether the file locked is still the one of that name.
func current(lock *flock.Flock) bool {
	locked, err := lock.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(lock.Path())
	return err == nil && os.SameFile(locked, named)
}
