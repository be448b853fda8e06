package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/ingestbench"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) benchIngest() *cobra.Command {
	var config ingestbench.Config
	command := &cobra.Command{
		Use: "ingest", Short: "Markdown files to searchable articles, with the built-in embedding", Args: cobra.NoArgs,
		Long: `Make Markdown articles of about 300 invented words in four languages, and ingest them on a
private server with durable commits: read, split, analyse, embed, store, index. Then ingest
the same files again, which finds nothing to do. The database is made for the run and dropped
after it.`,
		Example: "  signalbox bench ingest\n  signalbox bench ingest --articles 1000 --json",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := config.Validate(); err != nil {
				return withCode(exitUsage, err)
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				result, err := s.runIngestBench(command.Context(), app, config)
				if err != nil {
					return err
				}
				return s.print(result, func() {
					s.printf("%d articles of %d words, %d chunks, in %.1f s: %.0f files a second\n", result.Articles, result.Words, result.Chunks, result.Seconds, result.PerSecond)
					s.printf("again, unchanged, in %.1f s\n", result.AgainSeconds)
				})
			})
		},
	}
	command.Flags().IntVar(&config.Articles, "articles", 10_000, "how many articles")
	command.Flags().Uint64Var(&config.Seed, "seed", 1, "seed of the articles")
	return s.withJSON(command)
}

func (s *shell) runIngestBench(ctx context.Context, base *app, config ingestbench.Config) (result ingestbench.Result, err error) {
	if base.servers == nil {
		return result, withCode(exitUsage, fmt.Errorf("bench ingest measures a private server: unset DATABASE_URL"))
	}
	run := *base
	name := fmt.Sprintf("signalbox_bench_%d", os.Getpid())
	urls, err := base.servers.EnsureDatabase(ctx, name)
	if err != nil {
		return result, err
	}
	defer base.dropDatabase(context.WithoutCancel(ctx), name)
	if err := migrations.Up(ctx, urls.Migrate, migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}); err != nil {
		return result, err
	}
	if run.db, err = postgres.Open(ctx, postgres.Config{URL: urls.App, CustomerURL: urls.Customer}); err != nil {
		return result, err
	}
	defer run.db.Close()
	knowledge, err := run.knowledge()
	if err != nil {
		return result, err
	}
	meter := s.meter("articles")
	defer meter.end()
	config.Progress = func(p retrieval.Progress) { meter.show(p.Done, p.Total, p.PerSecond, p.Left) }
	return ingestbench.Run(ctx, config, knowledge.ingester())
}
