package postgres

import (
	"context"
	_ "embed" // the statement
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

//go:embed labels_training.sql
var labelledTickets string

// trainingPage is how many tickets are loaded at once.
const trainingPage = 200

// labelledTicket is a ticket's newest labels.
type labelledTicket struct {
	ID     uuid.UUID
	Labels map[string]string
	Weight float64
}

// TrainingExamples calls use with every labelled ticket in the order of IDs,
// without erased people, sentinels, and what is kept to compare models on. An example shows a ticket as it was before
// the first answer, at the time it was opened: what became known later would not
// be known when the model decides. It stops at use's first error.
func (db *DB) TrainingExamples(ctx context.Context, use func(triage.Example) error) error {
	return db.examples(ctx, false, use)
}

// examples pages through the tickets that are learned from, or through those that are
// kept to compare models on.
func (db *DB) examples(ctx context.Context, kept bool, use func(triage.Example) error) error {
	after := uuid.Nil
	for {
		page, err := many[labelledTicket](db.app.Query(ctx, labelledTickets, after, trainingPage, kept))
		if err != nil {
			return failure(err, "list labelled tickets")
		}
		if len(page) == 0 {
			return nil
		}
		if err := db.useExamples(ctx, page, use); err != nil {
			return err
		}
		after = page[len(page)-1].ID
	}
}

// useExamples loads a page's tickets in one round trip.
func (db *DB) useExamples(ctx context.Context, page []labelledTicket, use func(triage.Example) error) error {
	loaded := make([]loadedInput, len(page))
	var batch pgx.Batch
	for i, ticket := range page {
		loaded[i].queue(&batch, ticket.ID)
	}
	if err := db.app.SendBatch(ctx, &batch).Close(); err != nil {
		return failure(err, "load labelled tickets")
	}
	for i, ticket := range page {
		if loaded[i].erased {
			continue // between the two queries
		}
		example := triage.Example{Input: asOpened(loaded[i].input), Labels: ticket.Labels, Weight: ticket.Weight}
		if err := use(example); err != nil {
			return err
		}
	}
	return nil
}

// asOpened takes away what became known after the ticket's first messages.
func asOpened(input triage.Input) triage.Input {
	answered := slices.IndexFunc(input.Messages, func(message desk.Message) bool { return message.AuthorKind == desk.ByAgent })
	if answered >= 0 {
		input.Messages = input.Messages[:answered]
	}
	input.Now = input.Ticket.CreatedAt
	input.Ticket.Status = desk.StatusOpen
	input.RecentTickets, input.OutageReports, input.IncidentOpen = 0, 0, false
	input.Monitored, input.StatusBefore, input.Assigned = "", "", false
	input.Previous, input.Edits, input.Quiet, input.Merged = nil, nil, nil, false
	return input
}
