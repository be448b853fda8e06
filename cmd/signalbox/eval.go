package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/triagesuite"
)

func (s *shell) eval() *cobra.Command {
	return group("eval", "Measure the engine on labelled tickets; no database is needed",
		"  signalbox eval triage --train past.csv --test recent.csv --text-column subject,body --label-column intent",
		s.evalTriage())
}

// evaluation is a command line of signalbox eval triage.
type evaluation struct {
	files  triagesuite.Files
	config triagesuite.Config
}

func (s *shell) evalTriage() *cobra.Command {
	var e evaluation
	command := &cobra.Command{
		Use: "triage", Short: "Train and judge the triage engine on labelled tickets", Args: cobra.NoArgs,
		Example: `  signalbox eval triage --train past.csv --test recent.csv --text-column subject,body --label-column intent,route
  signalbox eval triage --train all.csv --text-column body --label-column intent --html report.html`,
		RunE: func(command *cobra.Command, _ []string) error { return s.runEvalTriage(command.Context(), e) },
	}
	flags := command.Flags()
	flags.StringVar(&e.files.Train, "train", "", "")
	flags.StringVar(&e.files.Valid, "valid", "", "")
	flags.StringVar(&e.files.Test, "test", "", "")
	flags.StringSliceVar(&e.files.Columns.Text, "text-column", nil, "")
	flags.StringSliceVar(&e.files.Columns.Labels, "label-column", nil, "")
	flags.StringVar(&e.files.Columns.Language, "language-column", "", "")
	flags.StringVar(&e.files.Columns.Channel, "channel-column", "", "")
	flags.StringVar(&e.files.Encoding, "encoding", "", "")
	flags.StringVar(&e.files.Format, "format", "", "")
	flags.StringVar(&e.files.Data, "data", "", "")
	flags.IntVar(&e.files.Limit, "limit", 0, "")
	flags.Uint64Var(&e.files.Seed, "seed", 1, "")
	flags.StringVar(&e.config.OutOfScope, "oos-label", "", "")
	flags.IntVar(&e.config.FewShot, "few-shot", 0, "")
	flags.IntVar(&e.config.Seeds, "seeds", 0, "")
	flags.Float64SliceVar(&e.config.Targets, "target", nil, "")
	flags.Float64Var(&e.config.Cost, "oos-cost", 0, "")
	return s.withJSON(command)
}

func (s *shell) runEvalTriage(ctx context.Context, e evaluation) error {
	if e.files.Format == triagesuite.ClincFormat && e.config.OutOfScope == "" {
		e.config.OutOfScope = "oos"
	}
	e.config.Seed = e.files.Seed
	data, err := triagesuite.Load(ctx, e.files)
	if err != nil {
		return err
	}
	embedder, err := triagesuite.NewBuiltIn()
	if err != nil {
		return err
	}
	meter, start := s.meter(""), time.Now()
	e.config.Progress = func(stage string, done, total int) {
		if meter.what != stage {
			meter.what, start = stage, time.Now()
		}
		rate := float64(done) / time.Since(start).Seconds()
		meter.show(done, total, rate, time.Duration(float64(total-done)/max(rate, 1e-3)*float64(time.Second)))
	}
	report, err := triagesuite.Run(ctx, e.config, data, embedder)
	meter.end()
	if err != nil {
		return err
	}
	report.Result.Version = version
	for _, warning := range report.Result.Warnings {
		s.notef("note: %s\n", strings.TrimSpace(warning))
	}
	return s.print(report.Result, func() {})
}
