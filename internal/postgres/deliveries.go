package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// PoisonDelivery is an event whose signature was right but which could not be
// read. Its body is kept until the delivery expires.
type PoisonDelivery struct {
	ID           uuid.UUID  `json:"id"`
	ConnectionID *uuid.UUID `json:"connection_id,omitempty"`
	Reason       string     `json:"reason"`
	Bytes        int        `json:"bytes"`
	ReceivedAt   time.Time  `json:"received_at"`
	ExpiresAt    time.Time  `json:"expires_at"`
}

const selectPoison = `
select id, connection_id, reason, coalesce(octet_length(body), 0), received_at, expires_at
from deliveries where state = 'poison' and ($1::uuid is null or id < $1)
order by id desc limit $2`

// PoisonDeliveries lists unreadable events, newest first, before the one with this
// ID (zero: from the newest).
func (db *DB) PoisonDeliveries(ctx context.Context, before uuid.UUID, limit int) ([]PoisonDelivery, error) {
	deliveries, err := many[PoisonDelivery](db.app.Query(ctx, selectPoison, optional(before), min(max(limit, 1), 200)))
	return deliveries, failure(err, "list unreadable events")
}
