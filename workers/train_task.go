package workers

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/google/uuid"
)

// TrainKind trains a candidate, if there are new labels enough. No payload.
const TrainKind = "model:train"

// TrainEntry trains once a day.
func TrainEntry() Entry { return Entry{Name: "train", Kind: TrainKind, Every: 24 * time.Hour} }

// Trainer trains a candidate and promotes it if it may be. It reports whether there was
// anything new to learn.
type Trainer func(ctx context.Context) (trained bool, err error)

// Train is the handler of TrainKind.
type Train struct {
	train  Trainer
	rows   Finisher
	logger *slog.Logger
}

// NewTrain returns the handler.
func NewTrain(train Trainer, rows Finisher, logger *slog.Logger) *Train {
	return &Train{train, rows, logger}
}

// Kind returns TrainKind.
func (*Train) Kind() string { return TrainKind }

// Handle trains. A second run finds nothing new.
func (t *Train) Handle(ctx context.Context, work uuid.UUID, _ json.RawMessage) error {
	started := time.Now()
	trained, err := t.train(ctx)
	if err != nil {
		return err
	}
	if trained {
		t.logger.Info("nightly training is done", "seconds", time.Since(started).Seconds())
	}
	return t.rows.FinishWork(ctx, work)
}
