package postgres

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

// told is a further event of ticket T-1.
func told(connection uuid.UUID, change func(*desk.Incoming)) desk.Incoming {
	incoming := event(connection, uuid.NewString(), "T-1", "u1")
	if change != nil {
		change(&incoming)
	}
	return incoming
}

func inputOf(t testing.TB, db *DB, ticket uuid.UUID) triage.Input {
	t.Helper()
	input, err := db.TriageInput(t.Context(), ticket)
	must(t, err)
	return input
}

// A thread from its first message to what a person corrects, as the next decision
// sees it each time.
func TestTriageInputKnowsTheThread(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection, yes, no := connect(t, db), true, false
	first := receive(t, db, told(connection, nil))
	input := inputOf(t, db, first.TicketID)
	if input.Previous != nil || input.Assigned || input.Edits != nil || len(input.Quiet) > 0 || input.StatusBefore != "" || input.Merged {
		t.Errorf("a new ticket's input is %+v", input)
	}
	decision := decided(first, 1, 62)
	decision.ID = newID()
	save(t, db, workOf(t, db, first), decision)

	second := receive(t, db, told(connection, func(in *desk.Incoming) { in.Assigned, in.Status = &yes, desk.StatusPending }))
	input = inputOf(t, db, first.TicketID)
	if input.Previous == nil || *input.Previous != (triage.Previous{Priority: 62, Route: "identity"}) {
		t.Errorf("what was decided before is %+v, want 62 and identity", input.Previous)
	}
	if !input.Assigned || input.StatusBefore != desk.StatusOpen || input.Ticket.Status != desk.StatusPending {
		t.Errorf("assigned %v, %s before and %s now; want true, open, pending", input.Assigned, input.StatusBefore, input.Ticket.Status)
	}
	thanks := decided(second, 2, 62)
	thanks.Fields[triage.FieldAct] = triage.Field{Value: triage.ActThanks}
	save(t, db, workOf(t, db, second), thanks)

	receive(t, db, told(connection, func(in *desk.Incoming) { // an agent's answer moves the status, not what it was before
		in.Message.AuthorKind, in.Status = desk.ByAgent, desk.StatusSolved
	}))
	receive(t, db, told(connection, func(in *desk.Incoming) { in.Assigned = &no }))
	input = inputOf(t, db, first.TicketID)
	if !slices.Equal(input.Quiet, []uuid.UUID{second.MessageID}) || input.StatusBefore != desk.StatusSolved || input.Assigned {
		t.Errorf("quiet %v, %s before, assigned %v; want the message that thanked, solved, false", input.Quiet, input.StatusBefore, input.Assigned)
	}
}

// A person's word binds the next decision; the newest word counts, and to confirm a
// suggestion is no edit.
func TestAnOverrideBindsTheNextDecision(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	first := receive(t, db, told(connection, nil))
	id := decideNow(t, db, untaught(), first)
	for _, label := range [][2]string{{triage.FieldRoute, "sales"}, {triage.FieldRoute, "finance"}, {triage.FieldPriority, triage.BandUrgent}, {triage.FieldSensitive, ""}} {
		_, err := db.Override(t.Context(), agent, id, label[0], label[1])
		must(t, err)
	}
	must(t, db.AddLabel(t.Context(), admin, first.TicketID, triage.FieldIntent, "refund", triage.Blind))
	second := receive(t, db, told(connection, nil))
	input := inputOf(t, db, first.TicketID)
	if len(input.Edits) != 2 || input.Edits[triage.FieldRoute] != "finance" || input.Edits[triage.FieldPriority] != triage.BandUrgent {
		t.Errorf("the edits are %v, want the newest route and the band", input.Edits)
	}
	next, err := db.Decision(t.Context(), agent, decideNow(t, db, untaught(), second))
	must(t, err)
	for _, field := range []string{triage.FieldRoute, triage.FieldPriority} {
		if got := next.Fields[field]; got.Value != input.Edits[field] || got.Outcome != triage.Kept {
			t.Errorf("%s is decided as %+v, want %q, kept", field, got, input.Edits[field])
		}
	}
}

// A ticket that was merged into another one counts nowhere a second time.
func TestAMergedTicketCountsOnce(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	kept := receive(t, db, told(connection, nil))
	receive(t, db, event(connection, "d2", "T-2", "u1"))
	claim := receive(t, db, event(connection, "d3", "T-3", "u2"))
	outage := decided(claim, 1, 50)
	outage.Factors = []triage.Factor{{Name: "unconfirmed_outage"}}
	save(t, db, newID(), outage)
	must(t, db.AddLabel(t.Context(), admin, claim.TicketID, triage.FieldIntent, "login", triage.Blind))
	for _, test := range []struct {
		merged                    bool
		recent, outages, examples int
	}{{false, 1, 1, 1}, {true, 0, 0, 0}} {
		if test.merged {
			for _, name := range []string{"T-2", "T-3"} {
				merging := event(connection, "merge "+name, name, "")
				merging.Message, merging.Requester, merging.MergedInto = desk.IncomingMessage{}, desk.Requester{}, "T-1"
				receive(t, db, merging)
			}
		}
		input := inputOf(t, db, kept.TicketID)
		if input.RecentTickets != test.recent || input.OutageReports != test.outages || input.Merged {
			t.Errorf("merged %v: %d recent tickets and %d outage reports, want %d and %d", test.merged, input.RecentTickets, input.OutageReports, test.recent, test.outages)
		}
		examples := 0
		must(t, db.TrainingExamples(context.Background(), func(triage.Example) error { examples++; return nil }))
		if examples != test.examples {
			t.Errorf("merged %v: %d examples, want %d", test.merged, examples, test.examples)
		}
	}
	if input := inputOf(t, db, claim.TicketID); !input.Merged {
		t.Error("the input of a merged ticket does not say so")
	}
}

// A message on a merged ticket is decided, so that its work ends and its record is
// whole, and proposes nothing.
func TestAMessageOnAMergedTicketEndsItsWork(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receive(t, db, event(connection, "d0", "T-0", "u1"))
	first := receive(t, db, told(connection, func(in *desk.Incoming) { in.Status = desk.StatusSolved }))
	decideNow(t, db, untaught(), first)
	second := receive(t, db, told(connection, func(in *desk.Incoming) { in.MergedInto = "T-0" }))
	decision, err := db.Decision(t.Context(), agent, decideNow(t, db, untaught(), second))
	must(t, err)
	if len(decision.Proposals) > 0 || !decision.Facts.Merged {
		t.Errorf("decided as %+v", decision.Details)
	}
	if open := count(t, db, "outbox where state = 'open' and ticket_id = '"+first.TicketID.String()+"'"); open != 0 {
		t.Errorf("%d rows of work are open, want none", open)
	}
	self := receive(t, db, event(connection, "self", "T-9", "u1"))
	again := event(connection, "self again", "T-9", "u1")
	again.MergedInto = "T-9"
	receive(t, db, again)
	unknown := event(connection, "nowhere", "T-9", "u1")
	unknown.MergedInto = "T-404"
	receive(t, db, unknown)
	if inputOf(t, db, self.TicketID).Merged {
		t.Error("a ticket was merged into itself, or into one that is unknown")
	}
}

func TestRouteLoadCountsWhatIsOpen(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	if load, err := db.RouteLoad(t.Context()); err != nil || len(load) != 0 || load == nil {
		t.Errorf("without tickets the load is %v (%v)", load, err)
	}
	for name, change := range map[string]string{
		"open": "", "another": "", "pending": "status = 'pending'", "solved": "status = 'solved'", "merged": "merged_into = id",
		"erased": "erased_at = now()", "sentinel": "is_sentinel = true", "moved": "", "undecided": "current_decision_id = null",
	} {
		receipt := receive(t, db, event(connection, name, name, name))
		decision := decided(receipt, 1, 10)
		if name == "moved" {
			decision.Fields[triage.FieldRoute] = triage.Field{Value: "finance"}
		}
		save(t, db, newID(), decision)
		if change != "" {
			run(t, db.app, "update tickets set "+change+" where id = $1", receipt.TicketID)
		}
	}
	load, err := db.RouteLoad(t.Context())
	must(t, err)
	if len(load) != 2 || load["identity"] != 2 || load["finance"] != 1 {
		t.Errorf("the load is %v, want identity 2 and finance 1", load)
	}
}
