package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/searchbench"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) benchSearch() *cobra.Command {
	var config searchbench.Config
	command := &cobra.Command{
		Use: "search", Short: "Hybrid search on generated articles, beside a bare query of the index", Args: cobra.NoArgs,
		Long: `Load generated articles into a database of the private server, half of them internal, and
measure search: percentiles with one client, searches a second with four, agents' search
over both audiences, misspelt questions, suggestions, and how much of the exact ten best the
shortcuts keep. A bare query of the vectors' index and SELECT 1 are timed in the same run:
the ratios can be compared between machines. The database is dropped afterwards.`,
		Example: "  signalbox bench search\n  signalbox bench search --chunks 20000 --json",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := config.Validate(); err != nil {
				return withCode(exitUsage, err)
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				result, err := s.runSearchBench(command.Context(), app, config)
				if err != nil {
					return err
				}
				return s.print(result, func() { s.printSearchBench(result) })
			})
		},
	}
	command.Flags().IntVar(&config.Chunks, "chunks", 0, "chunks to load, half of them internal (200000)")
	command.Flags().IntVar(&config.Queries, "queries", 0, "questions (400)")
	command.Flags().Uint64Var(&config.Seed, "seed", 0, "what the texts are made from (1)")
	return s.withJSON(command)
}

func (s *shell) runSearchBench(ctx context.Context, base *app, config searchbench.Config) (result searchbench.Result, err error) {
	if base.servers == nil {
		return result, withCode(exitUsage, fmt.Errorf("bench search measures the private server: unset DATABASE_URL"))
	}
	name := fmt.Sprintf("signalbox_bench_search_%d", os.Getpid())
	urls, err := base.servers.EnsureDatabase(ctx, name)
	if err != nil {
		return result, err
	}
	defer base.dropDatabase(context.WithoutCancel(ctx), name)
	if err := migrations.Up(ctx, urls.Migrate, migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}); err != nil {
		return result, err
	}
	db, err := postgres.Open(ctx, postgres.Config{URL: urls.App, CustomerURL: urls.Customer, MaxConns: 8})
	if err != nil {
		return result, err
	}
	defer db.Close()
	parameters := retrieval.DefaultParameters()
	analyser, err := retrieval.NewAnalyser(parameters, func(string) string { return "en" })
	if err != nil {
		return result, err
	}
	meter := s.meter("chunks")
	defer meter.end()
	customers := postgres.NewCustomerSearch(db, parameters)
	return searchbench.Run(ctx, config, searchbench.Target{
		Owner: urls.Migrate, Customer: urls.Customer, Finder: customers, Exact: customers.Exact(),
		Agents: postgres.NewAgentSearch(db, parameters), Analyser: analyser,
		Progress: func(done, total int, perSecond float64, left time.Duration) {
			if meter.show(done, total, perSecond, left); done == total {
				meter.say("building indexes, then measuring")
			}
		},
	})
}

func (s *shell) printSearchBench(r searchbench.Result) {
	s.printf("%d chunks, %d of them internal, loaded in %.0f s\n", r.Chunks, r.Internal, r.LoadSeconds)
	for _, line := range []struct {
		name  string
		times searchbench.Times
	}{
		{"hybrid, one client", r.Hybrid}, {"agents, both audiences", r.Agents}, {"misspelt", r.Misspelt},
		{"suggestions", r.Suggest}, {"bare index query", r.BareHNSW}, {"SELECT 1", r.SelectOne},
	} {
		s.printf("%-24s p50 %6.2f  p95 %6.2f  p99 %6.2f ms\n", line.name, line.times.P50, line.times.P95, line.times.P99)
	}
	s.printf("hybrid, four clients     %.0f a second\n", r.PerSecond)
	s.printf("of the exact ten best    %.3f by words, %.3f by meaning\n", r.OverlapLexical, r.OverlapDense)
	s.printf("hybrid is %.1f bare index queries, %.0f SELECT 1; agents' p95 is %.2f of the customers'\n", r.ToHNSW, r.ToSelectOne, r.AgentsRatio)
}
