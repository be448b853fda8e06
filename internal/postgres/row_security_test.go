package postgres

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// people are two accounts with a member and an admin each, somebody without an
// account, and a former admin who was erased.
type people struct {
	member, admin, otherMember, otherAdmin, alone, erased uuid.UUID
	tickets                                               map[string]uuid.UUID
}

func fillAccounts(t *testing.T, db *DB) people {
	t.Helper()
	account, other := uuid.New(), uuid.New()
	run(t, db.app, `insert into accounts (id, name) values ($1, 'A'), ($2, 'B')`, account, other)
	p := people{tickets: map[string]uuid.UUID{}}
	add := func(account *uuid.UUID, role, erased string) uuid.UUID {
		id := uuid.New()
		run(t, db.app, `insert into customers (id, account_id, role, erased_at) values ($1, $2, $3, nullif($4, '')::timestamptz)`, id, account, role, erased)
		return id
	}
	p.member, p.admin = add(&account, "member", ""), add(&account, "admin", "")
	p.otherMember, p.otherAdmin = add(&other, "member", ""), add(&other, "admin", "")
	p.alone, p.erased = add(nil, "member", ""), add(&account, "admin", "2026-01-01")
	open := func(name string, customer, account *uuid.UUID, erased string) {
		id := uuid.New()
		p.tickets[name] = id
		run(t, db.app, `insert into tickets (id, external_id, customer_id, account_id, subject, erased_at, message_count) values ($1, $1::uuid::text, $2, $3, $4, nullif($5, '')::timestamptz, 2)`,
			id, customer, account, name, erased)
		run(t, db.app, `insert into messages (audience, id, ticket_id, sequence, author_kind, body, sent_at) values
			('public', gen_random_uuid(), $1, 1, 'customer', 'public of ' || $2, now()), ('internal', gen_random_uuid(), $1, 2, 'agent', 'note on ' || $2, now())`, id, name)
	}
	open("member", &p.member, &account, "")
	open("admin", &p.admin, &account, "")
	open("other member", &p.otherMember, &other, "")
	open("alone", &p.alone, nil, "")
	open("nobody's", nil, nil, "")
	open("account's", nil, &account, "")
	open("erased", &p.member, &account, "2026-01-01")
	return p
}

func TestRowSecurityShowsOnlyOnesOwn(t *testing.T) {
	t.Parallel()
	db := open(t)
	p := fillAccounts(t, db)
	for name, test := range map[string]struct {
		reader uuid.UUID
		want   []string
	}{
		"member":       {p.member, []string{"member"}},
		"admin":        {p.admin, []string{"account's", "admin", "member"}},
		"other member": {p.otherMember, []string{"other member"}},
		"other admin":  {p.otherAdmin, []string{"other member"}},
		"alone":        {p.alone, []string{"alone"}},
		"erased admin": {p.erased, nil},
		"unknown":      {uuid.New(), nil},
		"nobody":       {uuid.Nil, nil},
	} {
		tickets, _, err := db.CustomerReads().OwnTickets(t.Context(), test.reader, 100, "")
		must(t, err)
		var seen []string
		for _, ticket := range tickets {
			seen = append(seen, ticket.Subject)
		}
		slices.Sort(seen)
		if !slices.Equal(seen, test.want) {
			t.Errorf("%s sees %q, want %q", name, seen, test.want)
		}
		for ticket, id := range p.tickets {
			wantComments(t, db, name, test.reader, ticket, id, slices.Contains(test.want, ticket))
		}
	}
	var visible int
	must(t, db.customer.QueryRow(t.Context(), `select (select count(id) from tickets) + (select count(id) from messages_public)`).Scan(&visible))
	if visible != 0 {
		t.Errorf("without an identity %d rows are visible, want 0", visible)
	}
}

// wantComments expects the ticket's public comment, or that there is no such ticket.
func wantComments(t *testing.T, db *DB, name string, reader uuid.UUID, ticket string, id uuid.UUID, own bool) {
	t.Helper()
	_, comments, err := db.CustomerReads().OwnTicket(t.Context(), reader, id)
	if !own {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads the ticket of %s: %v, want NotFound", name, ticket, err)
		}
		var count int
		must(t, db.asCustomer(t.Context(), reader, func(batch *pgx.Batch) {
			batch.Queue(`select count(id) from messages_public where ticket_id = $1`, id).QueryRow(func(row pgx.Row) error { return row.Scan(&count) })
		}))
		if count != 0 {
			t.Errorf("%s sees %d comments of %s, want 0", name, count, ticket)
		}
		return
	}
	if err != nil || len(comments) != 1 || comments[0].Body != "public of "+ticket || comments[0].Audience != desk.Public || comments[0].Sequence != 1 {
		t.Errorf("%s reads %+v of %s, %v; want the public comment only", name, comments, ticket, err)
	}
}

func TestOwnTicketsPageByPage(t *testing.T) {
	t.Parallel()
	db := open(t)
	customer := uuid.New()
	run(t, db.app, `insert into customers (id) values ($1)`, customer)
	// Pairs share their time, so that the ID decides.
	run(t, db.app, `insert into tickets (id, external_id, customer_id, created_at)
		select gen_random_uuid(), n::text, $1, '2026-01-01'::timestamptz + make_interval(mins => n / 2) from generate_series(1, 7) n`, customer)
	var seen []uuid.UUID
	cursor := ""
	for page := 1; ; page++ {
		tickets, next, err := db.CustomerReads().OwnTickets(t.Context(), customer, 3, cursor)
		must(t, err)
		for _, ticket := range tickets {
			if slices.Contains(seen, ticket.ID) {
				t.Errorf("page %d repeats a ticket", page)
			}
			seen = append(seen, ticket.ID)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if len(seen) != 7 {
		t.Errorf("the pages hold %d tickets, want 7", len(seen))
	}
	for _, bad := range []string{"x", "AAAA", "!", "gICAgICAgICAgICAgICAgICAgICAgICA"} {
		if _, _, err := db.CustomerReads().OwnTickets(t.Context(), customer, 3, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("cursor %q: %v, want Invalid", bad, err)
		}
	}
}

func FuzzParseTimeCursor(f *testing.F) {
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, cursor string) {
		at, id, err := parseTimeCursor(cursor)
		if err != nil || at == nil {
			return
		}
		if again, sameID, err := parseTimeCursor(formatTimeCursor(*at, id)); err != nil || !again.Equal(*at) || sameID != id {
			t.Errorf("%q does not come back: %v", cursor, err)
		}
	})
}
