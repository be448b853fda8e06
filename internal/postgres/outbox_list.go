package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// IDs are of version 7, so that their order is the order of creation.
const listWork = `
select id, kind, payload, state, reason, attempts,
       state = 'open' and enqueued_at is null and finished_at is not null, created_at, finished_at
from outbox
where state = $1 and ($2::uuid is null or id < $2)
order by id desc
limit $3`

// ListWork lists the rows of a state, newest first, before the row with the ID
// `before` (the zero UUID starts at the newest). limit is 1–500.
func (db *DB) ListWork(ctx context.Context, state desk.WorkState, before uuid.UUID, limit int) ([]desk.Work, error) {
	work, err := many[desk.Work](db.app.Query(ctx, listWork, string(state), optional(before), min(max(limit, 1), 500)))
	return work, failure(err, "list work")
}

const backlog = `
select (select count(*) from outbox where state = 'open'),
       (select count(*) from outbox where state = 'failed'),
       coalesce((select now() - min(created_at) from outbox where state = 'open' and enqueued_at is null), '0')`

// Backlog counts what waits and what has failed.
func (db *DB) Backlog(ctx context.Context) (desk.Backlog, error) {
	counts, err := one[desk.Backlog](db.app.Query(ctx, backlog))
	return counts, failure(err, "count the backlog")
}

const scheduleWork = `
insert into outbox (id, kind, payload, name, slot)
values ($1, $2, $3, $4, $5)
on conflict (name, slot) where name is not null do nothing`

// ScheduleWork adds a row for this slot of a schedule unless some process has done
// so before, and reports whether it did. slot is the start of the slot.
func (db *DB) ScheduleWork(ctx context.Context, name, kind string, payload json.RawMessage, slot time.Time) (bool, error) {
	if name == "" {
		return false, failure(fault.Field(fault.Invalid, "name", "is empty", "name the schedule"), "schedule work")
	}
	tag, err := db.app.Exec(ctx, scheduleWork, newID(), kind, payload, name, slot)
	return tag.RowsAffected() == 1, failure(err, "schedule %s", name)
}
