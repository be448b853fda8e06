package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/workers"
)

func (s *shell) work() *cobra.Command {
	return &cobra.Command{
		Use: "work", Short: "Run jobs: decide tickets, import articles, expire payloads", Args: cobra.NoArgs,
		Long: `Run jobs from the queue. It is stateless and can run many times. A new model is used
within seconds and without a restart. On a signal, running jobs finish or are handed back.`,
		Example: "  signalbox work\n  SIGNALBOX_CONCURRENCY=32 signalbox work",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{redis: true, running: true}, func(app *app) error {
				registry := newRegistry()
				metrics := workers.NewMetrics(registry)
				relay, err := workers.NewRelay(workers.RelayConfig{}, app.db, app.redis, app.log, metrics)
				if err != nil {
					return err
				}
				s.notef("signalbox %s works\n", version)
				group, ctx := errgroup.WithContext(command.Context())
				group.Go(func() error { return app.serveMetrics(ctx, registry) })
				group.Go(func() error { return app.runWorker(ctx, relay, metrics, true) })
				return group.Wait()
			})
		},
	}
}

// runWorker runs jobs until ctx ends; with runRelay it carries outbox rows too.
func (a *app) runWorker(ctx context.Context, relay *workers.Relay, metrics *workers.Metrics, runRelay bool) error {
	if err := a.db.Readiness(ctx); err != nil {
		return err
	}
	if err := a.awaitRedis(ctx, runRelay); err != nil || ctx.Err() != nil {
		return err
	}
	decider, err := a.decider(ctx)
	if err != nil {
		return err
	}
	knowledge, err := a.knowledge()
	if err != nil {
		return err
	}
	keeper := a.keeper(knowledge)
	blind := workers.NewBlindWatch(a.db, a.box.MAC("blind sample").Sum(nil), a.log)
	server, err := workers.NewServer(workers.ServerConfig{Concurrency: a.config.Concurrency}, a.redis, a.db, a.log, metrics,
		workers.NewTriage(workers.NewLoadedTickets(a.db, a.db, decider.NeedsLoad), a.db, decider, blind, nil, metrics), workers.NewExpire(a.db),
		workers.NewImport(keeper, a.db), workers.NewSync(keeper, a.db), workers.NewSyncDue(knowledge.store, relay.Nudge),
		workers.NewDrift(a.db, metrics, a.log), workers.NewTrain(a.trainNightly, a.db, a.log))
	if err != nil {
		return err
	}
	schedule, err := workers.NewSchedule(append(workers.DefaultEntries(), workers.KnowledgeEntry(), workers.DriftEntry(), workers.TrainEntry()), a.db, relay.Nudge, a.log)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { decider.Run(ctx); return nil })
	group.Go(func() error { blind.Run(ctx); return nil })
	group.Go(func() error { schedule.Run(ctx); return nil })
	if runRelay {
		group.Go(func() error { relay.Run(ctx); return nil })
	}
	err = group.Wait()
	server.Shutdown()
	return err
}

// awaitRedis waits for Redis, or until ctx ends. Alone, a worker has nothing to do
// without it and gives up after a while; beside an API it waits on, since hooks
// are accepted meanwhile.
func (a *app) awaitRedis(ctx context.Context, alone bool) error {
	const patience = 30 * time.Second
	for start := time.Now(); ; {
		err := a.redis.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		if alone && time.Since(start) > patience {
			return fault.Wrap(fault.Unavailable, err, "REDIS_URL: Redis does not answer; start it, or mend the address")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(200 * time.Millisecond):
		}
	}
}
