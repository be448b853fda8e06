package local

import (
	"context"
	"fmt"
	"os"
	"time"
)

// idlePause is how often StopWhenIdle looks for users.
const idlePause = time.Second

// StopWhenIdle waits until nobody has used the Config's folder for the given
// time, then stops its servers and returns. It is for a process that keeps
// servers warm between short-lived users, and is no user itself.
func StopWhenIdle(ctx context.Context, config Config, idle time.Duration) error {
	place, err := locate(config)
	if err != nil {
		return fmt.Errorf("stop idle servers: %w", err)
	}
	ticker := time.NewTicker(idlePause)
	defer ticker.Stop()
	for {
		stopped, err := place.stopIfIdle(ctx, idle)
		if err != nil || stopped {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// stopIfIdle stops the servers if the users' lock is free and was last taken
// or seen taken long enough ago, which its file's time tells.
func (place home) stopIfIdle(ctx context.Context, idle time.Duration) (bool, error) {
	lifecycle, err := place.lockLifecycle(ctx)
	if err != nil {
		return false, fmt.Errorf("stop idle servers: %w", err)
	}
	defer func() { _ = lifecycle.Close() }()
	users := place.usersLock()
	free, err := users.TryLock()
	if err != nil {
		return false, fmt.Errorf("stop idle servers: %w", err)
	}
	defer func() { _ = users.Close() }()
	if !free {
		return false, place.markUsed()
	}
	info, err := os.Stat(users.Path())
	if err != nil || time.Since(info.ModTime()) < idle {
		return false, err
	}
	return true, place.stopAll(ctx)
}

// markUsed notes that the servers are in use now.
func (place home) markUsed() error {
	now := time.Now()
	return os.Chtimes(place.file("users.lock"), now, now)
}
