package postgres

import (
	"testing"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Whoever opens a ticket, it is decided; later, only what its customer writes is.
func TestEveryNewTicketAsksForADecision(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	byAgent, note, subject := event(connection, "d1", "T-1", "u1"), event(connection, "d2", "T-2", "u1"), event(connection, "d3", "T-3", "u1")
	byAgent.Message.AuthorKind = desk.ByAgent
	note.Message.AuthorKind, note.Message.Audience = desk.ByAgent, desk.Internal
	subject.Message.Body = ""
	reply := event(connection, "d4", "T-1", "u1")
	reply.Message.AuthorKind = desk.ByAgent
	for i, test := range []struct {
		name     string
		incoming desk.Incoming
		open     int
	}{{"opened by an agent", byAgent, 1}, {"opened by a note", note, 2}, {"a subject alone", subject, 3}, {"a reply", reply, 3}} {
		receive(t, db, test.incoming)
		var open int
		must(t, db.app.QueryRow(t.Context(), "select count(*) from outbox where state = 'open'").Scan(&open))
		if open != test.open {
			t.Errorf("after event %d (%s) %d rows are open, want %d", i+1, test.name, open, test.open)
		}
	}
}

func TestAnAccountsAdminSeesNoRestrictedTickets(t *testing.T) {
	t.Parallel()
	db := open(t)
	p := fillAccounts(t, db)
	reads := db.CustomerReads()
	if _, _, err := reads.OwnTicket(t.Context(), p.admin, p.tickets["member"]); err != nil {
		t.Fatalf("the account's admin reads a colleague's ticket: %v", err)
	}
	run(t, db.app, "update tickets set restriction_group = 'legal' where id = $1", p.tickets["member"])
	if _, comments, err := reads.OwnTicket(t.Context(), p.admin, p.tickets["member"]); !fault.Is(err, fault.NotFound) || len(comments) > 0 {
		t.Errorf("the account's admin reads a colleague's restricted ticket: %v, %d comments", err, len(comments))
	}
	if _, _, err := reads.OwnTicket(t.Context(), p.member, p.tickets["member"]); err != nil {
		t.Errorf("its own customer no longer reads it: %v", err)
	}
}
