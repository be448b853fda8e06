package main

import (
	"context"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// newLabels is how many labels must have come since the last training for another one.
const newLabels = 100

// trainNightly trains a candidate if enough was labelled since the last one, whatever
// became of that.
func (a *app) trainNightly(ctx context.Context) (bool, error) {
	models, err := a.db.Models(ctx, modelKind)
	if err != nil {
		return false, err
	}
	if len(models) == 0 {
		return false, nil // the first training is the owner's to begin
	}
	since := time.Time{}
	for _, model := range models {
		if model.CreatedAt.After(since) {
			since = model.CreatedAt
		}
	}
	labels, err := a.db.LabelsSince(ctx, since)
	if err != nil || labels < newLabels {
		return false, err
	}
	quiet := &meter{}
	result, err := a.trainNow(ctx, quiet, 1, promoteIfAsGood)
	if fault.Is(err, fault.Unprocessable) {
		a.log.Warn("nightly training is not possible", "error", err)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	reasons := []string{}
	if result.Gate != nil {
		reasons = result.Gate.Reasons
	}
	a.log.Info("trained", "version", result.Model.Version, "state", result.Model.State, "reasons", reasons)
	return true, nil
}
