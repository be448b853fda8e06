package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/migrations"
)

const selectVersion = `select coalesce(max(version_id), 0) from schema_migrations where is_applied`

// Readiness returns nil when both pools answer and the schema is the one that
// this program was built for. It is Unavailable otherwise, and says what to do.
func (db *DB) Readiness(ctx context.Context) error {
	if err := db.customer.Ping(ctx); err != nil {
		return failure(err, "ping as the customer login")
	}
	var applied int64
	if err := db.app.QueryRow(ctx, selectVersion).Scan(&applied); err != nil {
		var refused *pgconn.PgError // `migrate status` makes the table before `migrate up` grants it
		if errors.As(err, &refused) && refused.Code == "42501" {
			return fault.Wrap(fault.Unavailable, err, "the schema is not ready for this login: %s", layAnew)
		}
		return failure(err, "read the schema's version")
	}
	newest, err := newestMigration()
	switch {
	case err != nil:
		return err
	case applied < newest:
		return fault.New(fault.Unavailable, "the schema is at version %d and this program needs %d: %s", applied, newest, layAnew)
	case applied > newest:
		return fault.New(fault.Unavailable, "the schema is at version %d and this program knows %d: run a newer signalbox", applied, newest)
	}
	return nil
}

// newestMigration is the highest number among the embedded migrations.
func newestMigration() (int64, error) {
	entries, err := migrations.FS.ReadDir(".")
	if err != nil {
		return 0, fault.Wrap(fault.Internal, err, "list migrations")
	}
	var newest int64
	for _, entry := range entries {
		number, _, _ := strings.Cut(entry.Name(), "_")
		if version, err := strconv.ParseInt(number, 10, 64); err == nil {
			newest = max(newest, version)
		}
	}
	return newest, nil
}
