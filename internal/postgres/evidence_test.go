package postgres

import (
	"testing"
	"time"

	"github.com/signalbox/signalbox/triage"
)

// plantLabelled stores so many tickets with a label of a provenance each.
func plantLabelled(t *testing.T, db *DB, name, provenance string, count int) {
	t.Helper()
	run(t, db.app, `with t as (insert into tickets (id, external_id) select gen_random_uuid(), $1 || i from generate_series(1, $3::int) i returning id)
		insert into labels (id, ticket_id, field, value, provenance, actor_kind) select gen_random_uuid(), id, 'intent', 'x', $2, 'admin' from t`, name, provenance, count)
}

func listed(t *testing.T, list func(func(triage.Example) error) error) map[string]bool {
	t.Helper()
	seen := map[string]bool{}
	must(t, list(func(example triage.Example) error { seen[example.Input.Ticket.ExternalID] = true; return nil }))
	return seen
}

func TestEvidenceIsKeptOutOfTrainingThreeTimes(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	ctx := t.Context()
	training := func() map[string]bool {
		return listed(t, func(use func(triage.Example) error) error { return db.TrainingExamples(ctx, use) })
	}
	evidence := func() map[string]bool {
		return listed(t, func(use func(triage.Example) error) error { return db.Evidence(ctx, use) })
	}
	plantLabelled(t, db, "a", "blind", leastToKeep-1)
	plantLabelled(t, db, "o", "override", 300)
	drawn, err := db.DrawEvidence(ctx, time.Time{})
	must(t, err)
	if drawn != 0 || len(training()) != leastToKeep+299 {
		t.Fatalf("%d of few tickets are kept, %d are learned from", drawn, len(training()))
	}
	plantLabelled(t, db, "b", "imported_history", 501)
	drawn, err = db.DrawEvidence(ctx, time.Time{})
	must(t, err)
	if drawn < 90 || drawn > 220 {
		t.Errorf("%d of 1,500 tickets are kept, want about a tenth", drawn)
	}
	again, err := db.DrawEvidence(ctx, time.Time{})
	must(t, err)
	if again != 0 {
		t.Errorf("drawn again, %d more are kept", again)
	}
	kept := evidence()
	if len(kept) != drawn || len(training()) != 1800-drawn {
		t.Errorf("%d are compared on and %d learned from, want %d and %d", len(kept), len(training()), drawn, 1800-drawn)
	}
	for name := range training() {
		if kept[name] {
			t.Errorf("%s is learned from and compared on", name)
		}
	}
	for name := range kept {
		if name[0] == 'o' {
			t.Errorf("%s was labelled in sight of a suggestion, and judges", name)
		}
	}
	now := time.Now()
	plantLabelled(t, db, "c", "blind", 400)
	later, err := db.DrawEvidence(ctx, now)
	must(t, err)
	if later == 0 || later > 80 {
		t.Errorf("%d of 400 later tickets are kept", later)
	}
	labels, err := db.LabelsSince(ctx, now)
	must(t, err)
	if labels != 400 {
		t.Errorf("%d labels came later, want 400", labels)
	}
	for range MostUses {
		if len(evidence()) != drawn+later {
			t.Errorf("%d are compared on, want %d", len(evidence()), drawn+later)
		}
		must(t, db.SpendEvidence(ctx))
	}
	must(t, db.SpendEvidence(ctx))
	if len(evidence()) != 0 || len(training()) != 2200 {
		t.Errorf("after three uses %d are compared on and %d learned from", len(evidence()), len(training()))
	}
}
