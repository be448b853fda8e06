package workers

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/triage"
)

// DriftKind is the kind of work that counts blind answers and takes back what fell
// below its target. It has no payload.
const DriftKind = "promise:drift"

// DriftEntry asks once a day; how often the answers are counted says the policy.
func DriftEntry() Entry { return Entry{Name: "drift", Kind: DriftKind, Every: 24 * time.Hour} }

// DriftStore counts blind answers. CheckDrift may be run twice.
type DriftStore interface {
	DriftDue(ctx context.Context) (bool, error)
	CheckDrift(ctx context.Context) ([]triage.Demotion, error)
	FinishWork(ctx context.Context, work uuid.UUID) error
}

// Drift is the handler of DriftKind.
type Drift struct {
	store   DriftStore
	metrics *Metrics
	logger  *slog.Logger
}

// NewDrift returns the handler.
func NewDrift(store DriftStore, metrics *Metrics, logger *slog.Logger) *Drift {
	return &Drift{store, metrics, logger}
}

// Kind returns DriftKind.
func (*Drift) Kind() string { return DriftKind }

// Handle checks what acts alone, if that is due. Every worker follows a demotion as it
// follows any change of the policy.
func (d *Drift) Handle(ctx context.Context, work uuid.UUID, _ json.RawMessage) error {
	due, err := d.store.DriftDue(ctx)
	if err != nil {
		return err
	}
	if due {
		demoted, err := d.store.CheckDrift(ctx)
		for _, demotion := range demoted {
			d.metrics.demoted.WithLabelValues(demotion.Field).Inc()
			d.logger.Warn("a field no longer acts alone", "field", demotion.Field, "reason", demotion.Reason)
		}
		if err != nil {
			return err
		}
	}
	return d.store.FinishWork(ctx, work)
}
