package postgres

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func candidate(t testing.TB, db *DB, artifact string) triage.ModelRecord {
	t.Helper()
	saved, err := db.SaveModel(t.Context(), triage.ModelRecord{
		Kind: "triage", SchemaVersion: 2, TaxonomyHash: []byte{1}, DataHash: []byte{2}, Metrics: json.RawMessage(`{"accuracy": 0.9}`),
	}, []byte(artifact))
	must(t, err)
	return saved
}

func TestModelsAreNumberedAndLoaded(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := db.SaveModel(t.Context(), triage.ModelRecord{Kind: "triage"}, []byte("a")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	last := candidate(t, db, "weights")
	if last.Version != 9 || last.State != "candidate" {
		t.Errorf("version %d in state %s, want candidate 9", last.Version, last.State)
	}
	record, artifact, err := db.Model(t.Context(), last.ID)
	must(t, err)
	if string(artifact) != "weights" || record.SchemaVersion != 2 || !bytes.Equal(record.DataHash, []byte{2}) || string(record.Metrics) != `{"accuracy": 0.9}` {
		t.Errorf("loaded %+v with %q, want what was saved", record, artifact)
	}
	models, err := db.Models(t.Context(), "triage")
	must(t, err)
	if len(models) != 9 || models[0].Version != 9 {
		t.Errorf("%d models, the first with version %d; want 9, the newest first", len(models), models[0].Version)
	}
}

func TestOneModelIsCurrent(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	if id, err := db.CurrentModelID(t.Context(), "triage"); err != nil || id != uuid.Nil {
		t.Errorf("current model %s, %v; want none", id, err)
	}
	models := []triage.ModelRecord{candidate(t, db, "1"), candidate(t, db, "2"), candidate(t, db, "3")}
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			if err := db.Promote(t.Context(), admin, models[i%3].ID); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := count(t, db, "models where state = 'current'"); got != 1 {
		t.Errorf("%d models are current, want 1", got)
	}
	for _, model := range models {
		must(t, db.Promote(t.Context(), admin, model.ID))
	}
	// A rollback of a rollback comes back to where it began.
	for _, want := range []uuid.UUID{models[1].ID, models[2].ID} {
		id, err := db.Rollback(t.Context(), admin, "triage")
		must(t, err)
		current, err := db.CurrentModelID(t.Context(), "triage")
		must(t, err)
		if id != want || current != want {
			t.Errorf("after the rollback %s is current (%s was returned), want %s", current, id, want)
		}
	}
	if got := count(t, db, "audit_log where action = 'model.rollback'"); got != 2 {
		t.Errorf("%d audit entries of rollbacks, want 2", got)
	}
}

func TestModelsAreRefused(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	if _, err := db.SaveModel(t.Context(), triage.ModelRecord{Kind: "triage"}, make([]byte, MaxArtifactBytes+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a model beyond 16 MiB: %v, want too large", err)
	}
	if _, err := db.SaveModel(t.Context(), triage.ModelRecord{}, []byte("a")); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("a model without kind: %v, want unprocessable", err)
	}
	if err := db.Promote(t.Context(), admin, uuid.New()); !fault.Is(err, fault.NotFound) {
		t.Errorf("promote nothing: %v, want not found", err)
	}
	if err := db.Promote(t.Context(), agent, candidate(t, db, "a").ID); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an agent promotes: %v, want forbidden", err)
	}
	if _, err := db.Rollback(t.Context(), admin, "triage"); !fault.Is(err, fault.NotFound) {
		t.Errorf("roll back to nothing: %v, want not found", err)
	}
}
