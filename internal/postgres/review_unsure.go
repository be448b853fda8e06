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

//go:embed review_unsure.sql
var selectUnsure string

// Unsure lists open tickets that were left to a person and that the actor may see, with
// the top two of what was thought, or with all scores. limit is 1–200.
func (db *DB) Unsure(ctx context.Context, actor desk.Actor, limit int, all bool) ([]triage.Unsure, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return nil, err
	}
	rows, err := db.app.Query(ctx, selectUnsure, pgx.NamedArgs{"everything": visible.everything, "groups": visible.groups, "limit": min(max(limit, 1), 200)})
	if err != nil {
		return nil, failure(err, "list what is unsure")
	}
	listed, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (triage.Unsure, error) {
		var unsure triage.Unsure
		var decision triage.Decision
		err := row.Scan(&unsure.TicketID, &unsure.DecisionID, &unsure.Reason, &unsure.Priority, &unsure.Subject, &unsure.Body, &decision.Fields, &unsure.DecidedAt)
		unsure.Fields = decision.Asked(all)
		return unsure, err
	})
	return listed, failure(err, "list what is unsure")
}

const selectOwnAnswers = `
select field, value from labels
where decision_id = $1 and actor_kind = $2 and actor_id is not distinct from $3 and provenance in ('override', 'confirmed_suggestion')
order by created_at, id`

// AnswerUnsure records what a person says of a decision's fields, each as Override does.
// The same answer of the same actor again stores nothing. The caller has checked the
// values against the owner's lists.
func (db *DB) AnswerUnsure(ctx context.Context, actor desk.Actor, decisionID uuid.UUID, answers map[string]string) (triage.Reviewed, error) {
	if len(answers) == 0 {
		return triage.Reviewed{}, fault.Field(fault.Unprocessable, "answers", "are missing", "give a value for at least one field")
	}
	decision, err := db.Decision(ctx, actor, decisionID)
	if err != nil {
		return triage.Reviewed{}, err
	}
	given, err := many[struct{ Field, Value string }](db.app.Query(ctx, selectOwnAnswers, decisionID, string(actor.Kind), optional(actor.ID)))
	if err != nil {
		return triage.Reviewed{}, failure(err, "read earlier answers")
	}
	before := map[string]string{}
	for _, answer := range given {
		before[answer.Field] = answer.Value
	}
	reviewed := triage.Reviewed{TicketID: decision.TicketID, Repeated: true}
	for _, field := range slices.Sorted(maps.Keys(answers)) {
		reviewed.Fields = append(reviewed.Fields, field)
		if value, answered := before[field]; answered && value == answers[field] {
			continue
		}
		if _, err := db.Override(ctx, actor, decisionID, field, answers[field]); err != nil {
			return reviewed, err
		}
		reviewed.Repeated = false
	}
	return reviewed, nil
}
