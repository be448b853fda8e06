package intakebench

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// The no-op run as asynq's own benchmarks do it: few producers, more workers.
const (
	noopQueue     = "signalbox-bench-noop"
	noopProducers = 4
	noopWorkers   = 20
)

// noops returns how many tasks that do nothing Asynq enqueues and runs a second.
func noops(ctx context.Context, config Config, client redis.UniversalClient) (float64, error) {
	var done atomic.Int64
	server := asynq.NewServerFromRedisClient(client, asynq.Config{
		Concurrency: noopWorkers, Queues: map[string]int{noopQueue: 1}, TaskCheckInterval: 10 * time.Millisecond,
		LogLevel: asynq.FatalLevel,
	})
	err := server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		done.Add(1)
		return nil
	}))
	if err != nil {
		return 0, err
	}
	defer server.Shutdown()
	producer := asynq.NewClientFromRedisClient(client)
	enqueue := func(ctx context.Context, _ int) error {
		_, err := producer.EnqueueContext(ctx, asynq.NewTask("bench:noop", nil), asynq.Queue(noopQueue))
		return err
	}
	finish := Target{Decided: func(context.Context) (int64, error) { return done.Load(), nil }}
	return rate(ctx, config.Noops, noopProducers, enqueue, func() error { return awaitDecided(ctx, finish, int64(config.Noops)) })
}
