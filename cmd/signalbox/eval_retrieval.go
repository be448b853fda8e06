package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/report"
	"github.com/signalbox/signalbox/evals/retrievalsuite"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/retrieval"
)

// searchEvaluation is a command line of signalbox eval retrieval.
type searchEvaluation struct {
	outputs
	folder, beir, split, language string
	endpoint                      buildFlags
	cache                         string
}

func (s *shell) evalRetrieval() *cobra.Command {
	var e searchEvaluation
	command := &cobra.Command{
		Use: "retrieval", Short: "Judge search on documents, questions and judgements in the form of BEIR", Args: cobra.NoArgs,
		Long: `Fill a knowledge base with the documents of DIR/corpus.jsonl, ask the questions of
DIR/queries.jsonl and judge what is found by DIR/qrels/SPLIT.tsv: by words alone (BM25), by
meaning alone, and by both as served. Documents and questions go the way of production.

The knowledge base is a database of the run's own on a private Postgres under SIGNALBOX_DIR,
which is started if need be, and it is removed afterwards: no article of an installation is
read or touched, whatever DATABASE_URL says. Exit code 100: a gate was missed.`,
		Example: `  signalbox eval retrieval --beir scifact
  signalbox eval retrieval --beir help-centre --split train --language auto --json --out before.json
  signalbox eval retrieval --beir help-centre --embedding-url http://127.0.0.1:8080/v1 --embedding-model e5-small
  signalbox eval retrieval --beir help-centre --baseline before.json --gate gates.yaml --html report.html`,
		RunE: func(command *cobra.Command, _ []string) error {
			for _, name := range []string{"beir", "split", "language"} {
				if e.folder != "" && command.Flags().Changed(name) {
					return withCode(exitUsage, fault.Field(fault.Invalid, "--"+name, "does not go with --suite", "write it into suite.yaml, or leave --suite out"))
				}
			}
			if err := errors.Join(e.checkFiles(), e.checkEndpoint()); err != nil {
				return withCode(exitUsage, err)
			}
			return s.runSearchEvaluation(command.Context(), e)
		},
	}
	flags := command.Flags()
	flags.StringVar(&e.folder, "suite", "", "folder with a suite.yaml that names data and gates")
	flags.StringVar(&e.beir, "beir", "", "folder with corpus.jsonl, queries.jsonl and qrels")
	flags.StringVar(&e.split, "split", "test", "file of qrels to judge by, without its ending")
	flags.StringVar(&e.language, "language", "auto", "language of all texts, such as en; auto detects that of each, as in production")
	flags.StringVar(&e.endpoint.url, "embedding-url", "", "OpenAI-compatible endpoint to embed with instead of the built-in table; its key is SIGNALBOX_EMBEDDING_KEY")
	flags.StringVar(&e.endpoint.model, "embedding-model", "", "its embedding model")
	flags.IntVar(&e.endpoint.dimension, "embedding-dimension", 0, "dimensions to ask it for, 1-3072 (the model's own)")
	flags.StringVar(&e.endpoint.documentPrefix, "document-prefix", "", "what the model wants before a passage")
	flags.StringVar(&e.endpoint.queryPrefix, "query-prefix", "", "what the model wants before a question")
	flags.Float64Var(&e.endpoint.denseWeight, "dense-weight", unsetWeight, "how much meaning counts beside words, 0-1 (0.4 for an endpoint, 0.2 for the built-in table): choose it on training questions")
	flags.StringVar(&e.cache, "cache", ".signalbox/embeddings", "folder where that model's embeddings are kept")
	e.register(command)
	return s.withJSON(command)
}

func (s *shell) runSearchEvaluation(ctx context.Context, e searchEvaluation) error {
	suite := &retrievalsuite.Suite{Directory: e.beir, Split: e.split, Language: e.language}
	var judges judges
	if e.folder != "" {
		folder, err := evals.ReadFolder(e.folder)
		if err != nil {
			return err
		}
		if suite, err = retrievalsuite.FromFolder(folder); err != nil {
			return err
		}
		judges.gates = folder.Gates
		if e.baseline == "" {
			e.baseline = folder.Baseline
		}
	}
	if err := e.readJudges(&judges); err != nil {
		return err
	}
	suite.Version, suite.Progress = version, s.evalProgress()
	suite.Open = func(ctx context.Context) (*retrievalsuite.Engine, error) { return s.searchEngine(ctx, e) }
	found, err := suite.Run(ctx)
	if err != nil {
		return err
	}
	return s.finish(e.outputs, found, judges, presentRetrieval)
}

func presentRetrieval(found *evals.Report) presentation {
	detail := found.Detail.(*retrievalsuite.Report)
	if found.Gates != nil {
		detail.Result.Gates = found.Gates
	}
	detail.Result.Baseline = found.Comparison
	return presentation{
		detail.Result, detail.Result.Warnings,
		func(to io.Writer) error { return report.RetrievalText(to, detail.Result) },
		func(to io.Writer) error { return report.RetrievalHTML(to, detail) },
	}
}

// searchEngine makes an empty knowledge base in a database of its own.
func (s *shell) searchEngine(ctx context.Context, e searchEvaluation) (_ *retrievalsuite.Engine, err error) {
	config, err := s.settings()
	if err != nil {
		return nil, err
	}
	servers, err := local.Open(ctx, local.Config{
		Dir: config.Dir, PGBin: config.PGBin, PostgresMajor: config.PostgresMajor, Durable: true, Messages: s.stderr, WantPostgres: true,
	})
	if err != nil {
		return nil, withCode(exitUnavailable, err)
	}
	base := &app{config: config, log: s.logger(config), servers: servers}
	database := fmt.Sprintf("signalbox_eval_%d", os.Getpid())
	closing := func() error {
		base.dropDatabase(context.WithoutCancel(ctx), database)
		return base.close()
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, closing())
		}
	}()
	base.dropAbandoned(ctx)
	urls, err := servers.EnsureDatabase(ctx, database)
	if err != nil {
		return nil, withCode(exitUnavailable, err)
	}
	if err := migrations.Up(ctx, urls.Migrate, migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}); err != nil {
		return nil, err
	}
	if base.db, err = postgres.Open(ctx, postgres.Config{URL: urls.App, CustomerURL: urls.Customer, MaxConns: 4, CustomerMaxConns: 4}); err != nil {
		return nil, err
	}
	embedder, err := embedding.Default()
	if err != nil {
		return nil, err
	}
	parameters := retrieval.DefaultParameters()
	if e.endpoint.denseWeight >= 0 {
		parameters.DenseWeight, parameters.LexicalWeight = e.endpoint.denseWeight, 1-e.endpoint.denseWeight
	} else if e.endpoint.url != "" {
		parameters.DenseWeight, parameters.LexicalWeight = migrations.EndpointWeight, 1-migrations.EndpointWeight
	}
	engine := &retrievalsuite.Engine{
		Load: loadInto(postgres.NewKnowledge(base.db)), Settle: func(ctx context.Context) error { return analyze(ctx, urls.Migrate) },
		Usual: postgres.NewCustomerSearch(base.db, parameters), Deep: postgres.NewDeepSearch(base.db, parameters),
		Embedder: embedder, Parameters: parameters, Close: closing,
	}
	if e.endpoint.url != "" {
		err = e.useEndpoint(ctx, base, urls.Migrate, engine)
	}
	return engine, err
}

// loadInto stores documents as an ingest does. Keys are unique, so none is refused.
func loadInto(knowledge *postgres.Knowledge) func(context.Context, []retrieval.Prepared) error {
	return func(ctx context.Context, batch []retrieval.Prepared) error {
		groups := make([]retrieval.Group, len(batch))
		for i, each := range batch {
			groups[i] = retrieval.Group{Writes: []retrieval.Write{{Article: each.Article, Chunks: each.Chunks}}}
		}
		refusals, err := knowledge.SaveAll(ctx, groups)
		for _, refusal := range refusals {
			if err == nil && refusal != nil {
				err = refusal
			}
		}
		return err
	}
}

// analyze gathers the planner's statistics at once, and not when autovacuum gets to it.
func analyze(ctx context.Context, url string) error {
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	_, err = connection.Exec(ctx, "vacuum analyze")
	if err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	return nil
}

// dropAbandoned removes what runs that were killed left behind.
func (a *app) dropAbandoned(ctx context.Context) {
	admin, err := pgx.Connect(ctx, a.servers.AdminURL("postgres"))
	if err != nil {
		return
	}
	defer func() { _ = admin.Close(context.WithoutCancel(ctx)) }()
	rows, err := admin.Query(ctx, `select datname from pg_database d where datname ~ '^signalbox_eval_[0-9]+$'
		and not exists (select from pg_stat_activity s where s.datid = d.oid)`)
	if err != nil {
		return
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return
	}
	for _, name := range names {
		// Without force: a run that is just beginning is let be.
		_, _ = admin.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize())
	}
}
