package postgres

import (
	"context"
	_ "embed" // the statements
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

var (
	//go:embed tickets_list_newest.sql
	listNewest string
	//go:embed tickets_list_priority.sql
	listByPriority string
)

// The sizes of a page of tickets.
const (
	defaultPage = 50
	largestPage = 200
)

// Tickets lists what the actor sees, a page at a time, without erased tickets. The
// cursor leads to the next page and is empty on the last one. A list by priority
// may miss or repeat a ticket whose priority changes between two pages.
func (db *DB) Tickets(ctx context.Context, actor desk.Actor, filter triage.QueueFilter) ([]triage.Queued, string, error) {
	visible, err := sightOf(actor)
	if err != nil {
		return nil, "", err
	}
	after, err := readCursor(filter.After)
	if err != nil {
		return nil, "", err
	}
	limit := filter.Limit
	if limit == 0 {
		limit = defaultPage
	}
	limit = min(max(limit, 1), largestPage)
	sql := listNewest
	if filter.Order == triage.PriorityFirst {
		sql = listByPriority
	}
	rows, err := db.app.Query(ctx, sql, pgx.NamedArgs{
		"everything": visible.everything, "groups": visible.groups,
		"status": string(filter.Status), "outcome": string(filter.Outcome), "intent": filter.Intent, "route": filter.Route,
		"after_id": optional(after.ID), "after_time": after.Time, "after_priority": after.Priority, "limit": limit + 1,
	})
	if err != nil {
		return nil, "", failure(err, "list tickets")
	}
	listed, err := pgx.CollectRows(rows, scanQueued)
	if err != nil {
		return nil, "", failure(err, "list tickets")
	}
	if len(listed) <= limit {
		return listed, "", nil
	}
	listed = listed[:limit]
	last := listed[limit-1]
	return listed, cursor{last.Ticket.ID, last.Ticket.CreatedAt, last.Priority}.String(), nil
}

func scanQueued(row pgx.CollectableRow) (triage.Queued, error) {
	var queued triage.Queued
	err := row.Scan(append(ticketFields(&queued.Ticket), &queued.Outcome, &queued.Intent, &queued.Route, &queued.Priority)...)
	return queued, err
}

// cursor names the last row of a page.
type cursor struct {
	ID       uuid.UUID
	Time     time.Time
	Priority int
}

// String makes a cursor opaque.
func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // only a year beyond 9999 cannot be marshalled
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// readCursor reads what String made; "" is the first page.
func readCursor(text string) (cursor, error) {
	var read cursor
	if text == "" {
		return read, nil
	}
	wrong := fault.Field(fault.Invalid, "after", "is not a cursor of this list", "send the cursor of the page before")
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(decoded, &read) != nil || read.ID == uuid.Nil {
		return cursor{}, wrong
	}
	if year := read.Time.Year(); year < 1970 || year > 9999 || read.Priority < -1 || read.Priority > 100 {
		return cursor{}, wrong
	}
	return read, nil
}
