package postgres

import (
	"testing"

	"github.com/signalbox/signalbox/desk"
)

func TestCustomersCannotTellWhenANoteWasWritten(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receipt := receive(t, db, event(connection, "d1", "T-1", "ada"))
	ada := customerOf(t, db, "ada")
	read := func() desk.Ticket {
		ticket, _, err := db.CustomerReads().OwnTicket(t.Context(), ada, receipt.TicketID)
		must(t, err)
		listed, _, err := db.CustomerReads().OwnTickets(t.Context(), ada, 10, "")
		must(t, err)
		if len(listed) != 1 || !listed[0].UpdatedAt.Equal(ticket.UpdatedAt) {
			t.Errorf("the list says %+v, want the time that the ticket says, %s", listed, ticket.UpdatedAt)
		}
		return ticket
	}
	first := read()
	note := event(connection, "d2", "T-1", "ada")
	note.Message.Audience, note.Message.AuthorKind = desk.Internal, desk.ByAgent
	receive(t, db, note)
	if after := read(); !after.UpdatedAt.Equal(first.UpdatedAt) {
		t.Errorf("a private note moved the ticket's time from %s to %s", first.UpdatedAt, after.UpdatedAt)
	}
	reply := event(connection, "d3", "T-1", "ada")
	reply.Message.AuthorKind = desk.ByAgent
	receive(t, db, reply)
	if after := read(); !after.UpdatedAt.After(first.UpdatedAt) {
		t.Errorf("a public reply left the ticket's time at %s", after.UpdatedAt)
	}
}
