package postgres

import (
	"encoding/json"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

var (
	admin  = desk.Actor{Kind: desk.AdminActor}
	agent  = desk.Actor{Kind: desk.AgentActor}
	lawyer = desk.Actor{Kind: desk.AgentActor, Groups: []string{"legal"}}
)

// decided is a decision of a ticket that has read up to a message.
func decided(receipt desk.Receipt, through, priority int) triage.Decision {
	return triage.Decision{
		TicketID: receipt.TicketID, CauseID: receipt.MessageID, ThroughSequence: through,
		Outcome: triage.Suggest, Reason: "login problem", Priority: priority,
		Fields: map[string]triage.Field{
			triage.FieldIntent: {Value: "login", Confidence: 0.9, State: triage.Calibrated, Outcome: triage.Suggest},
			triage.FieldRoute:  {Value: "identity", Confidence: 0.8, State: triage.Calibrated, Outcome: triage.Suggest},
		},
		Factors:   []triage.Factor{{Name: "urgency", Value: "high", Points: priority, Evidence: []triage.Span{{MessageID: receipt.MessageID, End: 2}}}},
		Entities:  []triage.Entity{{Kind: "error_code", Span: triage.Span{MessageID: receipt.MessageID, Start: 8, End: 14}}},
		Versions:  triage.Versions{Features: 1, Taxonomy: "abc", Policy: 3},
		InputHash: []byte{1, 2}, Latency: 120 * time.Microsecond,
	}
}

func workOf(t testing.TB, db *DB, receipt desk.Receipt) uuid.UUID {
	t.Helper()
	return value[uuid.UUID](t, db.app, "select id from outbox where payload ->> 'message_id' = $1::uuid::text", receipt.MessageID)
}

func save(t testing.TB, db *DB, work uuid.UUID, decision triage.Decision, follow ...triage.Follow) bool {
	t.Helper()
	stored, err := db.SaveDecision(t.Context(), work, decision, follow...)
	must(t, err)
	return stored
}

func TestSaveDecisionTwice(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := receive(t, db, event(connect(t, db), "d1", "T-1", "u1"))
	work := workOf(t, db, receipt)
	follow := triage.Follow{Kind: "helpdesk:write", Payload: json.RawMessage(`{"ticket_id":"x"}`)}
	for attempt, want := range []bool{true, false} {
		if stored := save(t, db, work, decided(receipt, 1, 60), follow); stored != want {
			t.Errorf("attempt %d: stored %v, want %v", attempt+1, stored, want)
		}
	}
	for table, want := range map[string]int{"decisions": 1, "outbox where state = 'done'": 1, "outbox where kind = 'helpdesk:write'": 1} {
		if got := count(t, db, table); got != want {
			t.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
	ticket, messages, err := db.Ticket(t.Context(), agent, receipt.TicketID)
	must(t, err)
	if ticket.CurrentDecisionID == nil || len(messages) != 1 {
		t.Fatalf("ticket %+v with %d messages, want a current decision and 1", ticket, len(messages))
	}
	got, err := db.Decision(t.Context(), agent, *ticket.CurrentDecisionID)
	must(t, err)
	want := decided(receipt, 1, 60)
	want.ID, want.CreatedAt = got.ID, got.CreatedAt
	if !reflect.DeepEqual(got, want) {
		t.Errorf("decision\n%+v, want\n%+v", got, want)
	}
}

func TestTheCurrentDecisionHasReadFurthest(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	const messages = 12
	var receipts []desk.Receipt
	for i := range messages {
		receipts = append(receipts, receive(t, db, event(connection, uuid.NewString(), "T-1", "u1")))
		if receipts[i].TicketID != receipts[0].TicketID {
			t.Fatal("the messages went to different tickets")
		}
	}
	// All of them at once, newest first: a late answer must not move the pointer back.
	var group sync.WaitGroup
	for i := range messages {
		group.Go(func() {
			through := messages - i
			if _, err := db.SaveDecision(t.Context(), newID(), decided(receipts[through-1], through, through)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	through := value[int](t, db.app, "select d.through_sequence from tickets t join decisions d on d.id = t.current_decision_id where t.id = $1", receipts[0].TicketID)
	if through != messages {
		t.Errorf("the current decision has read through message %d, want %d", through, messages)
	}
	decisions, err := db.Decisions(t.Context(), agent, receipts[0].TicketID)
	must(t, err)
	if len(decisions) != messages || decisions[0].ThroughSequence != messages {
		t.Errorf("%d decisions with message %d first, want %d with the newest first", len(decisions), decisions[0].ThroughSequence, messages)
	}
}

// A decision that waits for the ticket's lock must see what the one before it stored.
func TestALateDecisionSeesTheOneItWaitedFor(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	first := receive(t, db, event(connection, "d1", "T-1", "u1"))
	second := receive(t, db, event(connection, "d2", "T-1", "u1"))
	tx, err := db.app.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), lockTicket, first.TicketID)
	must(t, err)
	var group sync.WaitGroup
	for waiting, decision := range []triage.Decision{decided(second, 2, 20), decided(first, 1, 10)} {
		group.Go(func() {
			if _, err := db.SaveDecision(t.Context(), newID(), decision); err != nil {
				t.Error(err)
			}
		})
		for count(t, db, "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") <= waiting {
			time.Sleep(time.Millisecond)
		}
	}
	must(t, tx.Commit(t.Context()))
	group.Wait()
	got := value[int](t, db.app, "select d.priority from tickets t join decisions d on d.id = t.current_decision_id where t.id = $1", first.TicketID)
	if got != 20 {
		t.Errorf("the current decision has priority %d, want 20 of the one that has read both messages", got)
	}
}

func TestEquallyInformedDecisionsTheNewerIsCurrent(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	first := receive(t, db, event(connection, "d1", "T-1", "u1"))
	second := receive(t, db, event(connection, "d2", "T-1", "u1"))
	save(t, db, workOf(t, db, second), decided(second, 2, 10))
	save(t, db, workOf(t, db, first), decided(first, 2, 20))
	got := value[int](t, db.app, "select d.priority from tickets t join decisions d on d.id = t.current_decision_id where t.id = $1", first.TicketID)
	if got != 20 {
		t.Errorf("the current decision has priority %d, want 20 of the newer one", got)
	}
}

func TestDecisionsOfMissingAndErasedTicketsCloseTheirWork(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := receive(t, db, event(connect(t, db), "d1", "T-1", "u1"))
	work := workOf(t, db, receipt)
	if save(t, db, newID(), decided(desk.Receipt{TicketID: newID(), MessageID: newID()}, 1, 1)) {
		t.Error("a decision of a missing ticket was stored")
	}
	run(t, db.app, "update tickets set erased_at = now() where id = $1", receipt.TicketID)
	if save(t, db, work, decided(receipt, 1, 1)) {
		t.Error("a decision of an erased ticket was stored")
	}
	if got := count(t, db, "outbox where state = 'done'"); got != 1 {
		t.Errorf("%d rows done, want 1", got)
	}
	if _, err := db.TriageInput(t.Context(), receipt.TicketID); !fault.Is(err, fault.Gone) {
		t.Errorf("input of an erased ticket: %v, want gone", err)
	}
	if _, err := db.TriageInput(t.Context(), newID()); !fault.Is(err, fault.NotFound) {
		t.Errorf("input of no ticket: %v, want not found", err)
	}
}

func TestTriageInputKnowsTheSurroundings(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receipt := receive(t, db, event(connection, "d1", "T-1", "u1"))
	receive(t, db, event(connection, "d2", "T-2", "u1"))
	note := event(connection, "d3", "T-1", "u1")
	note.Message.Audience, note.Message.AuthorKind = desk.Internal, desk.ByAgent
	receive(t, db, note)
	for _, other := range []string{"u2", "u3", "u3"} {
		claim := receive(t, db, event(connection, uuid.NewString(), uuid.NewString(), other))
		decision := decided(claim, 1, 50)
		decision.Factors = []triage.Factor{{Name: "unconfirmed_outage"}}
		save(t, db, newID(), decision)
	}
	run(t, db.app, `insert into settings (name, value) values ('incident', '{"open": true}')`)
	input, err := db.TriageInput(t.Context(), receipt.TicketID)
	must(t, err)
	if input.RecentTickets != 1 || input.OutageReports != 2 || !input.IncidentOpen {
		t.Errorf("recent %d, outage reports %d, incident %v; want 1, 2, true", input.RecentTickets, input.OutageReports, input.IncidentOpen)
	}
	if len(input.Messages) != 1 || input.Now.IsZero() {
		t.Errorf("%d messages at %s, want the public one and the time", len(input.Messages), input.Now)
	}
}
