package postgres

import (
	"context"
	_ "embed" // the statement
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

//go:embed labels_override.sql
var overrideField string

// labelled are the fields that a person can correct.
var labelled = []string{
	triage.FieldIntent, triage.FieldRoute, triage.FieldKind, triage.FieldUrgency, triage.FieldImpact,
	triage.FieldSentiment, triage.FieldSensitive, triage.FieldLanguage, triage.FieldPriority,
}

// maxLabelBytes bounds a label: values are names from the owner's lists.
const maxLabelBytes = 200

// Override records what a person says a field's value is, with its audit entry. The
// caller has checked the value against the owner's lists. Its provenance is
// override, or confirmed_suggestion if it is what the decision said. Errors:
// Unprocessable for an unknown field or a value that is too long, NotFound if the
// actor does not see the decision.
func (db *DB) Override(ctx context.Context, actor desk.Actor, decisionID uuid.UUID, field, value string) (triage.Label, error) {
	if err := actor.May(desk.OverrideDecision); err != nil {
		return triage.Label{}, err
	}
	if !slices.Contains(labelled, field) {
		return triage.Label{}, fault.Field(fault.Unprocessable, "field", "is not decided", "name intent, route, urgency …")
	}
	if len(value) > maxLabelBytes || value == "" && field != triage.FieldSensitive {
		return triage.Label{}, fault.Field(fault.Unprocessable, "value", "is empty or too long", "name a value of the field")
	}
	visible, err := sightOf(actor)
	if err != nil {
		return triage.Label{}, err
	}
	label, err := one[triage.Label](db.app.Query(ctx, overrideField, pgx.NamedArgs{
		"id": newID(), "audit_id": newID(), "decision_id": decisionID, "field": field, "value": value,
		"everything": visible.everything, "groups": visible.groups,
		"actor_kind": string(actor.Kind), "actor_id": optional(actor.ID),
	}))
	return label, failure(err, "override %s of decision %s", field, decisionID)
}

const selectLabels = `
select l.id, l.ticket_id, l.decision_id, l.field, l.value, l.replaced, l.provenance, l.actor_kind, l.actor_id, l.created_at
from labels l join tickets t on t.id = l.ticket_id
where l.ticket_id = $1 and not t.is_sentinel
  and (t.restriction_group is null or $2 or t.restriction_group = any($3::text[]))
order by l.created_at desc, l.id desc`

// Labels lists what people said of a ticket, newest first. It is empty if the actor
// does not see the ticket.
func (db *DB) Labels(ctx context.Context, actor desk.Actor, ticketID uuid.UUID) ([]triage.Label, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return nil, err
	}
	labels, err := many[triage.Label](db.app.Query(ctx, selectLabels, ticketID, visible.everything, visible.groups))
	return labels, failure(err, "list labels of ticket %s", ticketID)
}

const importLabel = `
insert into labels (id, ticket_id, field, value, provenance, actor_kind, actor_id)
select $1, id, $3, $4, $5, $6, $7 from tickets where id = $2 and not is_sentinel and erased_at is null`

// AddLabel stores a label that answers no decision: a blind one, or one from the
// history before Signalbox. NotFound if there is no such ticket.
func (db *DB) AddLabel(ctx context.Context, actor desk.Actor, ticketID uuid.UUID, field, value string, provenance triage.Provenance) error {
	if provenance != triage.Blind && provenance != triage.ImportedHistory {
		return fault.Field(fault.Invalid, "provenance", "answers a decision", "use Override")
	}
	if !slices.Contains(labelled, field) || len(value) > maxLabelBytes {
		return fault.Field(fault.Unprocessable, "field", "is not decided, or its value is too long", "name intent, route, urgency …")
	}
	tag, err := db.app.Exec(ctx, importLabel, newID(), ticketID, field, value, string(provenance), string(actor.Kind), optional(actor.ID))
	if err == nil && tag.RowsAffected() == 0 {
		err = fault.New(fault.NotFound, "no such ticket")
	}
	return failure(err, "label ticket %s", ticketID)
}
