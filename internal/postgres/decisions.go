package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

const selectDecision = `
select d.id, d.ticket_id, d.cause_id, d.through_sequence, d.outcome, d.reason, d.priority,
       d.fields, d.factors, d.entities, d.versions, d.input_hash, d.details, d.latency_us, d.created_at
from decisions d join tickets t on t.id = d.ticket_id
where d.id = $1 and not t.is_sentinel
  and (t.restriction_group is null or $2 or t.restriction_group = any($3::text[]))`

// Decision returns a decision. NotFound if there is none or the actor does not see
// its ticket.
func (db *DB) Decision(ctx context.Context, actor desk.Actor, id uuid.UUID) (triage.Decision, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return triage.Decision{}, err
	}
	rows, err := db.app.Query(ctx, selectDecision, id, visible.everything, visible.groups)
	if err != nil {
		return triage.Decision{}, failure(err, "load decision %s", id)
	}
	decision, err := pgx.CollectExactlyOneRow(rows, scanDecision)
	return decision, failure(err, "load decision %s", id)
}

const listDecisions = `
select d.id, d.ticket_id, d.cause_id, d.through_sequence, d.outcome, d.reason, d.priority,
       d.fields, d.factors, d.entities, d.versions, d.input_hash, d.details, d.latency_us, d.created_at
from decisions d join tickets t on t.id = d.ticket_id
where t.id = $1 and not t.is_sentinel
  and (t.restriction_group is null or $2 or t.restriction_group = any($3::text[]))
order by d.through_sequence desc, d.created_at desc, d.id desc`

// Decisions lists a ticket's decisions, the current one first. It is empty if there
// are none yet or the actor does not see the ticket.
func (db *DB) Decisions(ctx context.Context, actor desk.Actor, ticketID uuid.UUID) ([]triage.Decision, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return nil, err
	}
	rows, err := db.app.Query(ctx, listDecisions, ticketID, visible.everything, visible.groups)
	if err != nil {
		return nil, failure(err, "list decisions of ticket %s", ticketID)
	}
	decisions, err := pgx.CollectRows(rows, scanDecision)
	return decisions, failure(err, "list decisions of ticket %s", ticketID)
}

func scanDecision(row pgx.CollectableRow) (triage.Decision, error) {
	var decision triage.Decision
	var microseconds int64
	err := row.Scan(&decision.ID, &decision.TicketID, &decision.CauseID, &decision.ThroughSequence, &decision.Outcome,
		&decision.Reason, &decision.Priority, &decision.Fields, &decision.Factors, &decision.Entities, &decision.Versions,
		&decision.InputHash, &decision.Details, &microseconds, &decision.CreatedAt)
	decision.Latency = time.Duration(microseconds) * time.Microsecond
	return decision, err
}
