package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// actAs tells the row-level security whose rows to show, until the transaction ends.
const actAs = "select set_config('app.customer_id', $1, true)"

// asCustomer runs what queue puts into the batch as this customer, in one
// read-only transaction and one round trip. The identity is part of that
// transaction, so that no query can go without it and none inherits it.
// Rows are read by the callbacks of the queued queries.
func (db *DB) asCustomer(ctx context.Context, customerID uuid.UUID, queue func(*pgx.Batch)) error {
	return asCustomer(ctx, db.customer, customerID, queue)
}

func asCustomer(ctx context.Context, pool *pgxpool.Pool, customerID uuid.UUID, queue func(*pgx.Batch)) error {
	return readOnly(ctx, pool, func(batch *pgx.Batch) {
		batch.Queue(actAs, customerID.String())
		queue(batch)
	})
}

// readOnly runs what queue puts into the batch in one read-only transaction and one
// round trip.
func readOnly(ctx context.Context, pool *pgxpool.Pool, queue func(*pgx.Batch)) error {
	var batch pgx.Batch
	batch.Queue("begin read only")
	queue(&batch)
	batch.Queue("commit")
	return pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		err := conn.SendBatch(ctx, &batch).Close()
		if err != nil && !conn.Conn().IsClosed() {
			// The refused batch left its transaction open.
			_, _ = conn.Exec(context.WithoutCancel(ctx), "rollback")
		}
		return err
	})
}
