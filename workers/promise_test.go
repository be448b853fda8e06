package workers

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/triage"
)

// alone decides each route alone.
type alone struct{}

func (alone) Decide(input triage.Input) (triage.Decision, error) {
	return triage.Decision{Outcome: triage.Auto, Versions: triage.Versions{Policy: 1}, Fields: map[string]triage.Field{
		triage.FieldRoute: {Value: "desk", Confidence: 0.99, State: triage.Calibrated, Outcome: triage.Auto},
	}}, nil
}

// always draws every ticket.
type always struct{}

func (always) Draw(uuid.UUID) (triage.BlindDraw, bool) {
	return triage.BlindDraw{Probability: 1, Readings: 1, Fields: []string{triage.FieldRoute}}, true
}

func actAlone(t *testing.T, p *plant) {
	t.Helper()
	policy := triage.DefaultPolicy()
	policy.Fields[triage.FieldRoute] = triage.FieldPolicy{Mode: triage.ModeAuto, Threshold: 0.9, Target: 0.95}
	_, _, err := p.db.PutPolicy(t.Context(), desk.Actor{Kind: desk.AdminActor}, policy, postgres.PolicyEdit{Action: postgres.PolicyPut})
	check(t, err)
}

func TestTheBlindSampleHoldsFirstDecisionsWhateverTheySay(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	work, payload := accepted(t, p)
	handler := NewTriage(p.db, p.db, alone{}, always{}, nil, p.metrics)
	for range 2 {
		check(t, handler.Handle(t.Context(), work, payload))
	}
	if n := p.one("select count(*) from blind_samples s join decisions d on d.id = s.decision_id where d.outcome = 'auto'"); n != 1 {
		t.Errorf("%d samples of a ticket that was decided alone, want 1", n)
	}
	if n := testutil.ToFloat64(p.metrics.drawn); n != 1 {
		t.Errorf("%v draws were counted, want 1", n)
	}
	var received desk.TicketReceived
	check(t, json.Unmarshal(payload, &received))
	_, err := p.rows.Exec(t.Context(), "delete from blind_samples")
	check(t, err)
	received.MessageID = uuid.New()
	again, err := json.Marshal(received)
	check(t, err)
	check(t, handler.Handle(t.Context(), uuid.New(), again))
	if n := p.one("select count(*) from blind_samples"); n != 0 {
		t.Error("a further message's decision was drawn")
	}
}

func TestBlindWatchDrawsByThePlan(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	watch := NewBlindWatch(p.db, []byte("key"), quiet())
	id := uuid.New()
	if _, drawn := watch.Draw(id); drawn {
		t.Error("drawn before there was a plan")
	}
	p.accept(0, 3, ownTicket)
	check(t, watch.Refresh(t.Context()))
	draw, drawn := watch.Draw(id)
	if !drawn || draw.Probability != 1 {
		t.Errorf("of three tickets a day %+v is drawn, want every one", draw)
	}
}

// TestADemotionReachesEveryWorker answers tickets wrongly until the watch fails.
func TestADemotionReachesEveryWorker(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	actAlone(t, p)
	build := func(ctx context.Context, _ triage.ModelRecord, _ []byte) (Decider, error) {
		policy, err := p.db.Policy(ctx)
		return named(policy.Fields[triage.FieldRoute].Mode), err
	}
	watches := []*ModelWatch{NewModelWatch("triage", "policy", p.db, build, quiet()), NewModelWatch("triage", "policy", p.db, build, quiet())}
	for _, watch := range watches {
		p.background(watch.Run)
	}
	reach := func(want string) {
		t.Helper()
		for i, watch := range watches {
			p.eventually(fmt.Sprintf("watch %d decides by %s", i, want), func() bool {
				decision, err := watch.Decide(triage.Input{})
				return err == nil && decision.Reason == want
			})
		}
	}
	reach("auto")
	handler := NewTriage(p.db, p.db, alone{}, always{}, nil, p.metrics)
	p.accept(0, 12, ownTicket)
	open, err := p.db.ListWork(t.Context(), desk.WorkOpen, uuid.Nil, 50)
	check(t, err)
	for _, work := range open {
		check(t, handler.Handle(t.Context(), work.ID, work.Payload))
		var received desk.TicketReceived
		check(t, json.Unmarshal(work.Payload, &received))
		_, err := p.db.AnswerBlind(t.Context(), desk.Actor{Kind: desk.AgentActor, ID: uuid.New()}, received.TicketID, map[string]string{triage.FieldRoute: "money"})
		check(t, err)
	}
	_, err = p.rows.Exec(t.Context(), "update blind_readings set read_at = read_at - interval '5 minutes'")
	check(t, err)
	added, err := p.db.ScheduleWork(t.Context(), "drift", DriftKind, json.RawMessage(`{}`), desk.Work{}.CreatedAt)
	check(t, err)
	var row uuid.UUID
	check(t, p.rows.QueryRow(t.Context(), "select id from outbox where kind = $1", DriftKind).Scan(&row))
	drift := NewDrift(p.db, p.metrics, quiet())
	for _, work := range []uuid.UUID{row, row, uuid.New()} {
		check(t, drift.Handle(t.Context(), work, nil))
	}
	reach("suggest")
	if n := testutil.ToFloat64(p.metrics.demoted.WithLabelValues(triage.FieldRoute)); !added || n != 1 {
		t.Errorf("%v demotions were counted, want 1", n)
	}
	if n := p.one("select count(*) from audit_log where action = 'policy.demote' and actor_kind = 'system' and details ->> 'reason' like 'route was right in 0 of 12%'"); n != 1 {
		t.Errorf("%d audit entries of the demotion, want 1", n)
	}
	_, _, err = p.db.RollBackPolicy(t.Context(), desk.Actor{Kind: desk.AdminActor}, 0)
	check(t, err)
	reach("auto")
}
