package pgtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/signalbox/signalbox/internal/local"
)

// The settings of the tests.
const (
	majorVariable    = "SIGNALBOX_TEST_POSTGRES"
	databaseVariable = "SIGNALBOX_TEST_DATABASE_URL"
)

// setUpPatience bounds fetching binaries and starting servers.
const setUpPatience = 5 * time.Minute

// postgresServer is the test process' Postgres; adminURL names its superuser.
type postgresServer struct {
	adminURL string
	template string
}

// openPostgres finds or starts the server and makes the template, once a
// process. The share in the servers lasts until the process ends.
var openPostgres = sync.OnceValues(func() (postgresServer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), setUpPatience)
	defer cancel()
	adminURL := os.Getenv(databaseVariable)
	if adminURL == "" {
		servers, err := openServers(ctx, true)
		if err != nil {
			return postgresServer{}, err
		}
		adminURL = servers.AdminURL("postgres")
	}
	template, err := ensureTemplate(ctx, adminURL)
	return postgresServer{adminURL: adminURL, template: template}, err
})

// openRedis finds or starts the shared Redis, once a process.
var openRedis = sync.OnceValues(func() (*local.Servers, error) {
	ctx, cancel := context.WithTimeout(context.Background(), setUpPatience)
	defer cancel()
	return openServers(ctx, false)
})

// openServers joins the user's test servers and leaves them a keeper, which
// stops them when no test has used them for a while.
func openServers(ctx context.Context, postgres bool) (*local.Servers, error) {
	config, err := sharedConfig()
	if err != nil {
		return nil, err
	}
	config.WantPostgres, config.WantRedis = postgres, !postgres
	servers, err := local.Open(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := startKeeper(); err != nil {
		return nil, err
	}
	return servers, nil
}

// sharedConfig describes the servers that all tests of this user share.
func sharedConfig() (local.Config, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		// An account without a home still has a place of its own.
		cache = filepath.Join(os.TempDir(), fmt.Sprintf("signalbox-tests-%d", os.Geteuid()))
	}
	config := local.Config{Dir: filepath.Join(cache, "signalbox", "tests"), Messages: os.Stderr}
	if err != nil {
		config.CacheDir = cache
	}
	if text := os.Getenv(majorVariable); text != "" {
		if config.PostgresMajor, err = strconv.Atoi(text); err != nil {
			return local.Config{}, fmt.Errorf("%s: is not a number (use 15 to 18)", majorVariable)
		}
		return config, nil
	}
	config.PGBin = os.Getenv("PGBIN")
	return config, nil
}
