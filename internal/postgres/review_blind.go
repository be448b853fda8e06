package postgres

import (
	"context"
	_ "embed" // the statement
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

//go:embed review_blind.sql
var selectBlind string

const countBlind = `
select (select count(*) from blind_readings where read_at >= date_trunc('day', now() at time zone 'utc') at time zone 'utc'),
       (select coalesce(sum(s.readings - (select count(*) from blind_readings r where r.ticket_id = s.ticket_id)), 0)
        from blind_samples s join tickets t on t.id = s.ticket_id
        where s.drawn_at > now() - interval '14 days' and t.erased_at is null and t.merged_into is null)`

// BlindQuestions lists what an actor may answer of the blind sample, as far as the day's
// minutes go. limit is 1–200.
func (db *DB) BlindQuestions(ctx context.Context, actor desk.Actor, limit int) (triage.BlindQueue, error) {
	queue := triage.BlindQueue{Questions: []triage.BlindQuestion{}}
	visible, err := sightOf(actor)
	if err != nil {
		return queue, err
	}
	policy, err := db.Policy(ctx)
	if err != nil {
		return queue, err
	}
	var today int
	if err := db.app.QueryRow(ctx, countBlind).Scan(&today, &queue.Waiting); err != nil {
		return queue, failure(err, "count the blind sample")
	}
	queue.LeftToday = max(int(policy.Review.MinutesADay*60/policy.Review.SecondsEach)-today, 0)
	if limit = min(max(limit, 1), 200, queue.LeftToday); limit == 0 {
		return queue, nil
	}
	rows, err := db.app.Query(ctx, selectBlind, pgx.NamedArgs{
		"everything": visible.everything, "groups": visible.groups, "limit": limit,
		"actor_kind": string(actor.Kind), "actor_id": optional(actor.ID),
	})
	if err != nil {
		return queue, failure(err, "list the blind sample")
	}
	queue.Questions, err = pgx.CollectRows(rows, scanBlind)
	return queue, failure(err, "list the blind sample")
}

func scanBlind(row pgx.CollectableRow) (triage.BlindQuestion, error) {
	var question triage.BlindQuestion
	var fields []string
	err := row.Scan(&question.TicketID, &question.Reading, &question.Subject, &question.Messages, &question.Channel,
		&question.Tier, &question.Language, &fields, &question.DrawnAt)
	for _, field := range fields {
		question.Fields = append(question.Fields, triage.AskedField{Field: field})
	}
	return question, err
}

// The lock lets one reader of a ticket be first.
const lockBlind = `
select s.readings, s.fields,
       array(select actor_kind || ' ' || coalesce(actor_id::text, '') from blind_readings where ticket_id = s.ticket_id order by reading)
from blind_samples s join tickets t on t.id = s.ticket_id
where s.ticket_id = $1 and t.erased_at is null and not t.is_sentinel
  and (t.restriction_group is null or $2 or t.restriction_group = any($3::text[]))
for update of s`

const selectOwnLabels = `
select field, value, provenance from labels
where ticket_id = $1 and actor_kind = $2 and actor_id is not distinct from $3::uuid order by created_at, id`

const insertReading = `
insert into blind_readings (ticket_id, reading, actor_kind, actor_id)
select $1, count(*) + 1, $2, $3::uuid from blind_readings where ticket_id = $1`

const insertBlindLabel = `
insert into labels (id, ticket_id, field, value, provenance, actor_kind, actor_id) values ($1, $2, $3, $4, 'blind', $5, $6)`

// drawn is a row of the sample with who has read it.
type drawn struct {
	Readings int
	Fields   []string
	Readers  []string
}

// AnswerBlind records what a person says of a ticket that they have seen as it was at
// intake; a field that they leave out they could not tell. The answer becomes labels of
// provenance blind. The same answer again stores nothing. The caller has checked the
// values. Errors: NotFound if the ticket is not in the sample or not the actor's to
// see, Conflict if they have handled it, have answered otherwise, or it needs no answer.
func (db *DB) AnswerBlind(ctx context.Context, actor desk.Actor, ticketID uuid.UUID, answers map[string]string) (triage.Reviewed, error) {
	reviewed := triage.Reviewed{TicketID: ticketID, Fields: slices.Sorted(maps.Keys(answers))}
	if err := actor.May(desk.OverrideDecision); err != nil {
		return reviewed, err
	}
	visible, err := sightOf(actor)
	if err != nil {
		return reviewed, err
	}
	err = pgx.BeginFunc(ctx, db.app, func(tx pgx.Tx) error {
		sample, err := one[drawn](tx.Query(ctx, lockBlind, ticketID, visible.everything, visible.groups))
		if err != nil {
			return err
		}
		if reviewed.Repeated, err = db.mayAnswer(ctx, tx, actor, ticketID, sample, answers); err != nil || reviewed.Repeated {
			return err
		}
		return storeBlind(ctx, tx, actor, ticketID, reviewed.Fields, answers)
	})
	return reviewed, failure(err, "answer the blind question about ticket %s", ticketID)
}

// mayAnswer says whether this very answer was given before, or why it may not be.
func (db *DB) mayAnswer(ctx context.Context, tx pgx.Tx, actor desk.Actor, ticketID uuid.UUID, sample drawn, answers map[string]string) (repeated bool, err error) {
	if len(answers) == 0 {
		return false, fault.Field(fault.Unprocessable, "answers", "are missing", "give a value for at least one field")
	}
	for field := range answers {
		if !slices.Contains(sample.Fields, field) {
			return false, fault.Field(fault.Unprocessable, "answers", "name a field that is not asked", "answer the fields of the question")
		}
	}
	own, err := many[struct{ Field, Value, Provenance string }](tx.Query(ctx, selectOwnLabels, ticketID, string(actor.Kind), optional(actor.ID)))
	if err != nil {
		return false, err
	}
	blind := map[string]string{}
	for _, label := range own {
		if label.Provenance == string(triage.Blind) {
			blind[label.Field] = label.Value
		}
	}
	read := slices.Contains(sample.Readers, readerOf(actor))
	switch {
	case read && maps.Equal(blind, answers):
		return true, nil
	case read:
		return false, fault.New(fault.Conflict, "you have answered this ticket before, and otherwise; a blind answer stays")
	case len(own) > 0:
		return false, fault.New(fault.Conflict, "you have handled this ticket, so your answer would not be blind")
	case len(sample.Readers) >= sample.Readings:
		return false, fault.New(fault.Conflict, "this ticket needs no further answer")
	}
	return false, nil
}

// readerOf names an actor as lockBlind does.
func readerOf(actor desk.Actor) string {
	if actor.ID == uuid.Nil {
		return string(actor.Kind) + " "
	}
	return string(actor.Kind) + " " + actor.ID.String()
}

// storeBlind writes reading, labels and the entry in the audit log, which names fields
// and never values.
func storeBlind(ctx context.Context, tx pgx.Tx, actor desk.Actor, ticketID uuid.UUID, fields []string, answers map[string]string) error {
	if _, err := tx.Exec(ctx, insertReading, ticketID, string(actor.Kind), optional(actor.ID)); err != nil {
		return err
	}
	for _, field := range fields {
		if _, err := tx.Exec(ctx, insertBlindLabel, newID(), ticketID, field, answers[field], string(actor.Kind), optional(actor.ID)); err != nil {
			return err
		}
	}
	return audit(ctx, tx, actor, change{"review.blind", "ticket", ticketID, map[string]any{"fields": fields}})
}
