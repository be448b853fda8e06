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

// ModelStore says which model and which version of a setting are current, and loads
// a model.
type ModelStore interface {
	CurrentVersions(ctx context.Context, kind, setting string) (model uuid.UUID, version int64, err error)
	Model(ctx context.Context, id uuid.UUID) (triage.ModelRecord, []byte, error)
}

// modelPoll is how often a process asks whether another model or policy is current.
const modelPoll = 3 * time.Second

// ModelWatch is a Decider that follows the current model and the policy: a promotion,
// a rollback or a change of the policy reaches every process within seconds and
// without a restart.
type ModelWatch struct {
	kind, policy string // of the models, and the setting's name
	store        ModelStore
	build        BuildDecider
	logger       *slog.Logger

	current atomic.Pointer[loadedModel]
	refused source // of the goroutine that calls Refresh
}

// BuildDecider makes a decider of a model's artifact and the policy as it stands. The
// record is zero as long as there is no model; then it may return nil, and work waits.
type BuildDecider func(ctx context.Context, record triage.ModelRecord, artifact []byte) (Decider, error)

// source is what a decider is built from.
type source struct {
	model  uuid.UUID
	policy int64
}

// loadedModel is a decider and what it was built from.
type loadedModel struct {
	source
	version int
	decider Decider
}

// NewModelWatch returns a watch of the models of a kind and of the setting that holds
// the policy, without a decider as yet.
func NewModelWatch(kind, policy string, store ModelStore, build BuildDecider, logger *slog.Logger) *ModelWatch {
	return &ModelWatch{kind: kind, policy: policy, store: store, build: build, logger: logger}
}

// Decide asks the current model. Unavailable until there is a decider, so that work
// waits for it.
func (w *ModelWatch) Decide(input triage.Input) (triage.Decision, error) {
	loaded := w.current.Load()
	if loaded == nil || loaded.decider == nil {
		return triage.Decision{}, fault.New(fault.Unavailable, "no triage model is current: train and promote one")
	}
	return loaded.decider.Decide(input)
}

// NeedsLoad says whether the decider in use reads the load of routes.
func (w *ModelWatch) NeedsLoad() bool {
	loaded := w.current.Load()
	if loaded == nil {
		return false
	}
	asks, can := loaded.decider.(interface{ NeedsLoad() bool })
	return can && asks.NeedsLoad()
}

// Version returns the ID and the version of the model in use, or zeros.
func (w *ModelWatch) Version() (uuid.UUID, int) {
	if loaded := w.current.Load(); loaded != nil {
		return loaded.model, loaded.version
	}
	return uuid.Nil, 0
}

// Refresh builds a decider if another model or policy is current. What cannot be
// built is refused, the one before stays in use. It is not for concurrent use.
func (w *ModelWatch) Refresh(ctx context.Context) error {
	var wanted source
	var err error
	if wanted.model, wanted.policy, err = w.store.CurrentVersions(ctx, w.kind, w.policy); err != nil {
		return err
	}
	if loaded := w.current.Load(); loaded != nil && wanted == loaded.source || wanted == w.refused && wanted != (source{}) {
		return nil
	}
	var record triage.ModelRecord
	var artifact []byte
	if wanted.model != uuid.Nil {
		if record, artifact, err = w.store.Model(ctx, wanted.model); err != nil {
			return err
		}
	}
	decider, err := w.build(ctx, record, artifact)
	if err != nil {
		w.refused = wanted
		return wrap(err, "build model %d with version %d of the policy", record.Version, wanted.policy)
	}
	w.refused = source{}
	w.current.Store(&loadedModel{source: wanted, version: record.Version, decider: decider})
	w.logger.Info("triage model loaded", "version", record.Version, "model_id", wanted.model, "policy", wanted.policy)
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
