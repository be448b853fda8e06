package postgres

import (
	"context"
	"time"

	"github.com/signalbox/signalbox/triage"
)

// MostUses is how often a ticket may serve to compare models. Afterwards it is learned
// from, since a gate that is asked too often is learned by heart.
const MostUses = 3

// Every tenth ticket by a hash, of those whose labels judge: blind ones and those from
// before Signalbox. None that the current model can have seen: only what was stored
// after it was made. Few tickets are all needed to learn from.
const drawEvidence = `
with eligible as (
  select t.id, min(l.stored_at) as since from tickets t join labels l on l.ticket_id = t.id
  where l.provenance in ('blind', 'imported_history') and not t.is_sentinel and t.erased_at is null and t.merged_into is null
  group by t.id
),
drawn as (
  insert into gate_evidence (ticket_id)
  select id from eligible
  where since > $1 and (select count(*) from eligible) >= $2 and abs(hashtextextended(id::text, 7)) % 10 = 0
  on conflict do nothing
  returning 1
)
select count(*)::int from drawn`

// leastToKeep is how many labelled tickets there must be before any is kept apart.
const leastToKeep = 1000

// DrawEvidence keeps a tenth of the labelled tickets that came after a moment, the zero
// time for all, out of training, and returns how many it added.
func (db *DB) DrawEvidence(ctx context.Context, after time.Time) (drawn int, err error) {
	err = db.app.QueryRow(ctx, drawEvidence, after, leastToKeep).Scan(&drawn)
	return drawn, failure(err, "keep tickets to compare models on")
}

// Evidence calls use with every ticket that is kept to compare models on, as
// TrainingExamples does with the others.
func (db *DB) Evidence(ctx context.Context, use func(triage.Example) error) error {
	return db.examples(ctx, true, use)
}

// SpendEvidence counts that what is kept has served once more.
func (db *DB) SpendEvidence(ctx context.Context) error {
	_, err := db.app.Exec(ctx, "update gate_evidence set uses = uses + 1 where uses < $1", MostUses)
	return failure(err, "count the use of kept tickets")
}

const labelsSince = `select count(*)::int from labels l join tickets t on t.id = l.ticket_id
where l.stored_at > $1 and not t.is_sentinel and t.erased_at is null`

// LabelsSince counts the labels that were stored after a moment.
func (db *DB) LabelsSince(ctx context.Context, after time.Time) (count int, err error) {
	err = db.app.QueryRow(ctx, labelsSince, after).Scan(&count)
	return count, failure(err, "count labels")
}
