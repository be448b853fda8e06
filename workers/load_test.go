package workers

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/triage"
)

// scale counts how often it is asked.
type scale struct {
	asked   int
	failure error
}

func (s *scale) RouteLoad(context.Context) (map[string]int, error) {
	s.asked++
	return map[string]int{"help": s.asked}, s.failure
}

// bare knows no ticket but this.
type bare struct{ failure error }

func (b bare) TriageInput(context.Context, uuid.UUID) (triage.Input, error) {
	return triage.Input{}, b.failure
}

func TestLoadIsReadWhenNeededAndKeptForAMoment(t *testing.T) {
	t.Parallel()
	counted, needed, now := &scale{}, false, time.Now()
	tickets := NewLoadedTickets(bare{}, counted, func() bool { return needed })
	tickets.now = func() time.Time { return now }
	load := func() map[string]int {
		input, err := tickets.TriageInput(t.Context(), uuid.Nil)
		check(t, err)
		return input.Load
	}
	if load() != nil || counted.asked != 0 {
		t.Error("the load is read though no rule asks for it")
	}
	needed = true
	if first, again := load()["help"], load()["help"]; first != 1 || again != 1 {
		t.Error("the load is not kept")
	}
	now = now.Add(loadAge)
	if load()["help"] != 2 {
		t.Error("the load is not read again")
	}
	now, counted.failure = now.Add(loadAge), errors.New("no")
	if _, err := tickets.TriageInput(t.Context(), uuid.Nil); err == nil {
		t.Error("a load that cannot be read is no error")
	}
	tickets.tickets = bare{errors.New("no ticket")}
	if _, err := tickets.TriageInput(t.Context(), uuid.Nil); err == nil || counted.asked != 3 {
		t.Errorf("without a ticket: %v, asked %d times", err, counted.asked)
	}
}

const twoTeams = `
routes:
  - {key: help, name: Help, description: access}
  - {key: money, name: Money, description: charges}
intents:
  - {key: sign_in, name: Sign in, description: cannot get in, default_route: help, examples: ["I cannot log in", "The password is refused", "I am locked out", "Cannot log in, message 7"]}
  - {key: invoice, name: Invoice, description: a charge, default_route: money, examples: ["Charged twice", "The invoice is wrong", "Please refund the 312", "The card was declined"]}
`

// A rule sends tickets elsewhere once a route is full, and the record can be replayed.
func TestAFullRouteSendsTicketsElsewhere(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	taxonomy, err := triage.ParseTaxonomy([]byte(twoTeams))
	check(t, err)
	model, err := triage.Train(t.Context(), taxonomy.Examples(), taxonomy, triage.Options{})
	check(t, err)
	policy := triage.DefaultPolicy()
	policy.Assignment = []triage.AssignmentRule{{Name: "overflow", When: triage.Condition{Route: []string{"help"}, LoadAtLeast: 2}, Route: "second"}}
	engine := triage.NewEngine(model, policy, triage.EngineOptions{HashKey: []byte("k")})
	watch := NewModelWatch("triage", "policy", p.db, func(context.Context, triage.ModelRecord, []byte) (Decider, error) { return engine, nil }, quiet())
	if watch.NeedsLoad() {
		t.Error("a watch without a decider asks for the load")
	}
	check(t, watch.Refresh(t.Context()))
	for number, want := range []string{"help", "help", "second", "second"} {
		p.accept(number, number+1, ownTicket)
		work, err := p.db.ListWork(t.Context(), desk.WorkOpen, uuid.Nil, 1)
		check(t, err)
		fresh := NewTriage(NewLoadedTickets(p.db, p.db, watch.NeedsLoad), p.db, watch, nil, nil, p.metrics)
		check(t, fresh.Handle(t.Context(), work[0].ID, work[0].Payload))
		received, err := parseTicketReceived(work[0].Payload)
		check(t, err)
		decisions, err := p.db.Decisions(t.Context(), operator, received.TicketID)
		check(t, err)
		if got := decisions[0].Fields[triage.FieldRoute].Value; got != want {
			t.Errorf("ticket %d goes to %q with a load of %v, want %q", number, got, decisions[0].Facts.Load, want)
		}
		recorded, err := p.db.Recorded(t.Context(), operator, decisions[0].ID)
		check(t, err)
		if replay, err := recorded.Replay(engine); err != nil || replay.Result != triage.Reproduced {
			t.Errorf("ticket %d: %+v, %v", number, replay, err)
		}
	}
}

var operator = desk.Actor{Kind: desk.SystemActor}
