package samplecompany

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
)

// What a model sees must not come from after the label was given.
func TestInputsHoldNothingLater(t *testing.T) {
	t.Parallel()
	company := load(t)
	seen := map[uuid.UUID]string{}
	for _, ticket := range company.Tickets {
		input := company.Input(ticket)
		if len(input.Messages) != 1 || !input.Messages[0].SentAt.Equal(ticket.CreatedAt) || !input.Now.Equal(ticket.CreatedAt) {
			t.Errorf("ticket %s: %d messages at %v, want the first one only", ticket.ID, len(input.Messages), input.Now)
		}
		if other, used := seen[input.Ticket.ID]; used {
			t.Errorf("tickets %s and %s have the same ID", ticket.ID, other)
		}
		seen[input.Ticket.ID] = ticket.ID
		if !reflect.DeepEqual(input, company.Input(ticket)) {
			t.Errorf("ticket %s: a second look gives another input", ticket.ID)
		}
	}
}

func TestRecentTicketsAreThoseBefore(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }
	company := &Company{Tickets: []Ticket{
		{ID: "long ago", CustomerID: "a", CreatedAt: day(0)},
		{ID: "before", CustomerID: "a", CreatedAt: day(50)},
		{ID: "another's", CustomerID: "b", CreatedAt: day(55)},
		{ID: "now", CustomerID: "a", CreatedAt: day(60)},
		{ID: "after", CustomerID: "a", CreatedAt: day(61)},
	}}
	if got := company.recentTickets(company.Tickets[3]); got != 1 {
		t.Errorf("%d recent tickets, want only the one of ten days before", got)
	}
}

func TestExamplesCarryTheLabels(t *testing.T) {
	t.Parallel()
	company := load(t)
	train, _ := company.Split()
	examples := company.Examples(train)
	for i, example := range examples {
		if want := company.labels[train[i].ID].Fields(); !reflect.DeepEqual(example.Labels, want) || example.Weight != 1 {
			t.Errorf("ticket %s: labels %v of weight %v, want %v of weight 1", train[i].ID, example.Labels, example.Weight, want)
		}
	}
}
