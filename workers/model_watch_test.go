package workers

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"testing"
	"time"

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
	watch := NewModelWatch("triage", "policy", p.db, func(_ context.Context, record triage.ModelRecord, artifact []byte) (Decider, error) {
		if record.ID == uuid.Nil {
			return nil, nil //nolint:nilnil // without a model work waits
		}
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

// Every process follows the policy by itself, with and without a model.
func TestModelWatchFollowsThePolicy(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	admin := desk.Actor{Kind: desk.AdminActor}
	read := func(ctx context.Context, _ triage.ModelRecord, artifact []byte) (Decider, error) {
		setting, err := p.db.Setting(ctx, "policy")
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if string(setting.Value) == `"broken"` {
			return nil, errors.New("not a policy")
		}
		return named(string(artifact) + string(setting.Value)), nil
	}
	watches := []*ModelWatch{NewModelWatch("triage", "policy", p.db, read, quiet()), NewModelWatch("triage", "policy", p.db, read, quiet())}
	for _, watch := range watches {
		p.background(watch.Run)
	}
	reach := func(want string) {
		t.Helper()
		for i, watch := range watches {
			p.eventually("watch "+strconv.Itoa(i)+" decides by "+want, func() bool {
				decision, err := watch.Decide(triage.Input{})
				return err == nil && decision.Reason == want
			})
		}
	}
	put := func(value string, version int64) {
		t.Helper()
		_, err := p.db.PutSetting(t.Context(), admin, "policy", json.RawMessage(value), version)
		check(t, err)
	}
	reach("")
	put(`"one"`, 0)
	reach(`"one"`)
	saved, err := p.db.SaveModel(t.Context(), triage.ModelRecord{Kind: "triage"}, []byte("model "))
	check(t, err)
	check(t, p.db.Promote(t.Context(), admin, saved.ID))
	reach(`model "one"`)
	put(`"broken"`, 1)
	put(`"two"`, 2)
	reach(`model "two"`)
	if modelPoll >= 5*time.Second {
		t.Errorf("a change reaches a process after %s, want less than 5 s", modelPoll)
	}
}

// What cannot be built is tried once, and the next change again.
func TestModelWatchKeepsWhatWorks(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	admin, tried := desk.Actor{Kind: desk.AdminActor}, 0
	watch := NewModelWatch("triage", "policy", p.db, func(ctx context.Context, _ triage.ModelRecord, _ []byte) (Decider, error) {
		tried++
		if setting, err := p.db.Setting(ctx, "policy"); err == nil && setting.Version == 1 {
			return nil, errors.New("not a policy")
		}
		return named("works"), nil
	}, quiet())
	check(t, watch.Refresh(t.Context()))
	_, err := p.db.PutSetting(t.Context(), admin, "policy", json.RawMessage(`1`), 0)
	check(t, err)
	if err := watch.Refresh(t.Context()); err == nil {
		t.Error("a policy that cannot be built is no error")
	}
	check(t, watch.Refresh(t.Context()))
	if decision, err := watch.Decide(triage.Input{}); err != nil || decision.Reason != "works" || tried != 2 {
		t.Errorf("after %d attempts %+v decides (%v), want the one before", tried, decision, err)
	}
	_, err = p.db.PutSetting(t.Context(), admin, "policy", json.RawMessage(`2`), 1)
	check(t, err)
	check(t, watch.Refresh(t.Context()))
	if tried != 3 {
		t.Errorf("built %d times, want 3", tried)
	}
}
