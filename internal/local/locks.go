package local

import (
	"context"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// lockPause is how often a lock held by another process is tried again.
const lockPause = 25 * time.Millisecond

// lockLifecycle waits for the right to start and stop the home's servers.
func (place home) lockLifecycle(ctx context.Context) (*flock.Flock, error) {
	return lockFile(ctx, place.file("lifecycle.lock"))
}

// joinUsers takes the shared lock of those who use the servers. The caller
// holds the lifecycle lock, so that nobody is just testing for the last user.
func (place home) joinUsers(ctx context.Context) (*flock.Flock, error) {
	users := flock.New(place.file("users.lock"))
	if _, err := users.TryRLockContext(ctx, lockPause); err != nil {
		return nil, fmt.Errorf("share %s: %w", users.Path(), err)
	}
	return users, place.markUsed()
}

// leaveUsers gives the shared lock back and reports whether it was the last.
// The caller holds the lifecycle lock.
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

// lockFile waits for the exclusive lock of a file until ctx ends.
func lockFile(ctx context.Context, path string) (*flock.Flock, error) {
	lock := flock.New(path)
	if _, err := lock.TryLockContext(ctx, lockPause); err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return lock, nil
}
