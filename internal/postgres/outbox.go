package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Taking a row marks it as handed out before it reaches Redis: nobody waits for a
// lock while it is enqueued, and a crash in between is found by TakeStale. A row
// that a person reopened keeps finished_at until it is handed out again.
const takeUnsent = `
with taken as (
  select id, finished_at is not null as reopened
  from outbox
  where state = 'open' and enqueued_at is null
  order by created_at
  limit $2
  for update skip locked
)
update outbox o
set enqueued_at = clock_timestamp(), enqueued_epoch = $1, attempts = o.attempts + 1, finished_at = null
from taken
where o.id = taken.id
returning o.id, o.kind, o.payload, o.state, o.reason, o.attempts, taken.reopened, o.created_at, o.finished_at`

// TakeUnsent hands out up to limit open rows that no relay has enqueued, oldest
// first, and marks them with the epoch of the Redis that they go to.
func (db *DB) TakeUnsent(ctx context.Context, epoch string, limit int) ([]desk.Work, error) {
	work, err := many[desk.Work](db.line.Query(ctx, takeUnsent, epoch, limit))
	return work, failure(err, "take unsent work")
}

const takeStale = `
with taken as (
  select id
  from outbox
  where state = 'open' and enqueued_at < now() - $2::interval
    and enqueued_at < now() - $2::interval * least(attempts, 8)
  order by enqueued_at
  limit $3
  for update skip locked
)
update outbox o
set enqueued_at = clock_timestamp(), enqueued_epoch = $1, attempts = o.attempts + 1
from taken
where o.id = taken.id
returning o.id, o.kind, o.payload, o.state, o.reason, o.attempts, false, o.created_at, o.finished_at`

// TakeStale hands out up to limit open rows again that were enqueued longer than
// age ago; a row that was handed out n times must be n times as old, up to 8.
func (db *DB) TakeStale(ctx context.Context, epoch string, age time.Duration, limit int) ([]desk.Work, error) {
	work, err := many[desk.Work](db.line.Query(ctx, takeStale, epoch, age, limit))
	return work, failure(err, "take stale work")
}

const giveBack = `
update outbox set enqueued_at = null, attempts = greatest(attempts - 1, 0)
where id = any($1) and state = 'open'`

// GiveBack returns rows that could not be enqueued.
func (db *DB) GiveBack(ctx context.Context, ids []uuid.UUID) error {
	_, err := db.line.Exec(ctx, giveBack, ids)
	return failure(err, "give back work")
}

const forgetEpoch = `
update outbox set enqueued_at = null
where state = 'open' and enqueued_at is not null and enqueued_epoch is distinct from $1`

// ForgetOtherEpochs marks the open rows that went to a Redis of another epoch as
// unsent: what they became there is lost. It returns how many there were.
func (db *DB) ForgetOtherEpochs(ctx context.Context, epoch string) (int64, error) {
	tag, err := db.line.Exec(ctx, forgetEpoch, epoch)
	return tag.RowsAffected(), failure(err, "forget other epochs")
}

const failWork = `
update outbox set state = 'failed', reason = $2, finished_at = now()
where id = $1 and state = 'open'`

// FailWork closes an open row as failed. The reason is shown to the owner and
// holds no outside text.
func (db *DB) FailWork(ctx context.Context, id uuid.UUID, reason string) error {
	_, err := db.line.Exec(ctx, failWork, id, reason)
	return failure(err, "fail work %s", id)
}

const finishWork = `
update outbox set state = 'done', reason = '', finished_at = now()
where id = $1 and state <> 'done'`

// FinishWork closes a row as done, for work that has nothing to store.
func (db *DB) FinishWork(ctx context.Context, id uuid.UUID) error {
	_, err := db.line.Exec(ctx, finishWork, id)
	return failure(err, "finish work %s", id)
}

const retryWork = `
update outbox set state = 'open', enqueued_at = null, reason = ''
where id = $1 and state = 'failed'`

// RetryWork reopens a failed row. It returns NotFound if there is no such failed row.
func (db *DB) RetryWork(ctx context.Context, id uuid.UUID) error {
	tag, err := db.line.Exec(ctx, retryWork, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = fault.New(fault.NotFound, "no failed job has this ID")
	}
	return failure(err, "retry work %s", id)
}
