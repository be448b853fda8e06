package postgres

import (
	"context"
	_ "embed" // the statement
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

//go:embed tickets_input.sql
var selectInput string

// The first message and the newest hundred are read, 32,768 characters of each: a
// mail loop must not cost more with every message.
const selectPublicMessages = `
select id, ticket_id, audience::text, sequence, author_kind, left(body, 32768) as body, '' as quoted, '' as signature, sent_at
from messages_public
where ticket_id = $1 and (sequence = 1 or sequence > (select message_count - 100 from tickets where id = $1))
order by sequence`

// TriageInput returns what is known of a ticket now, in one round trip. Errors:
// NotFound if there is no such ticket, Gone if it was erased.
func (db *DB) TriageInput(ctx context.Context, ticketID uuid.UUID) (triage.Input, error) {
	var loaded loadedInput
	var batch pgx.Batch
	loaded.queue(&batch, ticketID)
	if err := db.line.SendBatch(ctx, &batch).Close(); err != nil {
		return triage.Input{}, failure(err, "load triage input of ticket %s", ticketID)
	}
	if loaded.erased {
		return triage.Input{}, fault.New(fault.Gone, "this ticket was erased")
	}
	return loaded.input, nil
}

// loadedInput is an input while it is being read.
type loadedInput struct {
	input  triage.Input
	erased bool
}

// queue adds the two queries: the ticket with what stands around it, then its
// messages. A message that arrives in between is read, which does no harm.
func (l *loadedInput) queue(batch *pgx.Batch, ticketID uuid.UUID) {
	batch.Queue(selectInput, ticketID).QueryRow(l.scan)
	batch.Queue(selectPublicMessages, ticketID).Query(func(rows pgx.Rows) (err error) {
		l.input.Messages, err = many[desk.Message](rows, nil)
		return err
	})
}

// scan reads the ticket's row; the customer's and the account's columns are null
// where there is none.
func (l *loadedInput) scan(row pgx.Row) error {
	var customer joinedCustomer
	var account joinedAccount
	var previous joinedDecision
	fields := append(ticketFields(&l.input.Ticket), &l.erased,
		&customer.id, &customer.accountID, &customer.name, &customer.email, &customer.verified, &customer.role,
		&customer.vip, &customer.language, &customer.timeZone,
		&account.id, &account.externalID, &account.name, &account.tier, &account.value, &account.renews,
		&l.input.RecentTickets, &l.input.OutageReports, &l.input.IncidentOpen, &l.input.Now,
		&l.input.Monitored, &l.input.Assigned, &previous.priority, &previous.route, &l.input.Edits, &l.input.Quiet, &l.input.StatusBefore, &l.input.Merged)
	if err := row.Scan(fields...); err != nil {
		return err
	}
	l.input.Customer, l.input.Account, l.input.Previous = customer.customer(), account.account(), previous.previous()
	return nil
}

// joinedDecision are the current decision's columns after an outer join.
type joinedDecision struct {
	priority *int
	route    *string
}

func (d joinedDecision) previous() *triage.Previous {
	if d.priority == nil {
		return nil
	}
	return &triage.Previous{Priority: *d.priority, Route: *d.route}
}

// joinedCustomer are a customer's columns after an outer join.
type joinedCustomer struct {
	id, accountID                         *uuid.UUID
	name, email, role, language, timeZone *string
	verified, vip                         *bool
}

func (c joinedCustomer) customer() *desk.Customer {
	if c.id == nil {
		return nil
	}
	return &desk.Customer{
		ID: *c.id, AccountID: c.accountID, Name: *c.name, Email: *c.email, EmailVerified: *c.verified,
		Role: *c.role, VIP: *c.vip, Language: *c.language, TimeZone: *c.timeZone,
	}
}

// joinedAccount are an account's columns after an outer join.
type joinedAccount struct {
	id         *uuid.UUID
	externalID *string
	name, tier *string
	value      *int64
	renews     *time.Time
}

func (a joinedAccount) account() *desk.Account {
	if a.id == nil {
		return nil
	}
	account := &desk.Account{ID: *a.id, Name: *a.name, Tier: *a.tier, AnnualValueCents: *a.value, RenewsOn: a.renews}
	if a.externalID != nil {
		account.ExternalID = *a.externalID
	}
	return account
}
