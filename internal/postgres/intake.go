package postgres

import (
	"context"
	_ "embed" // the statements
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

var (
	//go:embed intake_receive.sql
	receiveEvent string
	//go:embed intake_note.sql
	noteEvent string
)

var _ desk.IntakeStore = (*DB)(nil)

// receiveAttempts bounds how often an event is tried again after it met another
// one: each attempt loses only to a transaction that has committed.
const receiveAttempts = 8

// Receive takes in one event in one statement: customer and account as the source
// names them, ticket, message, delivery and, for what a customer wrote to the desk,
// the outbox row that asks for a decision. The same delivery again gives the same
// receipt, marked Replayed, and writes nothing. keepRaw is how long the body is
// kept; with zero or less it is not stored.
//
// An erased ticket has lost its external ID, so a later message to it opens a new one.
//
// Errors: Unprocessable if neither or both of connection and site are named or the
// named one is unknown; Unavailable if the database does not answer.
func (db *DB) Receive(ctx context.Context, incoming desk.Incoming, keepRaw time.Duration) (desk.Receipt, error) {
	if (incoming.ConnectionID == uuid.Nil) == (incoming.SiteID == uuid.Nil) {
		return desk.Receipt{}, failure(fault.Field(fault.Unprocessable, "connection", "is not the only source",
			"name either a connection or a site"), "receive event")
	}
	sql, arguments := receiveEvent, receiveArguments(incoming, keepRaw)
	if incoming.Ignore != "" || incoming.Poison != "" {
		sql, arguments = noteEvent, noteArguments(incoming, keepRaw)
	}
	var err error
	for range receiveAttempts {
		var receipt desk.Receipt
		if receipt, err = db.receive(ctx, sql, arguments); err == nil {
			return receipt, nil
		}
		if !collided(err) {
			break
		}
	}
	return desk.Receipt{}, failure(err, "receive event")
}

// receive runs one attempt.
func (db *DB) receive(ctx context.Context, sql string, arguments pgx.NamedArgs) (desk.Receipt, error) {
	var receipt desk.Receipt
	var ticket, message *uuid.UUID
	err := db.line.QueryRow(ctx, sql, arguments).
		Scan(&receipt.DeliveryID, &ticket, &message, &receipt.Ignored, &receipt.Replayed)
	if errors.Is(err, pgx.ErrNoRows) {
		return desk.Receipt{}, fault.Field(fault.Unprocessable, "connection", "is unknown", "name a connection or a site that exists")
	}
	if err != nil {
		return desk.Receipt{}, err
	}
	if ticket != nil {
		receipt.TicketID = *ticket
	}
	if message != nil {
		receipt.MessageID = *message
	}
	return receipt, nil
}

// collided reports that another transaction was first, so that a further attempt
// sees what it wrote.
func collided(err error) bool {
	var pgError *pgconn.PgError
	return retryable(err) || errors.As(err, &pgError) && pgError.Code == "23505"
}
