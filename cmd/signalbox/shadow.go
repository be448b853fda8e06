package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/evals/report"
	"github.com/signalbox/signalbox/evals/shadow"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// historyFlags name a history and its columns.
type historyFlags struct {
	path, encoding string
	columns        []string
}

func (h *historyFlags) register(command *cobra.Command, flag bool) {
	flags := command.Flags()
	if flag {
		flags.StringVar(&h.path, "history", "", "CSV or JSONL of past tickets")
	}
	flags.StringArrayVar(&h.columns, "column", nil, "FIELD=NAME of a column that is called otherwise, such as route=\"Assigned team\" (repeatable)")
	flags.StringVar(&h.encoding, "encoding", "", "encoding of the file, such as windows-1252 (UTF-8)")
}

func (h *historyFlags) read(ctx context.Context) (*history.History, error) {
	if h.path == "" {
		return nil, withCode(exitUsage, fault.Field(fault.Invalid, "--history", "is missing", "name a CSV or JSONL file of past tickets"))
	}
	columns, err := history.ParseColumns(h.columns)
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	return history.Read(ctx, dataset.Source{Flag: "--history", Path: h.path, Encoding: h.encoding}, columns)
}

// shadowFlags are a command line of signalbox shadow.
type shadowFlags struct {
	historyFlags
	target, delta float64
	fields        []string
	seed          uint64
	html, folder  string
	apply         bool
}

func (s *shell) shadow() *cobra.Command {
	var f shadowFlags
	command := &cobra.Command{
		Use: "shadow", Short: "Replay past tickets: what would have been done alone, and how often rightly", Args: cobra.NoArgs,
		Long: `Replay a history in the order of time: learn from the oldest 60 %, choose the confidences from
which on to act on the next 20 %, so that the target is reached with a probability of 90 %, and
verify once on the newest 20 %. Threads and near-duplicates count as one; an intent without
enough labels stays a suggestion. The history needs the tickets' text and the labels that people
left: intent, route, kind or priority; times, languages, tiers, and reassignments are used where
there are columns. Columns are found under their usual names, or named with --column.

--html writes the first-hour report, one page to forward. --apply puts taxonomy, model and
thresholds in force, which signalbox policy rollback and train --rollback take back. A run that
was killed goes on from its trained model. Without --apply no database is used.`,
		Example: `  signalbox shadow --history tickets.csv --target 0.95
  signalbox shadow --history export.jsonl --column route="Assigned team" --html first-hour.html
  signalbox shadow --history tickets.csv --target 0.97 --apply`,
		RunE: func(command *cobra.Command, _ []string) error { return s.runShadow(command.Context(), f) },
	}
	f.register(command, true)
	flags := command.Flags()
	flags.Float64Var(&f.target, "target", 0.95, "precision to promise, 0.5-0.999")
	flags.Float64Var(&f.delta, "delta", 0.1, "probability with which the promise may be broken, 0.001-0.5")
	flags.StringSliceVar(&f.fields, "field", nil, "fields to judge (those of intent, route, kind and priority that are labelled)")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of the training")
	flags.StringVar(&f.html, "html", "", "write the first-hour report to this file")
	flags.StringVar(&f.folder, "work", ".signalbox/shadow", "folder that keeps the trained model for another run; off keeps none")
	flags.BoolVar(&f.apply, "apply", false, "put the taxonomy, the model and the thresholds in force")
	return s.withJSON(command)
}

func (s *shell) runShadow(ctx context.Context, f shadowFlags) error {
	past, err := f.read(ctx)
	if err != nil {
		return err
	}
	if !f.apply {
		return s.replayHistory(ctx, f, past, nil)
	}
	return s.with(ctx, needs{}, func(app *app) error { return s.replayHistory(ctx, f, past, app) })
}

// replayHistory runs the replay, shows it, and applies it where there is a database to
// apply it to.
func (s *shell) replayHistory(ctx context.Context, f shadowFlags, past *history.History, app *app) error {
	config := shadow.Config{
		Target: f.target, Delta: f.delta, Fields: f.fields, Policy: triage.DefaultPolicy(), Seed: f.seed, Folder: f.folder, Version: version, Progress: s.evalProgress(),
	}
	if f.folder == "off" {
		config.Folder = ""
	}
	if app != nil {
		var err error
		if config.Policy, err = app.policy(ctx); err != nil {
			return err
		}
		if config.Known, err = app.taxonomy(ctx); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	found, err := shadow.Run(ctx, config, past)
	if err != nil {
		return err
	}
	if f.html != "" {
		if err := writePage(f.html, func(to io.Writer) error { return report.FirstHour(to, found) }); err != nil {
			return err
		}
	}
	err = s.print(found.Result, func() { err = report.ShadowText(s.stdout, found.Result) })
	if err != nil || app == nil {
		return err
	}
	return s.applyShadow(ctx, app, found)
}

// applyShadow puts what was replayed in force: the model, whose thresholds these are, its
// taxonomy, and the policy, which comes last, so that it never acts with another model.
func (s *shell) applyShadow(ctx context.Context, app *app, found *shadow.Report) error {
	if err := app.put(ctx, settingTaxonomy, found.Taxonomy); err != nil {
		return err
	}
	record, _, err := app.store(ctx, found.Model)
	if err != nil {
		return err
	}
	if err := app.db.Promote(ctx, operator, record.ID); err != nil {
		return err
	}
	after, changes, err := app.applyPolicy(ctx, found.Policy)
	if err != nil {
		return err
	}
	s.notef("\nmodel %d is current and version %d of the policy is in force:\n", record.Version, after.Version)
	for _, line := range changeLines(changes) {
		s.notef("  %s\n", line)
	}
	s.notef("signalbox policy rollback and signalbox train --rollback go back.\n")
	return nil
}

// writePage writes a page beside and renames it, so that no half page is left.
func writePage(path string, write func(io.Writer) error) (err error) {
	path = filepath.Clean(path)
	file, err := os.CreateTemp(filepath.Dir(path), ".page-*")
	if err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--html", "cannot be written", "name a file in a folder that is there"))
	}
	defer func() { _ = os.Remove(file.Name()) }() // it is gone once renamed
	if err := errors.Join(write(file), file.Chmod(0o644), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(file.Name(), path)
}
