package workers

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/triage"
)

// accepted takes in one ticket and returns its outbox row and payload.
func accepted(t *testing.T, p *plant) (uuid.UUID, json.RawMessage) {
	t.Helper()
	p.accept(0, 1, ownTicket)
	work, err := p.db.ListWork(t.Context(), desk.WorkOpen, uuid.Nil, 1)
	check(t, err)
	return work[0].ID, work[0].Payload
}

func TestTriageTwice(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	work, payload := accepted(t, p)
	follow := func(input triage.Input, decision triage.Decision) []triage.Follow {
		return []triage.Follow{{Kind: "helpdesk:write", Payload: json.RawMessage(`{"decision_id":"` + decision.ID.String() + `"}`)}}
	}
	handler := NewTriage(p.db, p.db, fixed{}, nil, follow, p.metrics)
	for range 2 {
		check(t, handler.Handle(t.Context(), work, payload))
	}
	if got := testutil.ToFloat64(p.metrics.decided.WithLabelValues("suggest")); got != 1 {
		t.Errorf("%v decisions were counted, want 1", got)
	}
	if got := p.one("select count(*) from outbox where kind = 'helpdesk:write' and state = 'open'"); got != 1 {
		t.Errorf("%d follow-ups, want 1", got)
	}
	if got := p.one("select count(*) from decisions d join tickets t on t.current_decision_id = d.id where d.through_sequence = 1"); got != 1 {
		t.Errorf("%d current decisions that have read message 1, want 1", got)
	}
}

func TestTriageOfAMissingTicketIsDone(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	work, payload := accepted(t, p)
	_, err := p.rows.Exec(t.Context(), "update tickets set erased_at = now() where not is_sentinel")
	check(t, err)
	handler := p.triage(fixed{})
	check(t, handler.Handle(t.Context(), work, payload))
	if got := p.one("select count(*) from outbox where state = 'done'"); got != 1 {
		t.Errorf("%d rows of an erased ticket are done, want 1", got)
	}
	gone, err := json.Marshal(desk.TicketReceived{TicketID: uuid.New(), MessageID: uuid.New()})
	check(t, err)
	for range 2 {
		check(t, handler.Handle(t.Context(), uuid.New(), gone))
	}
	if got := p.one(decidedCount); got != 0 {
		t.Errorf("%d decisions, want none", got)
	}
}

func TestMalformedPayloadsFailVisiblyAndAreNotRetried(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	p.background(p.relay.Run)
	p.serve(p.triage(fixed{}))
	for _, payload := range []string{`"text"`, `{}`, `{"ticket_id":"x"}`, `[1]`} {
		_, err := p.rows.Exec(t.Context(), "insert into outbox (id, kind, payload) values ($1, $2, $3)", uuid.New(), TriageKind, payload)
		check(t, err)
	}
	_, err := p.rows.Exec(t.Context(), "insert into outbox (id, kind, payload) values ($1, 'unheard:of', '{}')", uuid.New())
	check(t, err)
	p.until("failed rows", 4, "select count(*) from outbox where state = 'failed' and reason like 'the payload %' and attempts = 1")
	if got := p.one("select count(*) from outbox where kind = 'unheard:of' and state = 'open'"); got != 1 {
		t.Error("work of an unknown kind is not waiting for a newer process, as it should")
	}
}

func TestAPanicEndsItsTaskOnly(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	p.background(p.relay.Run)
	p.serve(p.triage(fixed{fail: func(input triage.Input) error {
		if input.Ticket.ExternalID == ownTicket(0) {
			panic(input.Ticket.Subject)
		}
		return nil
	}}))
	p.accept(0, 20, ownTicket)
	p.until("decisions", 19, decidedCount)
	p.eventually("the other's first attempt has failed", func() bool {
		return testutil.ToFloat64(p.metrics.failures.WithLabelValues(TriageKind, "false")) >= 1
	})
}

func TestWorkWaitsForAModel(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	work, payload := accepted(t, p)
	err := p.triage(NewModelWatch("triage", "policy", p.db, nil, quiet())).Handle(t.Context(), work, payload)
	if !fault.Is(err, fault.Unavailable) || counts(err) {
		t.Errorf("without a model: %v, want unavailable, which uses up no retry", err)
	}
}

func FuzzTicketReceived(f *testing.F) {
	f.Add([]byte(`{"ticket_id":"0190a0b0-0000-7000-8000-000000000001","message_id":"0190a0b0-0000-7000-8000-000000000002"}`))
	f.Add([]byte(`{"ticket_id":null}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		received, err := parseTicketReceived(payload)
		if err == nil && (received.TicketID == uuid.Nil || received.MessageID == uuid.Nil) {
			t.Errorf("%q was accepted without an ID", payload)
		}
		if err != nil && !fault.Is(err, fault.Unprocessable) {
			t.Errorf("%q: %v, want unprocessable", payload, err)
		}
	})
}

func FuzzWorkOf(f *testing.F) {
	id := uuid.MustParse("0190a0b0-0000-7000-8000-000000000001")
	for _, seed := range []string{taskID(id, TriageKind), taskID(id, TriageKind) + ":again-3", id.String(), "", ":", "{" + id.String() + "}:x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		work, err := workOf(text)
		if err == nil && !strings.HasPrefix(strings.ToLower(text), work.String()+":") {
			t.Errorf("%q gives %s, which it does not begin with", text, work)
		}
	})
}
