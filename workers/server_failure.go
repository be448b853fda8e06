package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/hibiken/asynq"

	"github.com/signalbox/signalbox/internal/fault"
)

// failPatience bounds closing the row of a task that was given up. If it is not
// enough, the relay's sweep finds the archived task.
const failPatience = 10 * time.Second

// failed hears of every failed attempt; the last one closes the outbox row.
func (s *Server) failed(ctx context.Context, task *asynq.Task, err error) {
	retried, _ := asynq.GetRetryCount(ctx)
	most, _ := asynq.GetMaxRetry(ctx)
	last := errors.Is(err, asynq.SkipRetry) || counts(err) && retried >= most // as Asynq decides
	s.metrics.failures.WithLabelValues(task.Type(), strconv.FormatBool(last)).Inc()
	id, _ := asynq.GetTaskID(ctx)
	s.logger.Warn("task failed", "kind", task.Type(), "task_id", id, "retried", retried, "last", last, "error", err)
	work, unknown := workOf(id)
	if !last || unknown != nil {
		return
	}
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), failPatience)
	defer cancel()
	if err := s.failer.FailWork(patient, work, fault.Safe(err).Message); err != nil {
		s.logger.Error("failed task's row stays open", "task_id", id, "error", err)
	}
}

// quietLogger passes on what Asynq says of itself, as far as it is not said by
// failed or isolate already.
type quietLogger struct{ logger *slog.Logger }

// Debug is not wanted.
func (quietLogger) Debug(...any) {}

// Info is not wanted.
func (quietLogger) Info(...any) {}

// Warn is not wanted: it repeats every failed task.
func (quietLogger) Warn(...any) {}

// Error is what Asynq cannot do, mostly for want of Redis.
func (q quietLogger) Error(args ...any) { q.logger.Error("asynq", "message", fmt.Sprint(args...)) }

// Fatal is logged as an error: ending the process is not a library's business.
func (q quietLogger) Fatal(args ...any) { q.logger.Error("asynq", "message", fmt.Sprint(args...)) }
