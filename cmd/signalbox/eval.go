package main

import (
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/triagesuite"
)

func (s *shell) eval() *cobra.Command {
	return group("eval", "Measure triage on labelled tickets, search on judged questions, and separation",
		"  signalbox eval triage --train past.csv --test recent.csv --text-column subject,body --label-column intent\n  signalbox eval retrieval --beir scifact",
		s.evalTriage(), s.evalRetrieval(), s.evalSafety(), s.evalHistory(), s.evalImport())
}

// evaluation is a command line of signalbox eval triage.
type evaluation struct {
	outputs
	folder                       string // a suite's; "" for flags
	files                        triagesuite.Files
	config                       triagesuite.Config
	embeddingURL, embeddingModel string
	cache                        string
}

// outputs are the flags that every suite has.
type outputs struct {
	gates, baseline        string
	html, junit, out, runs string
}

// standardRuns is where runs are kept.
const standardRuns = ".signalbox/evals"

func (s *shell) evalTriage() *cobra.Command {
	var e evaluation
	command := &cobra.Command{
		Use: "triage", Short: "Train and judge the triage engine on labelled tickets", Args: cobra.NoArgs,
		Long: `Train on labelled tickets as production does, choose thresholds on rows that are neither
trained nor tested on, and say what they are worth on the test rows: how often the answer is
right, how true its confidence is, and how many tickets it could handle alone at which
precision. Any CSV (comma, semicolon, tab or bar) or JSONL serves. Nothing leaves this machine
unless --embedding-url names a model server.

Without --test the training rows are cross-validated, five-fold. Exit code 100: a gate was missed.`,
		Example: `  signalbox eval triage --train past.csv --test recent.csv --text-column subject,body --label-column intent,route
  signalbox eval triage --train all.jsonl --text-column body --label-column intent --html report.html
  signalbox eval triage --train past.csv --test recent.csv --text-column text --label-column intent --few-shot 10 --seeds 5 --json
  signalbox eval triage --format clinc150 --data data_full.json
  signalbox eval triage --suite evals/samplecompany/suite --baseline before.json --gate gates.yaml`,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := e.checkFolder(command.Flags().Changed); err != nil {
				return withCode(exitUsage, err)
			}
			return s.runEvaluation(command.Context(), e)
		},
	}
	e.dataFlags(command)
	e.outputFlags(command)
	return s.withJSON(command)
}

// dataFlags say what is measured; a suite's folder says the same.
func (e *evaluation) dataFlags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&e.folder, "suite", "", "folder with a suite.yaml that names data, columns and gates")
	flags.StringVar(&e.files.Train, "train", "", "CSV or JSONL file to learn from")
	flags.StringVar(&e.files.Valid, "valid", "", "file to calibrate and choose thresholds on; without it, on what training holds out")
	flags.StringVar(&e.files.Test, "test", "", "file to judge on; without it, cross-validation of --train")
	flags.StringSliceVar(&e.files.Columns.Text, "text-column", nil, "columns of the text: the first is the subject, if there are several")
	flags.StringSliceVar(&e.files.Columns.Labels, "label-column", nil, "columns of the labels; an empty cell is unlabelled")
	flags.StringVar(&e.files.Columns.Language, "language-column", "", "column of the language, for slices (detected)")
	flags.StringVar(&e.files.Columns.Channel, "channel-column", "", "column of the channel, for slices")
	flags.StringVar(&e.files.Encoding, "encoding", "", "encoding of the files, such as windows-1252 (utf-8)")
	flags.StringVar(&e.files.Format, "format", "", "clinc150 for a --data file that holds all splits")
	flags.StringVar(&e.files.Data, "data", "", "file in the form of --format")
	flags.IntVar(&e.files.Limit, "limit", 0, "most rows of each file, drawn by the seed (all)")
	flags.Uint64Var(&e.files.Seed, "seed", 1, "seed of training, sampling and folds")
	flags.StringVar(&e.config.OutOfScope, "oos-label", "", "label of rows that no other label fits")
	flags.Float64Var(&e.config.Cost, "oos-cost", 0, "in-scope accuracy that may be lost to find those (0.01)")
	flags.IntVar(&e.config.FewShot, "few-shot", 0, "learn from this many examples a label only")
	flags.IntVar(&e.config.Seeds, "seeds", 0, "trainings to average (5 with --few-shot, else 1)")
	flags.Float64SliceVar(&e.config.Targets, "target", nil, "precision to keep when acting alone; repeatable (0.90, 0.95, 0.98)")
}

// outputFlags go with a suite's folder, too.
func (e *evaluation) outputFlags(command *cobra.Command) {
	e.register(command)
	flags := command.Flags()
	flags.StringVar(&e.embeddingURL, "embedding-url", "", "OpenAI-compatible endpoint to embed with instead of the built-in table")
	flags.StringVar(&e.embeddingModel, "embedding-model", "", "its embedding model")
	flags.StringVar(&e.cache, "cache", ".signalbox/embeddings", "folder where that model's embeddings are kept")
}

func (o *outputs) register(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&o.gates, "gate", "", "YAML file of what the figures must reach")
	flags.StringVar(&o.baseline, "baseline", "", "kept run to compare with, row by row")
	flags.StringVar(&o.html, "html", "", "write a page to this file; it shows the worst errors with their text")
	flags.StringVar(&o.junit, "junit", "", "write JUnit XML to this file")
	flags.StringVar(&o.out, "out", "", "write the run to this file, for a later --baseline")
	flags.StringVar(&o.runs, "runs", standardRuns, "folder where every run is kept; off keeps none")
}
