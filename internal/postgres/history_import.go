package postgres

import (
	"context"
	"crypto/sha1" //nolint:gosec // UUIDs of version 5, no secret
	_ "embed"     // the statement
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

//go:embed history_import.sql
var importHistory string

// importNamespace is that of the IDs of what comes with a history.
var importNamespace = uuid.MustParse("5c1f7b1e-6d0a-5f43-9a55-0f6a7d1a1c11")

// Imported counts what a batch brought.
type Imported struct{ Tickets, Labels int }

// importedTicket is a ticket as the statement reads it.
type importedTicket struct {
	ID         uuid.UUID  `json:"id"`
	MessageID  uuid.UUID  `json:"message_id"`
	Person     uuid.UUID  `json:"person"`
	Account    *uuid.UUID `json:"account"`
	ExternalID string     `json:"external_id"`
	Email      string     `json:"email"`
	Subject    string     `json:"subject"`
	Body       string     `json:"body"`
	Channel    string     `json:"channel"`
	Language   string     `json:"language"`
	Role       string     `json:"role"`
	Tier       string     `json:"tier"`
	VIP        bool       `json:"vip"`
	ReceivedAt time.Time  `json:"received_at"`
}

type importedLabel struct {
	ID       uuid.UUID `json:"id"`
	TicketID uuid.UUID `json:"ticket_id"`
	Field    string    `json:"field"`
	Value    string    `json:"value"`
	AtIntake string    `json:"at_intake"`
	At       time.Time `json:"at"`
}

// ImportHistory stores a batch of past tickets as closed ones with their labels, in one
// statement. It starts no work and tells no helpdesk. The same batch again changes
// nothing; a batch of which a part is there adds the rest, and labels that a ticket has
// not yet. Of tickets with the same ID the first counts. Errors: Unprocessable for a
// field that nobody decides or a value that is too long, Unavailable if the database
// does not answer.
func (db *DB) ImportHistory(ctx context.Context, actor desk.Actor, tickets []triage.PastTicket) (done Imported, err error) {
	rows, labels := make([]importedTicket, 0, len(tickets)), []importedLabel{}
	seen := map[uuid.UUID]bool{}
	for _, ticket := range tickets {
		if seen[ticket.ID] {
			continue
		}
		seen[ticket.ID] = true
		rows = append(rows, importedRow(ticket))
		for _, label := range ticket.Labels {
			if !slices.Contains(labelled, label.Field) || len(label.Value) > maxLabelBytes {
				return done, fault.Field(fault.Unprocessable, "field", "is not decided, or its value is too long", "name intent, route, urgency …")
			}
			id := importedID("label", ticket.ID.String(), label.Field, label.Value)
			labels = append(labels, importedLabel{id, ticket.ID, label.Field, label.Value, label.AtIntake, label.At})
		}
	}
	ticketsText, err := json.Marshal(rows)
	if err != nil {
		return done, failure(err, "import history")
	}
	labelsText, err := json.Marshal(labels)
	if err != nil {
		return done, failure(err, "import history")
	}
	err = db.app.QueryRow(ctx, importHistory, pgx.NamedArgs{
		"tickets": ticketsText, "labels": labelsText, "actor_kind": string(actor.Kind),
	}).Scan(&done.Tickets, &done.Labels)
	return done, failure(err, "import history")
}

func importedRow(ticket triage.PastTicket) importedTicket {
	row := importedTicket{
		ID: ticket.ID, MessageID: importedID("message", ticket.ID.String()), Person: ticket.Person, ExternalID: storable(ticket.ExternalID),
		Email: storable(ticket.Email), Subject: storable(ticket.Subject), Body: storable(ticket.Body), Channel: storable(ticket.Channel),
		Language: storable(ticket.Language), Role: "member", Tier: storable(ticket.Tier), VIP: ticket.VIP, ReceivedAt: ticket.ReceivedAt,
	}
	if ticket.Role == "admin" {
		row.Role = ticket.Role
	}
	if row.Tier != "" {
		account := importedID("account", row.Tier)
		row.Account = &account
	}
	return row
}

// storable leaves out the character that Postgres does not store.
func storable(text string) string { return strings.ReplaceAll(text, "\x00", "") }

// importedID makes an ID that follows from its parts.
func importedID(parts ...string) uuid.UUID {
	return uuid.NewHash(sha1.New(), importNamespace, []byte(strings.Join(parts, "\x00")), 5) //nolint:gosec // no secret
}

// FinishHistoryImport writes into the audit log that a history was imported: numbers
// and the file's hash only.
func (db *DB) FinishHistoryImport(ctx context.Context, actor desk.Actor, fileHash string, done Imported) error {
	return failure(pgx.BeginFunc(ctx, db.app, func(tx pgx.Tx) error {
		return audit(ctx, tx, actor, change{action: "history.import", subjectKind: "history", details: map[string]any{
			"file_sha256": fileHash, "tickets": done.Tickets, "labels": done.Labels,
		}})
	}), "import history")
}
