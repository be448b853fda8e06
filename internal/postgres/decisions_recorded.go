package postgres

import (
	"context"
	_ "embed" // the statement
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

//go:embed decisions_recorded.sql
var selectRecorded string

// The messages that a decision has read, cut as TriageInput cuts them. Without facts
// these are at most the newest hundred.
const selectRecordedMessages = `
select m.id, m.ticket_id, m.audience::text, m.sequence, m.author_kind, left(m.body, 32768) as body, '' as quoted, '' as signature, m.sent_at
from decisions d join messages_public m on m.ticket_id = d.ticket_id
where d.id = $1 and (m.sequence = 1 or m.sequence <= d.through_sequence and m.sequence >= coalesce(
  (d.details -> 'facts' ->> 'from')::integer, case when d.details ? 'facts' then 2147483647 else d.through_sequence - 99 end))
order by m.sequence`

// Recorded returns a decision with the text that it has read, as far as that is left.
// NotFound if there is none or the actor does not see its ticket.
func (db *DB) Recorded(ctx context.Context, actor desk.Actor, id uuid.UUID) (triage.Recorded, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return triage.Recorded{}, err
	}
	var recorded triage.Recorded
	var batch pgx.Batch
	batch.Queue(selectRecorded, id, visible.everything, visible.groups).QueryRow(func(row pgx.Row) error {
		return scanRecorded(row, &recorded)
	})
	batch.Queue(selectRecordedMessages, id).Query(func(rows pgx.Rows) error {
		recorded.Messages, err = many[desk.Message](rows, nil)
		return err
	})
	if err := db.app.SendBatch(ctx, &batch).Close(); err != nil {
		return triage.Recorded{}, failure(err, "load decision %s with its text", id)
	}
	return recorded, nil
}

func scanRecorded(row pgx.Row, recorded *triage.Recorded) error {
	var microseconds int64
	decision := &recorded.Decision
	fields := append(ticketFields(&recorded.Ticket), &recorded.Erased, &decision.ID, &decision.TicketID, &decision.CauseID,
		&decision.ThroughSequence, &decision.Outcome, &decision.Reason, &decision.Priority, &decision.Fields, &decision.Factors,
		&decision.Entities, &recorded.Versions, &decision.InputHash, &decision.Details, &microseconds, &decision.CreatedAt)
	if err := row.Scan(fields...); err != nil {
		return err
	}
	decision.Latency = time.Duration(microseconds) * time.Microsecond
	return json.Unmarshal(recorded.Versions, &decision.Versions)
}

// recordedPage is how many IDs are read at once.
const recordedPage = 500

// An ID begins with the time of its making, by the clock of the process that decided:
// the key's order is used from an hour before, and the database's clock decides.
const selectDecisionsSince = `
select d.id
from decisions d join tickets t on t.id = d.ticket_id
where d.id > $1 and d.created_at >= $2 and not t.is_sentinel
  and (t.restriction_group is null or $3 or t.restriction_group = any($4::text[]))
order by d.id
limit $5`

// DecisionsSince calls use with the ID of every decision that was stored since a
// moment, in the order of IDs, and stops at use's first error.
func (db *DB) DecisionsSince(ctx context.Context, actor desk.Actor, since time.Time, use func(uuid.UUID) error) error {
	visible, err := sightOf(actor)
	if err != nil {
		return err
	}
	for after := firstID(since.Add(-time.Hour)); ; {
		rows, err := db.app.Query(ctx, selectDecisionsSince, after, since, visible.everything, visible.groups, recordedPage)
		if err != nil {
			return failure(err, "list decisions since %s", since.Format(time.RFC3339))
		}
		page, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return failure(err, "list decisions since %s", since.Format(time.RFC3339))
		}
		for _, id := range page {
			if err := use(id); err != nil {
				return err
			}
		}
		if len(page) < recordedPage {
			return nil
		}
		after = page[len(page)-1]
	}
}

// firstID is the lowest UUID of version 7 that can be made at a moment.
func firstID(at time.Time) (id uuid.UUID) {
	milliseconds := binary.BigEndian.AppendUint64(nil, uint64(max(at.UnixMilli(), 0))) //nolint:gosec // not negative
	copy(id[:6], milliseconds[2:])
	id[6] = 0x70
	return id
}
