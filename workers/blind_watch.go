package workers

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/triage"
)

// BlindStore says how the blind sample is to be drawn.
type BlindStore interface {
	BlindPlan(ctx context.Context) (triage.BlindPlan, error)
}

// blindPoll is how often a process plans the sample anew: it follows the number of
// tickets a day, which moves slowly.
const blindPoll = 5 * time.Minute

// BlindWatch draws the blind sample by the plan as it stood a few minutes ago, so that
// drawing asks nobody. Until it has a plan it draws nothing.
type BlindWatch struct {
	store  BlindStore
	key    []byte
	logger *slog.Logger
	plan   atomic.Pointer[triage.BlindPlan]
}

// NewBlindWatch returns a watch without a plan as yet. The key decides who is drawn.
func NewBlindWatch(store BlindStore, key []byte, logger *slog.Logger) *BlindWatch {
	return &BlindWatch{store: store, key: key, logger: logger}
}

// Draw says whether a ticket is in the sample.
func (w *BlindWatch) Draw(ticket uuid.UUID) (triage.BlindDraw, bool) {
	plan := w.plan.Load()
	if plan == nil {
		return triage.BlindDraw{}, false
	}
	return plan.Draw(w.key, ticket)
}

// Refresh takes the plan as it stands.
func (w *BlindWatch) Refresh(ctx context.Context) error {
	plan, err := w.store.BlindPlan(ctx)
	if err != nil {
		return err
	}
	w.plan.Store(&plan)
	return nil
}

// Run refreshes until ctx ends. It logs an error when it begins, not each time.
func (w *BlindWatch) Run(ctx context.Context) {
	ticker := time.NewTicker(blindPoll)
	defer ticker.Stop()
	failing := false
	for {
		err := w.Refresh(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			w.logger.Warn("blind sample not planned", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
