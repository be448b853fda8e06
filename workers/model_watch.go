package workers

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// ModelStore says which model is current, and loads one.
type ModelStore interface {
	CurrentModelID(ctx context.Context, kind string) (uuid.UUID, error)
	Model(ctx context.Context, id uuid.UUID) (triage.ModelRecord, []byte, error)
}

// modelPoll is how often a process asks whether another model is current.
const modelPoll = 3 * time.Second

// ModelWatch is a Decider that follows the current model: a promotion or a
// rollback reaches every process within seconds and without a restart.
type ModelWatch struct {
	kind   string
	store  ModelStore
	build  func(record triage.ModelRecord, artifact []byte) (Decider, error)
	logger *slog.Logger

	current atomic.Pointer[loadedModel]
	refused uuid.UUID // of the goroutine that calls Refresh
}

// loadedModel is a decider and the model that it was built from.
type loadedModel struct {
	id      uuid.UUID
	version int
	decider Decider
}

// NewModelWatch returns a watch of the models of a kind, without one as yet. build
// makes a decider of an artifact.
func NewModelWatch(kind string, store ModelStore, build func(triage.ModelRecord, []byte) (Decider, error), logger *slog.Logger) *ModelWatch {
	return &ModelWatch{kind: kind, store: store, build: build, logger: logger}
}

// Decide asks the current model. Unavailable until there is one, so that work
// waits for it.
func (w *ModelWatch) Decide(input triage.Input) (triage.Decision, error) {
	loaded := w.current.Load()
	if loaded == nil {
		return triage.Decision{}, fault.New(fault.Unavailable, "no triage model is current: train and promote one")
	}
	return loaded.decider.Decide(input)
}

// Version returns the ID and the version of the model in use, or zeros.
func (w *ModelWatch) Version() (uuid.UUID, int) {
	if loaded := w.current.Load(); loaded != nil {
		return loaded.id, loaded.version
	}
	return uuid.Nil, 0
}

// Refresh loads the current model if it is another one. A model that cannot be
// built is refused, the one before stays in use. It is not for concurrent use.
func (w *ModelWatch) Refresh(ctx context.Context) error {
	id, err := w.store.CurrentModelID(ctx, w.kind)
	if err != nil {
		return err
	}
	if loaded, _ := w.Version(); id == uuid.Nil || id == loaded || id == w.refused {
		return nil
	}
	record, artifact, err := w.store.Model(ctx, id)
	if err != nil {
		return err
	}
	decider, err := w.build(record, artifact)
	if err != nil {
		w.refused = id
		return wrap(err, "build model %d", record.Version)
	}
	w.refused = uuid.Nil
	w.current.Store(&loadedModel{id: id, version: record.Version, decider: decider})
	w.logger.Info("triage model loaded", "version", record.Version, "model_id", id)
	return nil
}

// Run refreshes until ctx ends. It logs an error when it begins, not each time.
func (w *ModelWatch) Run(ctx context.Context) {
	ticker := time.NewTicker(modelPoll)
	defer ticker.Stop()
	failing := false
	for {
		err := w.Refresh(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			w.logger.Warn("triage model not refreshed", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
