package workers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// DefaultQueue is the Asynq queue unless a configuration names another.
const DefaultQueue = "signalbox"

// Handler does one kind of work. It closes the outbox row itself, in the
// transaction that stores its result. A fault of kind Unavailable is retried until
// it is over, one of kind Unprocessable is not retried, anything else is retried a
// limited number of times.
type Handler interface {
	Kind() string
	Handle(ctx context.Context, work uuid.UUID, payload json.RawMessage) error
}

// limits are how long a task may run and how often it is tried again.
type limits struct {
	timeout time.Duration
	retries int
}

// limitsOf stands here and not beside the handlers since a relay also enqueues
// kinds whose handlers run in another process.
func limitsOf(kind string) limits {
	switch kind {
	case TriageKind:
		return limits{timeout: 30 * time.Second, retries: 8}
	case ExpireKind, DriftKind:
		return limits{timeout: 10 * time.Minute, retries: 3}
	case TrainKind:
		return limits{timeout: 2 * time.Hour, retries: 2}
	case ImportKind, SyncKind:
		return limits{timeout: 2 * time.Hour, retries: 5}
	default:
		return limits{timeout: time.Minute, retries: 8}
	}
}

// newTask makes the Asynq task of an outbox row. again distinguishes it from an
// earlier task of the row whose worker has died.
func newTask(work desk.Work, queue string, again bool) *asynq.Task {
	limit := limitsOf(work.Kind)
	id := taskID(work.ID, work.Kind)
	if again {
		id = fmt.Sprintf("%s:again-%d", id, work.Attempts)
	}
	return asynq.NewTask(work.Kind, work.Payload,
		asynq.TaskID(id), asynq.Queue(queue), asynq.Timeout(limit.timeout), asynq.MaxRetry(limit.retries))
}

func taskID(work uuid.UUID, kind string) string { return work.String() + ":" + kind }

// workOf returns the outbox row that a task ID belongs to.
func workOf(taskID string) (uuid.UUID, error) {
	id, _, found := strings.Cut(taskID, ":")
	if !found {
		return uuid.Nil, fault.New(fault.Unprocessable, "the task has no outbox row")
	}
	work, err := uuid.Parse(id)
	if err != nil || len(id) != 36 {
		return uuid.Nil, fault.New(fault.Unprocessable, "the task has no outbox row")
	}
	return work, nil
}

// final marks an error that no retry can mend.
func final(err error) error {
	if fault.Is(err, fault.Unprocessable) {
		return errors.Join(err, asynq.SkipRetry)
	}
	return err
}

// counts reports whether an error uses up one of a task's retries: an outage of
// the database or a model does not.
func counts(err error) bool { return !fault.Is(err, fault.Unavailable) }

// retryDelay waits one second, then twice as long each time, up to five minutes,
// spread by its payload so that tasks which failed together don't return together.
func retryDelay(retried int, _ error, task *asynq.Task) time.Duration {
	delay := min(time.Second<<min(retried, 9), 5*time.Minute)
	spread := 0
	for _, letter := range task.Payload() {
		spread = (spread*31 + int(letter)) % 1000
	}
	return delay + delay*time.Duration(spread)/2000
}
