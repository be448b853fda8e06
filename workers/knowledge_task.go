package workers

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// The kinds of work on the knowledge base.
const (
	ImportKind  = "knowledge:import" // payload: {"import_id": …}
	SyncKind    = "knowledge:sync"   // payload: {"source_id": …}
	SyncDueKind = "knowledge:due"    // no payload: adds SyncKind for each source that is due
)

// KnowledgeEntry looks for sources that are due.
func KnowledgeEntry() Entry { return Entry{Name: "sources", Kind: SyncDueKind, Every: time.Minute} }

// Keeper reads imports and sources. Both may be run twice.
type Keeper interface {
	Import(ctx context.Context, id, work uuid.UUID) error
	Sync(ctx context.Context, id, work uuid.UUID, progress func(retrieval.Progress)) (retrieval.Report, error)
}

// SyncStore schedules syncs and closes rows.
type SyncStore interface {
	ScheduleSyncs(ctx context.Context, work uuid.UUID, kind string) (int, error)
}

// Finisher closes a row as done.
type Finisher interface {
	FinishWork(ctx context.Context, work uuid.UUID) error
}

// Import is the handler of ImportKind.
type Import struct {
	keeper Keeper
	rows   Finisher
}

// NewImport returns the handler.
func NewImport(keeper Keeper, rows Finisher) *Import { return &Import{keeper, rows} }

// Kind returns ImportKind.
func (*Import) Kind() string { return ImportKind }

// Handle ingests what was sent. An import that is gone is done.
func (i *Import) Handle(ctx context.Context, work uuid.UUID, payload json.RawMessage) error {
	var asked struct {
		ID uuid.UUID `json:"import_id"`
	}
	if err := json.Unmarshal(payload, &asked); err != nil || asked.ID == uuid.Nil {
		return fault.New(fault.Unprocessable, "the payload is malformed")
	}
	err := i.keeper.Import(ctx, asked.ID, work)
	if fault.Is(err, fault.NotFound) {
		return i.rows.FinishWork(ctx, work)
	}
	return err
}

// Sync is the handler of SyncKind.
type Sync struct {
	keeper Keeper
	rows   Finisher
}

// NewSync returns the handler.
func NewSync(keeper Keeper, rows Finisher) *Sync { return &Sync{keeper, rows} }

// Kind returns SyncKind.
func (*Sync) Kind() string { return SyncKind }

// Handle reads a source again. What is wrong with the source is in its report and is
// tried again when it is due, not before; a source that is gone is done.
func (s *Sync) Handle(ctx context.Context, work uuid.UUID, payload json.RawMessage) error {
	var asked struct {
		ID uuid.UUID `json:"source_id"`
	}
	if err := json.Unmarshal(payload, &asked); err != nil || asked.ID == uuid.Nil {
		return fault.New(fault.Unprocessable, "the payload is malformed")
	}
	_, err := s.keeper.Sync(ctx, asked.ID, work, nil)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.rows.FinishWork(ctx, work)
	}
	return err
}

// SyncDue is the handler of SyncDueKind.
type SyncDue struct {
	store SyncStore
	nudge func()
}

// NewSyncDue returns the handler; nudge tells the relay of new rows.
func NewSyncDue(store SyncStore, nudge func()) *SyncDue { return &SyncDue{store, nudge} }

// Kind returns SyncDueKind.
func (*SyncDue) Kind() string { return SyncDueKind }

// Handle adds a row for each source that is due, unless its slot has one.
func (s *SyncDue) Handle(ctx context.Context, work uuid.UUID, _ json.RawMessage) error {
	added, err := s.store.ScheduleSyncs(ctx, work, SyncKind)
	if added > 0 {
		s.nudge()
	}
	return err
}
