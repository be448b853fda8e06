package postgres

import (
	"context"
	_ "embed" // the statement
	"encoding/json"
	"math"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/triage"
)

//go:embed decisions_save.sql
var saveDecision string

const lockTicket = "select from tickets where id = $1 for no key update"

// SaveDecision stores a decision, makes it the ticket's current one unless that
// has read further, writes the work that follows from it, and closes the outbox
// row that asked for it: all in one transaction and one round trip.
//
// A second decision for the same cause is dropped along with its follow-ups, as is
// one for a ticket that is gone or erased; the outbox row is closed all the same.
// It reports whether the decision was stored.
func (db *DB) SaveDecision(ctx context.Context, work uuid.UUID, decision triage.Decision, follow ...triage.Follow) (bool, error) {
	return db.SaveDrawn(ctx, work, decision, nil, follow...)
}

// The decision may have been stored by an earlier attempt; a ticket is drawn once.
const insertBlindSample = `
insert into blind_samples (ticket_id, decision_id, probability, readings, fields)
select d.ticket_id, d.id, $3, $4, $5 from decisions d
where d.ticket_id = $1 and d.cause_id = $2
on conflict (ticket_id) do nothing`

// SaveDrawn is SaveDecision of a ticket that may be in the blind sample: then the
// sample's row is written in the same transaction and round trip.
func (db *DB) SaveDrawn(ctx context.Context, work uuid.UUID, decision triage.Decision, draw *triage.BlindDraw, follow ...triage.Follow) (bool, error) {
	arguments, err := decisionArguments(decision)
	if err != nil {
		return false, failure(err, "save decision")
	}
	arguments["work"] = work
	addFollow(arguments, follow)
	var stored bool
	var batch pgx.Batch // one implicit transaction
	batch.Queue(lockTicket, decision.TicketID)
	batch.Queue(saveDecision, arguments).QueryRow(func(row pgx.Row) error { return row.Scan(&stored) })
	if draw != nil {
		batch.Queue(insertBlindSample, decision.TicketID, decision.CauseID, draw.Probability, draw.Readings, draw.Fields)
	}
	err = db.line.SendBatch(ctx, &batch).Close()
	return stored && err == nil, failure(err, "save decision of ticket %s", decision.TicketID)
}

// decisionArguments turns a decision into columns.
func decisionArguments(decision triage.Decision) (pgx.NamedArgs, error) {
	if decision.ID == uuid.Nil {
		decision.ID = newID()
	}
	arguments := pgx.NamedArgs{
		"id":         decision.ID,
		"ticket_id":  decision.TicketID,
		"cause_id":   decision.CauseID,
		"through":    decision.ThroughSequence,
		"model_id":   optional(decision.Versions.ModelID),
		"outcome":    string(decision.Outcome),
		"reason":     decision.Reason,
		"intent":     decision.Fields[triage.FieldIntent].Value,
		"route":      decision.Fields[triage.FieldRoute].Value,
		"priority":   decision.Priority,
		"input_hash": append([]byte{}, decision.InputHash...),
		"latency":    min(max(decision.Latency.Microseconds(), 0), math.MaxInt32),
	}
	for name, part := range map[string]any{
		"fields": orEmpty(decision.Fields), "factors": append([]triage.Factor{}, decision.Factors...),
		"entities": append([]triage.Entity{}, decision.Entities...), "versions": decision.Versions, "details": decision.Details,
	} {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		arguments[name] = json.RawMessage(text)
	}
	return arguments, nil
}

func orEmpty(fields map[string]triage.Field) map[string]triage.Field {
	if fields == nil {
		return map[string]triage.Field{}
	}
	return fields
}

// addFollow spreads the follow-ups over three arrays.
func addFollow(arguments pgx.NamedArgs, follow []triage.Follow) {
	ids, kinds := make([]uuid.UUID, len(follow)), make([]string, len(follow))
	payloads := make([]json.RawMessage, len(follow))
	for i, next := range follow {
		ids[i], kinds[i], payloads[i] = newID(), next.Kind, next.Payload
	}
	arguments["follow_ids"], arguments["follow_kinds"], arguments["follow_payloads"] = ids, kinds, payloads
}
