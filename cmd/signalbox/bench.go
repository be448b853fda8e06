package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/evals/intakebench"
	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/triage"
)

func (s *shell) bench() *cobra.Command {
	return group("bench", "Measure this machine", "  signalbox bench intake", s.benchIntake(), s.benchIngest(), s.benchSearch(), s.benchTriage(), s.benchFuzz(), s.benchFlood(), s.benchFloodClients())
}

func (s *shell) benchIntake() *cobra.Command {
	var settings intakebench.Config
	command := &cobra.Command{
		Use: "intake", Short: "Hook to stored decision, beside a no-op task and a one-row insert", Args: cobra.NoArgs,
		Long: `Measure on private servers, with durable commits: no-op tasks a second, one-row inserts a
second, tickets a second from the signed hook to the stored decision, and the latency of that
way at a steady rate. Server, worker and sender share this process. The database is made for
the run and dropped after it.`,
		Example: "  signalbox bench intake\n  signalbox bench intake --json --rate 100 --for 20s",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{redis: true}, func(app *app) error {
				result, err := s.runBench(command.Context(), app, settings)
				if err != nil {
					return err
				}
				return s.print(result, func() {
					s.printf("no-op tasks        %8.0f a second\n", result.NoopPerSecond)
					s.printf("one-row inserts    %8.0f a second\n", result.InsertsPerSecond)
					s.printf("hook to decision   %8.0f tickets a second, %.0f %% of the no-op rate\n", result.TicketsPerSecond, 100*result.ShareOfNoop)
					s.printf("at a steady rate   p50 %.0f ms, p95 %.0f ms, p99 %.0f ms\n", result.P50, result.P95, result.P99)
				})
			})
		},
	}
	command.Flags().IntVar(&settings.Tickets, "tickets", 0, "tickets at full speed (8000)")
	command.Flags().IntVar(&settings.Rate, "rate", 0, "tickets a second of the latency part (100)")
	command.Flags().DurationVar(&settings.For, "for", 0, "length of the latency part (20s)")
	command.Flags().IntVar(&settings.Noops, "noops", 0, "no-op tasks (20000)")
	command.Flags().IntVar(&settings.Inserts, "inserts", 0, "one-row inserts (10000)")
	command.Flags().IntVar(&settings.Clients, "clients", 0, "connections that send (16)")
	return s.withJSON(command)
}

// benchRun is a service of its own for one measurement.
type benchRun struct {
	*app
	database   string
	company    *samplecompany.Company
	service    *service
	hook       string
	secret     string
	bodies     [][]byte
	connection uuid.UUID
}

func (s *shell) runBench(ctx context.Context, base *app, settings intakebench.Config) (result intakebench.Result, err error) {
	if base.servers == nil {
		return result, withCode(exitUsage, fmt.Errorf("bench intake measures private servers: unset DATABASE_URL and REDIS_URL"))
	}
	run, err := s.prepareBench(ctx, base)
	if err != nil {
		return result, err
	}
	defer func() { run.db.Close(); base.dropDatabase(context.WithoutCancel(ctx), run.database) }()
	ctx, stop := context.WithCancel(ctx)
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error { return run.service.run(ctx) })
	running.Go(func() error { return run.runWorker(ctx, run.service.relay, run.service.worker, false) })
	result, err = intakebench.Run(ctx, settings, intakebench.Target{
		Redis: base.redis, Post: run.post, Decided: run.decided, DecidedAt: run.decidedAt, Insert: run.insert,
	})
	stop()
	return result, firstError(err, running.Wait())
}

// prepareBench makes an empty database with a trained model and one connection.
func (s *shell) prepareBench(ctx context.Context, base *app) (*benchRun, error) {
	copied := *base
	run := &benchRun{app: &copied, database: fmt.Sprintf("signalbox_bench_%d", os.Getpid())}
	urls, err := base.servers.EnsureDatabase(ctx, run.database)
	if err != nil {
		return nil, err
	}
	if err := migrations.Up(ctx, urls.Migrate, migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}); err != nil {
		return nil, err
	}
	run.config.Listen, run.config.MetricsListen = "127.0.0.1:0", "off"
	if run.db, err = postgres.Open(ctx, postgres.Config{URL: urls.App, CustomerURL: urls.Customer, MaxConns: 24}); err != nil {
		return nil, err
	}
	if run.company, err = samplecompany.Load(); err != nil {
		return nil, err
	}
	if err := run.teach(ctx); err != nil {
		return nil, err
	}
	connection, secret, err := postgres.NewConnections(run.db, run.box).CreateConnection(ctx, operator, postgres.NewConnection{Kind: "generic", Name: "bench"})
	if err != nil {
		return nil, err
	}
	run.connection, run.secret = connection.ID, secret
	if run.service, err = run.newService(ctx); err != nil {
		return nil, err
	}
	run.hook = "http://" + run.service.listener.Addr().String() + "/v1/hooks/" + connection.ID.String()
	return run, run.readBodies()
}

// teach trains on the sample company, so that deciding costs what it costs.
func (b *benchRun) teach(ctx context.Context) error {
	past, _ := b.company.Split()
	model, err := triage.Train(ctx, b.company.Examples(past), b.company.Taxonomy, triage.Options{Seed: 1})
	if err != nil {
		return err
	}
	record, _, err := b.store(ctx, model)
	if err != nil {
		return err
	}
	return b.db.Promote(ctx, operator, record.ID)
}

// placeholder stands for the ID of an event and its ticket.
const placeholder = "bench-0000000000"

// readBodies keeps each sample ticket's first event, with placeholders for its IDs,
// so that sending one costs the sender little.
func (b *benchRun) readBodies() error {
	for _, ticket := range b.company.Tickets {
		events, err := b.company.Events(ticket)
		if err != nil {
			return err
		}
		var event map[string]any
		if err := json.Unmarshal(events[0], &event); err != nil {
			return err
		}
		event["event_id"] = placeholder
		if named, ok := event["ticket"].(map[string]any); ok {
			named["id"] = placeholder
		}
		body, err := json.Marshal(event)
		if err != nil {
			return err
		}
		b.bodies = append(b.bodies, body)
	}
	return nil
}

// post sends sample ticket i anew, under an ID of its own.
func (b *benchRun) post(ctx context.Context, i int) error {
	body := bytes.ReplaceAll(b.bodies[i%len(b.bodies)], []byte(placeholder), fmt.Appendf(nil, "bench-%d", i))
	_, err := postEvent(ctx, b.hook, b.secret, body)
	return err
}

func (b *benchRun) decided(ctx context.Context) (int64, error) {
	return b.db.CountDecisions(ctx)
}

func (b *benchRun) decidedAt(ctx context.Context, first int) (map[int]time.Time, error) {
	return b.db.DecisionTimes(ctx, b.connection, "bench-", first)
}

func (b *benchRun) insert(ctx context.Context) error { return b.db.InsertOneRow(ctx) }
