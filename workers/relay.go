package workers

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/desk"
)

// Outbox hands out open rows and takes back those that could not be enqueued.
type Outbox interface {
	TakeUnsent(ctx context.Context, epoch string, limit int) ([]desk.Work, error)
	GiveBack(ctx context.Context, ids []uuid.UUID) error
	FailWork(ctx context.Context, id uuid.UUID, reason string) error
}

// Sweeper finds rows again whose tasks may be lost, and counts what waits.
type Sweeper interface {
	TakeStale(ctx context.Context, epoch string, age time.Duration, limit int) ([]desk.Work, error)
	ForgetOtherEpochs(ctx context.Context, epoch string) (int64, error)
	Backlog(ctx context.Context) (desk.Backlog, error)
}

// RelayStore is what a relay needs of the database.
type RelayStore interface {
	Outbox
	Sweeper
}

// gather is how long a nudged relay waits for further rows.
const gather = 4 * time.Millisecond

// longestBackoff bounds the wait while Redis or the database is down.
const longestBackoff = 5 * time.Second

// Relay carries outbox rows to Asynq. Any number of processes may run one: rows
// are taken with SKIP LOCKED.
type Relay struct {
	config    RelayConfig
	store     RelayStore
	redis     redis.UniversalClient
	inspector *asynq.Inspector
	logger    *slog.Logger
	metrics   *Metrics
	nudged    chan struct{}

	// Of the Run goroutine alone.
	client    *asynq.Client
	epoch     string
	checked   time.Time // when the epoch was last read
	swept     time.Time
	unhealthy bool
}

// NewRelay returns a relay that Run starts. The Redis client stays the caller's.
func NewRelay(config RelayConfig, store RelayStore, client redis.UniversalClient, logger *slog.Logger, metrics *Metrics) (*Relay, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	return &Relay{
		config: config.withDefaults(), store: store, redis: client, logger: logger, metrics: metrics,
		inspector: asynq.NewInspectorFromRedisClient(client), client: asynq.NewClientFromRedisClient(client),
		nudged: make(chan struct{}, 1),
	}, nil
}

// Nudge says that a row was committed. It never waits.
func (r *Relay) Nudge() {
	select {
	case r.nudged <- struct{}{}:
	default: // a nudge is waiting already, and covers this row too
	}
}

// Run carries rows until ctx ends. While Redis or the database is down it waits,
// longer each time, and says so once; rows stay unsent meanwhile.
func (r *Relay) Run(ctx context.Context) {
	backoff := time.Duration(0)
	for {
		err := r.pass(ctx)
		if ctx.Err() != nil {
			return
		}
		r.report(err)
		if err == nil {
			backoff = 0
			r.wait(ctx, r.config.Poll, r.nudged)
			// Rows of the next moment come along: under load, one pass then serves many.
			r.wait(ctx, gather, nil)
			continue
		}
		r.checked = time.Time{}
		backoff = min(max(2*backoff, 100*time.Millisecond), longestBackoff)
		r.wait(ctx, backoff, nil)
	}
}

func (r *Relay) wait(ctx context.Context, most time.Duration, nudged <-chan struct{}) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-nudged:
	}
}

// report logs when the relay falls ill and when it recovers.
func (r *Relay) report(err error) {
	switch {
	case err != nil && !r.unhealthy:
		r.logger.Warn("relay waits", "error", err)
	case err == nil && r.unhealthy:
		r.logger.Info("relay works again")
	}
	r.unhealthy = err != nil
}

// pass does what is due: the epoch, the sweep, and all unsent rows.
func (r *Relay) pass(ctx context.Context) error {
	if now := time.Now(); now.Sub(r.checked) >= r.config.Poll {
		if err := r.checkEpoch(ctx); err != nil {
			return err
		}
		r.checked = now
	}
	if now := time.Now(); now.Sub(r.swept) >= r.config.StaleAfter/7 {
		if err := r.sweep(ctx); err != nil {
			return err
		}
		r.swept = now
	}
	for ctx.Err() == nil {
		work, err := r.store.TakeUnsent(ctx, r.epoch, r.config.Batch)
		if err != nil {
			return err
		}
		if err := r.send(ctx, work, false); err != nil {
			return err
		}
		if len(work) < r.config.Batch {
			return nil
		}
	}
	return ctx.Err()
}
