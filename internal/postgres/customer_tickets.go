package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
)

// CustomerReads is what a customer may read of tickets. It holds the customer
// pool only, so that nothing built from it reaches the app login, and every
// query runs as one customer under row-level security.
type CustomerReads struct {
	pool *pgxpool.Pool
}

// CustomerReads returns the reads of the customer side.
func (db *DB) CustomerReads() *CustomerReads { return &CustomerReads{pool: db.customer} }

// A ticket's own updated_at moves with private notes and decisions, so it is not
// granted: for customers a ticket changes when somebody writes where they can read.
const ownColumns = `id, customer_id, account_id, subject, status, channel, created_at,
  greatest(created_at, (select max(sent_at) from messages_public where ticket_id = tickets.id))`

const selectOwnTickets = `
select ` + ownColumns + ` from tickets
where $1::timestamptz is null or (created_at, id) < ($1, $2)
order by created_at desc, id desc
limit $3`

// ownTicket is a row of ownColumns.
type ownTicket struct {
	ID                    uuid.UUID
	CustomerID, AccountID *uuid.UUID
	Subject               string
	Status                desk.Status
	Channel               string
	CreatedAt, UpdatedAt  time.Time
}

func (o ownTicket) ticket() desk.Ticket {
	return desk.Ticket{ID: o.ID, CustomerID: o.CustomerID, AccountID: o.AccountID, Subject: o.Subject, Status: o.Status,
		Channel: o.Channel, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt}
}

// OwnTickets returns a page of the customer's tickets, newest first (an account's
// admin: the account's), and the cursor of the next page, "" after the last.
// Message counts stay zero, since they would tell of private notes. limit is
// 1–100. A cursor that was not given out is Invalid.
func (r *CustomerReads) OwnTickets(ctx context.Context, customerID uuid.UUID, limit int, cursor string) ([]desk.Ticket, string, error) {
	limit = min(max(limit, 1), 100)
	after, lastID, err := parseTimeCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []ownTicket
	err = asCustomer(ctx, r.pool, customerID, func(batch *pgx.Batch) {
		batch.Queue(selectOwnTickets, after, lastID, limit+1).Query(func(result pgx.Rows) (err error) {
			rows, err = many[ownTicket](result, nil)
			return err
		})
	})
	if err != nil {
		return nil, "", failure(err, "list own tickets")
	}
	var next string
	if len(rows) > limit {
		rows = rows[:limit]
		next = formatTimeCursor(rows[limit-1].CreatedAt, rows[limit-1].ID)
	}
	tickets := make([]desk.Ticket, len(rows))
	for i, row := range rows {
		tickets[i] = row.ticket()
	}
	return tickets, next, nil
}

const selectOwnTicket = `select ` + ownColumns + ` from tickets where id = $1`

// The leaf is named, not its parent: the customer login may read only this half.
// A message's stored sequence counts private notes too, so comments are numbered anew.
const selectOwnComments = `
select id, ticket_id, audience, row_number() over (order by sent_at, id), author_kind, body, quoted, signature, sent_at
from messages_public where ticket_id = $1 order by sent_at, id`

// OwnTicket returns one of the customer's tickets with its public comments,
// oldest first. Another's is NotFound, as one that is not there.
func (r *CustomerReads) OwnTicket(ctx context.Context, customerID, ticketID uuid.UUID) (desk.Ticket, []desk.Message, error) {
	var row ownTicket
	var comments []desk.Message
	err := asCustomer(ctx, r.pool, customerID, func(batch *pgx.Batch) {
		batch.Queue(selectOwnTicket, ticketID).Query(func(result pgx.Rows) (err error) {
			row, err = one[ownTicket](result, nil)
			return err
		})
		batch.Queue(selectOwnComments, ticketID).Query(func(result pgx.Rows) (err error) {
			comments, err = many[desk.Message](result, nil)
			return err
		})
	})
	if err != nil {
		return desk.Ticket{}, nil, failure(err, "read own ticket %s", ticketID)
	}
	return row.ticket(), comments, nil
}
