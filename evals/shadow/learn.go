package shadow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/signalbox/signalbox/triage"
)

// learn trains production's model on the oldest block, or takes the one that an earlier
// run of the same history kept.
func (r *run) learn(ctx context.Context) error {
	var examples []triage.Example
	for i, row := range r.history.Rows[:r.ends[0]] {
		values := r.labels.of(row)
		if len(values) == 0 {
			continue
		}
		examples = append(examples, triage.Example{Input: row.Input(), Labels: values, Weight: 1})
		if r.groups[i] == i {
			r.evidence[values[triage.FieldIntent]]++
		}
	}
	path := r.path()
	if model := readModel(path); model != nil {
		r.model = model
		r.warn("the model was kept by an earlier run of this history: --work off trains anew")
		return nil
	}
	started := time.Now()
	model, err := triage.Train(ctx, examples, r.labels.taxonomy, triage.Options{
		Seed: r.config.Seed, Weights: &r.config.Policy.Priority,
		Progress: func(done, total int) { r.progress("steps of training", done, total) },
	})
	if err != nil {
		return fmt.Errorf("learn from the oldest tickets: %w", err)
	}
	r.model, r.report.Result.Train = model, time.Since(started).Seconds()
	if err := keepModel(path, model); err != nil {
		r.warn("the model could not be kept for another run: %v", err)
	}
	return nil
}

// path names what the model depends on; "" keeps none.
func (r *run) path() string {
	if r.config.Folder == "" {
		return ""
	}
	encoded, err := json.Marshal([]any{r.history.Hash, r.history.Columns, r.config.Seed, r.config.Version, r.labels.taxonomy, r.config.Policy.Priority})
	if err != nil {
		return ""
	}
	digest := sha256.Sum256(encoded)
	return filepath.Join(r.config.Folder, hex.EncodeToString(digest[:8]), "model")
}

func readModel(path string) *triage.Model {
	if path == "" {
		return nil
	}
	encoded, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil
	}
	var model triage.Model
	if model.UnmarshalBinary(encoded) != nil {
		return nil // of another version, or half written
	}
	return &model
}

// keepModel writes beside and renames, so that a killed run leaves nothing half.
func keepModel(path string, model *triage.Model) error {
	if path == "" {
		return nil
	}
	encoded, err := model.MarshalBinary()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", encoded, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
