package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// testName matches a test's database: the number of its process, then chance.
var testName = regexp.MustCompile(`^test_([0-9]{1,9})_[0-9A-Z]+$`)

// dropAbandoned removes the databases of test processes that were killed before
// they could tidy up. On a server that is not ours alone it touches nothing: a
// process number means nothing on another machine.
func dropAbandoned(ctx context.Context, admin *pgx.Conn) error {
	if os.Getenv(databaseVariable) != "" {
		return nil
	}
	rows, err := admin.Query(ctx, "select datname from pg_database where datname like 'test\\_%'")
	if err != nil {
		return fmt.Errorf("list the test databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list the test databases: %w", err)
	}
	for _, name := range names {
		if !abandoned(name) {
			continue
		}
		if err := execute(ctx, admin, "drop database if exists %I with (force)", name); err != nil {
			return fmt.Errorf("drop abandoned database %s: %w", name, err)
		}
	}
	return nil
}

// abandoned reports whether a test database's process is gone.
func abandoned(name string) bool {
	match := testName.FindStringSubmatch(name)
	if match == nil {
		return false
	}
	pid, err := strconv.Atoi(match[1])
	return err == nil && pid > 0 && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
