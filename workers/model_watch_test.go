package workers

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/triage"
)

// named is a decider that gives its model's artifact as the reason.
type named string

func (n named) Decide(triage.Input) (triage.Decision, error) {
	return triage.Decision{Reason: string(n)}, nil
}

func TestModelWatchFollowsPromotionAndRollback(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	admin := desk.Actor{Kind: desk.AdminActor}
	built := 0
	watch := NewModelWatch("triage", p.db, func(_ triage.ModelRecord, artifact []byte) (Decider, error) {
		built++
		if string(artifact) == "broken" {
			return nil, errors.New("not a model")
		}
		return named(artifact), nil
	}, quiet())
	check(t, watch.Refresh(t.Context()))
	if _, err := watch.Decide(triage.Input{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("without a model: %v, want unavailable", err)
	}
	ids := map[string]uuid.UUID{}
	for _, artifact := range []string{"first", "second", "broken"} {
		saved, err := p.db.SaveModel(t.Context(), triage.ModelRecord{Kind: "triage"}, []byte(artifact))
		check(t, err)
		ids[artifact] = saved.ID
	}
	for _, step := range []struct{ promote, want string }{{"first", "first"}, {"second", "second"}, {"broken", "second"}} {
		check(t, p.db.Promote(t.Context(), admin, ids[step.promote]))
		if err := watch.Refresh(t.Context()); (err != nil) != (step.promote == "broken") {
			t.Errorf("promote %s: error %v", step.promote, err)
		}
		check(t, watch.Refresh(t.Context())) // a broken one is refused once
		if decision, err := watch.Decide(triage.Input{}); err != nil || decision.Reason != step.want {
			t.Errorf("after %s was promoted %q decides (%v), want %q", step.promote, decision.Reason, err, step.want)
		}
	}
	if built != 3 {
		t.Errorf("models were built %d times, want 3: each once", built)
	}
	back, err := p.db.Rollback(t.Context(), admin, "triage")
	check(t, err)
	check(t, watch.Refresh(t.Context()))
	if id, version := watch.Version(); back != ids["second"] || id != ids["second"] || version != 2 {
		t.Errorf("after the rollback version %d (%s) is in use, want 2", version, id)
	}
}
