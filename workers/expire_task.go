package workers

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// ExpireKind is the kind of work that removes what was kept for a time only: raw
// deliveries, answers, and finished outbox rows. It has no payload.
const ExpireKind = "maintenance:expire"

// keepDone is how long finished outbox rows are kept for those who look for what
// happened.
const keepDone = 7 * 24 * time.Hour

// Expirer removes what has expired and closes the row that asked for it.
type Expirer interface {
	// EraseLeftovers erases again whoever was erased while a message of theirs came in.
	EraseLeftovers(ctx context.Context) (int, error)
	Expire(ctx context.Context, work uuid.UUID, keepDone time.Duration) (int64, error)
}

// Expire is the handler of ExpireKind.
type Expire struct{ store Expirer }

// NewExpire returns the handler.
func NewExpire(store Expirer) *Expire { return &Expire{store: store} }

// Kind returns ExpireKind.
func (*Expire) Kind() string { return ExpireKind }

// Handle removes what has expired by now.
func (e *Expire) Handle(ctx context.Context, work uuid.UUID, _ json.RawMessage) error {
	if _, err := e.store.EraseLeftovers(ctx); err != nil {
		return err
	}
	_, err := e.store.Expire(ctx, work, keepDone)
	return err
}
