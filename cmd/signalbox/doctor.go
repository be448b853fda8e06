package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

// check is one line of the doctor's report.
type check struct {
	Name   string `json:"name"`
	Level  string `json:"level"` // ok, advice or problem
	Found  string `json:"found"`
	Remedy string `json:"remedy,omitempty"`
	// SQL is what a database administrator may run, if that is the remedy.
	SQL []string `json:"sql,omitempty"`
}

const (
	levelOK      = "ok"
	levelAdvice  = "advice"
	levelProblem = "problem"
)

func (s *shell) doctor() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "doctor", Short: "Check everything and say what to do about each finding", Args: cobra.NoArgs,
		Example: "  signalbox doctor\n  signalbox doctor --json",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{redis: true}, func(app *app) error {
				checks := app.examine(command.Context())
				err := s.print(checks, func() {
					for _, check := range checks {
						s.printf("%-8s %-12s %s\n", check.Level, check.Name, check.Found)
						if check.Remedy != "" {
							s.printf("%21s → %s\n", "", check.Remedy)
						}
					}
				})
				for _, check := range checks {
					if check.Level == levelProblem && err == nil {
						err = withCode(exitFailed, errors.New("doctor found a problem"))
					}
				}
				return err
			})
		},
	})
}

// examine makes every check; one that fails does not stop the others.
func (a *app) examine(ctx context.Context) []check {
	var checks []check
	for _, examine := range []func(context.Context) []check{
		a.examineDatabase, a.examineSeparation, a.examineCatalogue, a.examineRedis, a.examineBacklog, a.examineModels, a.examineKnowledge, a.examineSources, a.examineDisk,
	} {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		checks = append(checks, examine(ctx)...)
		cancel()
	}
	return checks
}

func problem(name string, err error, remedy string) []check {
	safe := fault.Safe(err)
	if remedy == "" {
		remedy = safe.Remedy
	}
	return []check{{name, levelProblem, safe.Message, remedy, nil}}
}

func (a *app) examineDatabase(ctx context.Context) []check {
	versions, err := a.db.ServerVersions(ctx)
	if err != nil {
		return problem("database", err, "start Postgres, or mend DATABASE_URL")
	}
	checks := []check{{"database", levelOK, "Postgres " + versions.Postgres, "", nil}}
	if versions.PostgresNumber < 150000 {
		checks[0] = check{"database", levelProblem, "Postgres " + versions.Postgres, "upgrade to 15 or newer", nil}
	}
	pgvector := check{"pgvector", levelOK, "pgvector " + versions.Vector, "", nil}
	if !versions.VectorEnough {
		pgvector.Level, pgvector.Remedy = levelProblem, "upgrade pgvector to 0.8 or newer: ALTER EXTENSION vector UPDATE;"
	}
	checks = append(checks, pgvector)
	if err := a.db.Readiness(ctx); err != nil {
		return append(checks, problem("migrations", err, "run signalbox migrate up")...)
	}
	return append(checks, check{"migrations", levelOK, "up to date", "", nil})
}

func (a *app) examineSeparation(ctx context.Context) []check {
	findings, err := a.db.Separation(ctx)
	if err != nil {
		return problem("separation", err, "")
	}
	var checks []check
	for _, finding := range findings {
		checks = append(checks, check{"separation", levelProblem, finding.Subject + " " + finding.Problem, finding.Remedy, nil})
	}
	if checks == nil {
		checks = []check{{"separation", levelOK, "the customer login reads public leaves and its own tickets, nothing else", "", nil}}
	}
	return checks
}

func (a *app) examineCatalogue(ctx context.Context) []check {
	hardening, err := a.db.CatalogueHardening(ctx)
	if err != nil {
		return problem("catalogue", err, "")
	}
	if len(hardening.Open) == 0 {
		return []check{{"catalogue", levelOK, "closed to the customer login", "", nil}}
	}
	return []check{{
		Name: "catalogue", Level: levelAdvice, SQL: hardening.SQL,
		Found:  fmt.Sprintf("%d catalogue views and functions tell the customer login row counts and sizes, never text", len(hardening.Open)),
		Remedy: "optional, for a superuser: docs/how-to/harden.md; signalbox doctor --json holds the SQL",
	}}
}

func (a *app) examineRedis(ctx context.Context) []check {
	info, err := a.redis.ConfigGet(ctx, "maxmemory-policy").Result()
	if err != nil {
		if pingErr := a.redis.Ping(ctx).Err(); pingErr != nil {
			return []check{{"redis", levelProblem, "does not answer; hooks are accepted, nothing is decided", "start Redis, or mend REDIS_URL", nil}}
		}
		return []check{{"redis", levelOK, "answers (its settings are not shown to us)", "", nil}}
	}
	if policy := info["maxmemory-policy"]; policy != "noeviction" {
		return []check{{"redis", levelAdvice, "may evict keys: maxmemory-policy is " + policy, "set maxmemory-policy noeviction; lost tasks come back from the outbox, later", nil}}
	}
	return []check{{"redis", levelOK, "answers, and evicts nothing", "", nil}}
}

func (a *app) examineBacklog(ctx context.Context) []check {
	backlog, err := a.db.Backlog(ctx)
	if err != nil {
		return problem("work", err, "")
	}
	checks := []check{{"work", levelOK, fmt.Sprintf("%d open, %d failed", backlog.Open, backlog.Failed), "", nil}}
	if backlog.Failed > 0 {
		checks[0].Level, checks[0].Remedy = levelAdvice, "signalbox jobs list, then signalbox jobs retry ID"
	}
	if backlog.Lag > time.Minute {
		checks = append(checks, check{"work", levelProblem, fmt.Sprintf("the oldest waits since %s", backlog.Lag.Round(time.Second)), "start signalbox work", nil})
	}
	return checks
}

func (a *app) examineModels(ctx context.Context) []check {
	checks := []check{}
	id, err := a.db.CurrentModelID(ctx, modelKind)
	switch {
	case err != nil:
		checks = append(checks, problem("model", err, "")...)
	case id == uuid.Nil:
		checks = append(checks, check{"model", levelAdvice, "no triage model: every ticket goes to a person", "signalbox train --taxonomy intents.yaml", nil})
	default:
		record, artifact, err := a.db.Model(ctx, id)
		if err != nil {
			return append(checks, problem("model", err, "")...)
		}
		if _, err := a.build(ctx, record, artifact); err != nil {
			return append(checks, problem("model", err, "signalbox train")...)
		}
		checks = append(checks, check{"model", levelOK, fmt.Sprintf("triage model %d of %s", record.Version, record.CreatedAt.Format(time.DateOnly)), "", nil})
	}
	writer, err := a.writer()
	switch {
	case err != nil:
		checks = append(checks, problem("drafts", err, "")...)
	case writer == nil:
		checks = append(checks, check{"drafts", levelOK, "built in; set OPENAI_BASE_URL to have a model write them", "", nil})
	default:
		checks = append(checks, check{"drafts", levelOK, "written by " + writer.Name(), "", nil})
	}
	return checks
}

// examineSources names sources whose last run failed or skipped files.
func (a *app) examineSources(ctx context.Context) []check {
	sources, err := postgres.NewKnowledge(a.db).Sources(ctx)
	if err != nil {
		return problem("sources", err, "")
	}
	var checks []check
	for _, source := range sources {
		switch source.LastState {
		case retrieval.RunFailed:
			checks = append(checks, check{"sources", levelProblem, "the last run of " + printable(source.Name) + " failed", "signalbox source sync " + printable(source.Name) + " says why", nil})
		case retrieval.RunPartial:
			checks = append(checks, check{"sources", levelAdvice, "the last run of " + printable(source.Name) + " skipped files", "signalbox source list --json names them", nil})
		}
	}
	if checks == nil {
		checks = []check{{"sources", levelOK, "no source is in trouble", "", nil}}
	}
	return checks
}

func (a *app) examineKnowledge(ctx context.Context) []check {
	knowledge, err := a.knowledge()
	if err != nil {
		return problem("embedding", err, "the binary is damaged: install it anew")
	}
	space, err := knowledge.store.CurrentSpace(ctx)
	switch {
	case err != nil:
		return problem("embedding", err, "")
	case space.Identity == "":
		return []check{{"embedding", levelAdvice, "no article is ingested yet", "signalbox ingest DIR --audience public", nil}}
	}
	bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := knowledge.spaces.Open(bounded, space); err != nil {
		remedy := fault.Safe(err).Remedy
		if remedy == "" {
			remedy = "start the endpoint, or signalbox embeddings switch " + retrieval.BuiltInName + "; until then the words alone are searched"
		}
		return problem("embedding", err, remedy)
	}
	missing, err := knowledge.store.CountUnembedded(ctx, space.ID)
	if err != nil {
		return problem("embedding", err, "")
	}
	if missing > 0 && space.URL != "" {
		return []check{{"embedding", levelAdvice, fmt.Sprintf("%d passages have no vector in %s", missing, space.Name), "signalbox embeddings build with the space's flags", nil}}
	}
	return []check{{"embedding", levelOK, space.Name + ": " + space.Identity, "", nil}}
}

// leastDisk is what a private server should have left.
const leastDisk = 1 << 30

func (a *app) examineDisk(context.Context) []check {
	if a.servers == nil {
		return []check{{"disk", levelOK, "the servers' disks are looked after by whoever runs them", "", nil}}
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(a.config.Dir, &stat); err != nil {
		return problem("disk", fault.Wrap(fault.Internal, err, "cannot be asked"), "")
	}
	free := stat.Bavail * uint64(stat.Bsize) //nolint:gosec // a block size is positive
	if free < leastDisk {
		return []check{{"disk", levelProblem, fmt.Sprintf("%d MB are free", free>>20), "make room, or set SIGNALBOX_DIR to another disk", nil}}
	}
	return []check{{"disk", levelOK, fmt.Sprintf("%d GB are free", free>>30), "", nil}}
}
