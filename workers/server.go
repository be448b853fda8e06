package workers

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/internal/fault"
)

// ServerConfig says how tasks are run. Zero values mean the defaults.
type ServerConfig struct {
	Queue       string // DefaultQueue
	Concurrency int    // tasks at a time: 1 to 1000, 16 (they share commits, so more than there are cores)
	// CheckInterval is how long an idle server sleeps before it asks Redis again, and
	// so most of an idle system's latency: 1 ms to 1 s, 25 ms.
	CheckInterval time.Duration
	// ShutdownTimeout is how long running tasks may go on at a shutdown before they
	// are handed back to the queue: 100 ms to 5 min, 10 s.
	ShutdownTimeout time.Duration
}

func (c ServerConfig) withDefaults() ServerConfig {
	if c.Queue == "" {
		c.Queue = DefaultQueue
	}
	if c.Concurrency == 0 {
		c.Concurrency = 16
	}
	if c.CheckInterval == 0 {
		c.CheckInterval = 25 * time.Millisecond
	}
	if c.ShutdownTimeout == 0 {
		c.ShutdownTimeout = 10 * time.Second
	}
	return c
}

// Validate names the first value that is out of range.
func (c ServerConfig) Validate() error {
	c = c.withDefaults()
	switch {
	case c.Concurrency < 1 || c.Concurrency > 1000:
		return fault.Field(fault.Invalid, "Concurrency", "is out of range", "use 1 to 1000")
	case c.CheckInterval < time.Millisecond || c.CheckInterval > time.Second:
		return fault.Field(fault.Invalid, "CheckInterval", "is out of range", "use 1ms to 1s")
	case c.ShutdownTimeout < 100*time.Millisecond || c.ShutdownTimeout > 5*time.Minute:
		return fault.Field(fault.Invalid, "ShutdownTimeout", "is out of range", "use 100ms to 5m")
	}
	return nil
}

// Failer closes a row whose task was given up.
type Failer interface {
	FailWork(ctx context.Context, id uuid.UUID, reason string) error
}

// Server runs handlers for the tasks of one queue.
type Server struct {
	asynq   *asynq.Server
	mux     *asynq.ServeMux
	failer  Failer
	logger  *slog.Logger
	metrics *Metrics
}

// NewServer returns a server for these handlers, one a kind. The Redis client stays
// the caller's.
func NewServer(config ServerConfig, client redis.UniversalClient, failer Failer, logger *slog.Logger, metrics *Metrics, handlers ...Handler) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	config = config.withDefaults()
	server := &Server{mux: asynq.NewServeMux(), failer: failer, logger: logger, metrics: metrics}
	for _, handler := range handlers {
		server.mux.Handle(handler.Kind(), server.isolate(handler))
	}
	server.asynq = asynq.NewServerFromRedisClient(client, asynq.Config{
		Concurrency: config.Concurrency, Queues: map[string]int{config.Queue: 1},
		TaskCheckInterval: config.CheckInterval, DelayedTaskCheckInterval: time.Second,
		ShutdownTimeout: config.ShutdownTimeout, RetryDelayFunc: retryDelay, IsFailure: counts,
		ErrorHandler: asynq.ErrorHandlerFunc(server.failed),
		Logger:       quietLogger{logger}, LogLevel: asynq.WarnLevel,
	})
	return server, nil
}

// Start begins to run tasks and returns.
func (s *Server) Start() error { return wrap(s.asynq.Start(s.mux), "start worker") }

// Shutdown takes no further tasks and waits for those that run; what is not done
// in time goes back to the queue.
func (s *Server) Shutdown() { s.asynq.Shutdown() }

// isolate runs a handler, measures it, and turns a panic into an error: the
// message of a panic may hold text from outside, so only its place is logged.
func (s *Server) isolate(handler Handler) asynq.Handler {
	return asynq.HandlerFunc(func(ctx context.Context, task *asynq.Task) (err error) {
		started := time.Now()
		defer func() {
			if recover() != nil {
				s.logger.Error("task panicked", "kind", handler.Kind(), "stack", string(debug.Stack()))
				err = fault.New(fault.Internal, "the task's handler panicked")
			}
			s.metrics.seconds.WithLabelValues(handler.Kind()).Observe(time.Since(started).Seconds())
		}()
		id, _ := asynq.GetTaskID(ctx)
		work, err := workOf(id)
		if err != nil {
			return final(err)
		}
		return final(handler.Handle(ctx, work, task.Payload()))
	})
}
