package postgres

import (
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// customerOf returns whom a helpdesk knows by this ID.
func customerOf(t *testing.T, db *DB, subject string) uuid.UUID {
	t.Helper()
	return value[uuid.UUID](t, db.app, "select customer_id from customer_identities where subject = $1", subject)
}

// ofAccount is an event whose helpdesk names an account.
func ofAccount(incoming desk.Incoming, account string) desk.Incoming {
	incoming.Account = &desk.IncomingAccount{ExternalID: account}
	return incoming
}

func TestAHelpdeskMakesNobodyAnAdminOfAnotherAccount(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receive(t, db, ofAccount(event(connection, "d1", "T-1", "ada"), "acme"))
	strangers := receive(t, db, ofAccount(event(connection, "d2", "T-2", "bob"), "globex"))
	ada := customerOf(t, db, "ada")
	acme := value[uuid.UUID](t, db.app, "select id from accounts where external_id = 'acme'")
	_, err := db.SetMembership(t.Context(), system, ada, Membership{AccountID: acme, Role: "admin"})
	must(t, err)

	receive(t, db, ofAccount(event(connection, "d3", "T-3", "ada"), "acme"))
	receive(t, db, event(connection, "d4", "T-4", "ada"))
	if role := value[string](t, db.app, "select role from customers where id = $1", ada); role != "admin" {
		t.Errorf("after events of her own account and of none she is a %s, want still an admin", role)
	}
	receive(t, db, ofAccount(event(connection, "d5", "T-5", "ada"), "globex"))
	if role := value[string](t, db.app, "select role from customers where id = $1", ada); role != "member" {
		t.Errorf("in the account that the helpdesk took her to she is an %s, want a member", role)
	}
	tickets, _, err := db.CustomerReads().OwnTickets(t.Context(), ada, 100, "")
	must(t, err)
	for _, ticket := range tickets {
		if ticket.ID == strangers.TicketID {
			t.Error("she reads a ticket of somebody in that account")
		}
	}
	if len(tickets) != 4 {
		t.Errorf("she reads %d tickets, want her own four", len(tickets))
	}
}

func TestAMergeMakesNobodyAnAdmin(t *testing.T) {
	t.Parallel()
	db := open(t)
	site, connection := sources(t, db)
	before := identify(t, db, site, desk.Claims{Subject: "ada", Email: "ada@example.com", EmailVerified: true})
	account, gone := newID(), newID()
	run(t, db.app, "insert into accounts (id, name) values ($1, 'Globex'), ($2, 'Acme')", account, gone)
	_, err := db.SetMembership(t.Context(), system, before.ID, Membership{AccountID: account, Role: "member"})
	must(t, err)
	known := helpdeskCustomer(t, db, connection, "ada@example.com")
	_, err = db.SetMembership(t.Context(), system, known, Membership{AccountID: gone, Role: "admin"})
	must(t, err)
	run(t, db.app, "delete from accounts where id = $1", gone)

	after := identify(t, db, site, desk.Claims{Subject: "ada", Email: "ada@example.com", EmailVerified: true})
	if after.ID != known || after.AccountID == nil || *after.AccountID != account || after.Role != "member" {
		t.Errorf("merged into %+v, want the helpdesk's customer as a member of the site's account", after)
	}
}
