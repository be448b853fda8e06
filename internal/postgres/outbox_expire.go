package postgres

import (
	"context"
	_ "embed" // the statement
	"time"

	"github.com/google/uuid"
)

//go:embed outbox_expire.sql
var expireData string

// expireBatch bounds the rows that one transaction touches.
const expireBatch = 1000

// Expire removes what was kept for a time only: the bodies of deliveries and the
// answers past their expiry, and finished outbox rows older than keepDone. It
// works in batches and closes the outbox row that asked for it in the last one.
// It returns how many rows it touched.
func (db *DB) Expire(ctx context.Context, work uuid.UUID, keepDone time.Duration) (int64, error) {
	var total int64
	for {
		var bodies, answers, done int64
		err := db.app.QueryRow(ctx, expireData, work, keepDone, expireBatch).Scan(&bodies, &answers, &done)
		if err != nil {
			return total, failure(err, "expire data")
		}
		total += bodies + answers + done
		if max(bodies, answers, done) < expireBatch {
			return total, nil
		}
	}
}
