package workers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/desk"
)

// tidyPatience bounds giving rows back when the relay ends.
const tidyPatience = 5 * time.Second

// send enqueues rows that were taken. What could not be enqueued is given back,
// and if even that fails the sweep finds it. It returns the first error.
func (r *Relay) send(ctx context.Context, work []desk.Work, stale bool) error {
	if len(work) == 0 {
		return nil
	}
	orphans := sync.OnceValues(r.orphans)
	var mutex sync.Mutex
	var unsent []uuid.UUID
	var group errgroup.Group
	group.SetLimit(r.config.Senders)
	for _, row := range work {
		group.Go(func() error {
			err := r.sendOne(ctx, row, stale, orphans)
			if err != nil {
				mutex.Lock()
				unsent = append(unsent, row.ID)
				mutex.Unlock()
			}
			return err
		})
	}
	err := group.Wait()
	r.metrics.sent.Add(float64(len(work) - len(unsent)))
	if len(unsent) > 0 {
		patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyPatience)
		defer cancel()
		err = errors.Join(err, r.store.GiveBack(patient, unsent))
	}
	return err
}

// sendOne enqueues a row. If its task exists already, its state decides: one that
// waits or runs is fine, an archived one has failed.
func (r *Relay) sendOne(ctx context.Context, row desk.Work, stale bool, orphans func() (map[string]bool, error)) error {
	_, err := r.client.EnqueueContext(ctx, newTask(row, r.config.Queue, false))
	if err == nil || !errors.Is(err, asynq.ErrTaskIDConflict) {
		return wrap(err, "enqueue work %s", row.ID)
	}
	id := taskID(row.ID, row.Kind)
	info, err := r.inspector.GetTaskInfo(r.config.Queue, id)
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound), errors.Is(err, asynq.ErrQueueNotFound):
		return nil // it has just ended; if its row stays open, the sweep comes back
	case err != nil:
		return wrap(err, "inspect task of work %s", row.ID)
	case info.State == asynq.TaskStateArchived:
		return r.archived(ctx, row, id)
	case info.State == asynq.TaskStateActive && stale:
		return r.adopt(ctx, row, id, orphans)
	}
	return nil
}

// archived closes the row of a task that Asynq has given up, unless a person has
// asked for another try: then the old task makes room for a new one.
func (r *Relay) archived(ctx context.Context, row desk.Work, id string) error {
	if !row.Reopened {
		return r.store.FailWork(ctx, row.ID, "its task was given up and archived")
	}
	if err := r.inspector.DeleteTask(r.config.Queue, id); err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
		return wrap(err, "delete archived task of work %s", row.ID)
	}
	_, err := r.client.EnqueueContext(ctx, newTask(row, r.config.Queue, false))
	return wrap(err, "enqueue work %s", row.ID)
}

// adopt enqueues the row of a task a second time if its worker has died. Asynq
// would notice by itself, but only a minute or two later.
func (r *Relay) adopt(ctx context.Context, row desk.Work, id string, orphans func() (map[string]bool, error)) error {
	orphaned, err := orphans()
	if err != nil {
		return wrap(err, "list orphaned tasks")
	}
	if !orphaned[id] {
		return nil
	}
	_, err = r.client.EnqueueContext(ctx, newTask(row, r.config.Queue, true))
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	return wrap(err, "enqueue work %s again", row.ID)
}

// orphans lists the active tasks whose worker has let its lease run out.
func (r *Relay) orphans() (map[string]bool, error) {
	const page = 1000
	orphaned := map[string]bool{}
	for number := 1; ; number++ {
		tasks, err := r.inspector.ListActiveTasks(r.config.Queue, asynq.PageSize(page), asynq.Page(number))
		if err != nil {
			return nil, err
		}
		for _, task := range tasks {
			if task.IsOrphaned {
				orphaned[task.ID] = true
			}
		}
		if len(tasks) < page {
			return orphaned, nil
		}
	}
}

// sweep looks after rows that were enqueued long ago, and counts what waits.
func (r *Relay) sweep(ctx context.Context) error {
	backlog, err := r.store.Backlog(ctx)
	if err != nil {
		return err
	}
	r.metrics.outboxOpen.Set(float64(backlog.Open))
	r.metrics.outboxFailed.Set(float64(backlog.Failed))
	r.metrics.lag.Set(backlog.Lag.Seconds())
	for ctx.Err() == nil {
		work, err := r.store.TakeStale(ctx, r.epoch, r.config.StaleAfter, r.config.Batch)
		if err != nil {
			return err
		}
		if err := r.send(ctx, work, true); err != nil {
			return err
		}
		if len(work) < r.config.Batch {
			return nil
		}
	}
	return ctx.Err()
}

// wrap adds the operation to an error.
func wrap(err error, operation string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(operation+": %w", append(args, err)...)
}
