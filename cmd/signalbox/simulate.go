package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/evals/simulation"
	"github.com/signalbox/signalbox/evals/triagesuite"
	"github.com/signalbox/signalbox/internal/fault"
)

// simulateFlags are a command line of signalbox simulate.
type simulateFlags struct {
	fast                bool
	train, format, data string
	text, labels        []string
	target, delta       float64
	trainings, resplits int
	seed                uint64
}

// simulations are what can be simulated, in their order.
var simulations = []string{"drift", "promotion", "promise", "learning-curve"}

// simulated is what simulate prints; what was not asked for is left out.
type simulated struct {
	Drift     *simulation.Drift     `json:"drift,omitempty"`
	Promotion *simulation.Promotion `json:"promotion,omitempty"`
	Promise   *simulation.Promise   `json:"promise,omitempty"`
	Curve     *simulation.Curve     `json:"learning_curve,omitempty"`
}

func (s *shell) simulate() *cobra.Command {
	var f simulateFlags
	command := &cobra.Command{
		Use: "simulate [drift|promotion|promise|learning-curve]...", Short: "Try the statistics of the promise where the truth is known",
		Args: func(_ *cobra.Command, args []string) error {
			for _, name := range args {
				if !slices.Contains(simulations, name) {
					return fmt.Errorf("there is no simulation %q: use drift, promotion, promise or learning-curve", name)
				}
			}
			return nil
		},
		Long: `Try the statistics that the promise rests on with draws whose truth is known. Without a name:
drift and promotion, which need no data.

drift           how often a field that keeps its target is demoted, and the weeks until a fall is found
promotion       how often an equal model is called better, a worse one promoted, a better one found
promise         how often a threshold that was chosen for the target keeps it, over random resplits
                of labelled texts into training, calibration and test
learning-curve  how many labels it takes until an intent acts alone

The last two take data as signalbox eval triage does: --train with its columns, or --format
clinc150 with --data, of which the test parts are left alone.`,
		Example: `  signalbox simulate
  signalbox simulate drift --fast --json
  signalbox simulate promise --train banking77/train.csv --text-column text --label-column category
  signalbox simulate learning-curve --format clinc150 --data data_full.json`,
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = simulations[:2]
			}
			found, err := s.runSimulations(command.Context(), f, args)
			if err != nil {
				return err
			}
			return s.print(found, func() { s.printSimulated(found) })
		},
	}
	flags := command.Flags()
	flags.BoolVar(&f.fast, "fast", false, "a hundredth of the draws, for a first look")
	flags.StringVar(&f.train, "train", "", "CSV or JSONL of labelled texts")
	flags.StringSliceVar(&f.text, "text-column", []string{"text"}, "columns of the text")
	flags.StringSliceVar(&f.labels, "label-column", []string{"label"}, "column of the label")
	flags.StringVar(&f.format, "format", "", "clinc150 for a file of that data set")
	flags.StringVar(&f.data, "data", "", "with --format: the file")
	flags.Float64Var(&f.target, "target", 0.95, "precision to promise, 0.5-0.999")
	flags.Float64Var(&f.delta, "delta", 0.1, "probability with which a promise may be broken, 0.001-0.5")
	flags.IntVar(&f.trainings, "trainings", 20, "promise: trainings, each on 60 % of the texts at random, 1-1000")
	flags.IntVar(&f.resplits, "resplits", 200, "promise: resplits of calibration and test over all trainings")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of every draw")
	return s.withJSON(command)
}

// validate names the first flag that is wrong.
func (f simulateFlags) validate(wantsData bool) error {
	switch {
	case !(f.target >= 0.5 && f.target <= 0.999):
		return fault.Field(fault.Invalid, "--target", "is out of range", "use 0.5 to 0.999")
	case !(f.delta >= 0.001 && f.delta <= 0.5):
		return fault.Field(fault.Invalid, "--delta", "is out of range", "use 0.001 to 0.5")
	case f.trainings < 1 || f.trainings > 1000:
		return fault.Field(fault.Invalid, "--trainings", "is out of range", "use 1 to 1000")
	case f.resplits < f.trainings || f.resplits > 100_000:
		return fault.Field(fault.Invalid, "--resplits", "is out of range", "use at least as many as --trainings, at most 100000")
	case f.format != "" && f.format != triagesuite.ClincFormat:
		return fault.Field(fault.Invalid, "--format", "is unknown", "use clinc150, or leave it out")
	case wantsData && f.train == "" && (f.format == "" || f.data == ""):
		return fault.Field(fault.Invalid, "--train", "is missing", "name a CSV or JSONL of labelled texts, or --format clinc150 --data FILE")
	}
	return nil
}

func (s *shell) runSimulations(ctx context.Context, f simulateFlags, names []string) (found simulated, err error) {
	wantsData := slices.Contains(names, "promise") || slices.Contains(names, "learning-curve")
	if err := f.validate(wantsData); err != nil {
		return found, withCode(exitUsage, err)
	}
	var name string
	var rows []dataset.Row
	if wantsData {
		if name, rows, err = f.read(ctx); err != nil {
			return found, err
		}
	}
	show := s.evalProgress()
	progress := func(stage string) func(done, total int) {
		return func(done, total int) { show(stage, done, total) }
	}
	if slices.Contains(names, "drift") {
		drift, err := simulation.SimulateDrift(ctx, f.drift(), progress("installations simulated"))
		if err != nil {
			return found, err
		}
		found.Drift = &drift
	}
	if slices.Contains(names, "promotion") {
		config := simulation.PromotionConfig{Trials: 200, Seed: f.seed}
		if f.fast {
			config.Trials = 20
		}
		promotion, err := simulation.SimulatePromotion(ctx, config, progress("kinds of candidates tried"))
		if err != nil {
			return found, err
		}
		found.Promotion = &promotion
	}
	if slices.Contains(names, "promise") {
		config := simulation.PromiseConfig{Name: name, Rows: rows, Target: f.target, Delta: f.delta, Trainings: f.trainings, Resplits: f.resplits, Seed: f.seed}
		if f.fast {
			config.Trainings, config.Resplits = 1, 20
		}
		promised, err := simulation.SimulatePromise(ctx, config, progress("trainings"))
		if err != nil {
			return found, err
		}
		found.Promise = &promised
	}
	if slices.Contains(names, "learning-curve") {
		curve, err := simulation.LearningCurve(ctx, simulation.CurveConfig{Name: name, Rows: rows, Target: f.target, Delta: f.delta, Seed: f.seed}, progress("points of the curve"))
		if err != nil {
			return found, err
		}
		found.Curve = &curve
	}
	return found, nil
}

func (f simulateFlags) drift() simulation.DriftConfig {
	config := simulation.DriftConfig{
		Target: f.target, Alpha: 0.05, Years: 1000, LongYears: 100, LongRuns: 200, Falls: 200, Minutes: 15, Seconds: 30, Twice: 0.2, Seed: f.seed,
	}
	if f.fast {
		config.Years, config.LongYears, config.LongRuns, config.Falls = 50, 5, 10, 10
	}
	return config
}

// read reads what is learned from; the test parts of a data set are left alone.
func (f simulateFlags) read(ctx context.Context) (string, []dataset.Row, error) {
	if f.format == triagesuite.ClincFormat {
		parts, err := dataset.ReadClinc(f.data)
		if err != nil {
			return "", nil, err
		}
		rows := slices.Concat(parts.Train.Rows, parts.Valid.Rows)
		return parts.Train.Name, slices.DeleteFunc(rows, func(r dataset.Row) bool { return r.Labels[0] == dataset.ClincLabel }), nil
	}
	table, err := dataset.Read(ctx, dataset.Source{Flag: "--train", Path: f.train, Columns: dataset.Columns{Text: f.text, Labels: f.labels[:1]}})
	if err != nil {
		return "", nil, err
	}
	return table.Name, slices.DeleteFunc(table.Rows, func(r dataset.Row) bool { return r.Labels[0] == "" || r.Empty() }), nil
}

func (s *shell) printSimulated(found simulated) {
	if d := found.Drift; d != nil {
		s.printf("DRIFT  target %.3f, alpha %.2f, weekly checks\n", d.Target, d.Alpha)
		s.printf("  a point above the target   %d of %d years end in a demotion (%.1f %%)\n", d.FalseDemotions, d.Years, 100*d.FalseRate)
		s.printf("  exactly at the target      %d of %d years (%.1f %%)\n", d.AtTarget, d.Years, 100*d.AtTargetRate)
		s.printf("  for %d years at the target %d of %d installations (%.1f %%)\n", d.LongYears, d.LongDemoted, d.LongRuns, 100*d.LongRate)
		s.printf("  the interval missed the truth at any check of a year: %.1f %%\n\n", 100*d.MissedByMean)
		var rows [][]string
		for _, fall := range d.Falls {
			rows = append(rows, []string{fmt.Sprint(fall.PerDay), fmt.Sprintf("%.0f", fall.Sampled), fmt.Sprintf("%.0f points", 100*fall.Points), fmt.Sprintf("%d weeks", fall.After),
				fmt.Sprintf("%.0f", fall.Median), fmt.Sprintf("%.0f", fall.P90), fmt.Sprintf("%.0f %%", 100*fall.Found)})
		}
		s.table([]string{"DECISIONS A DAY", "REVIEWS A DAY", "FALL", "AFTER", "WEEKS, MEDIAN", "90 %", "FOUND"}, rows)
	}
	if p := found.Promotion; p != nil {
		s.printf("\nPROMOTION  %d trials each\n", p.Trials)
		var rows [][]string
		for _, trade := range p.Trades {
			rows = append(rows, []string{trade.Name, fmt.Sprint(trade.Cases), fmt.Sprintf("%.1f %%", 100*trade.Promoted), fmt.Sprintf("%.1f %%", 100*trade.Better)})
		}
		s.table([]string{"CANDIDATE", "CASES", "PROMOTED", "CALLED BETTER"}, rows)
	}
	if p := found.Promise; p != nil {
		s.printf("\nPROMISE  %s: %d texts, %d labels; %d resplits of calibration and test over %d trainings on 60 %%\n", p.Name, p.Rows, p.Labels, p.Resplits, p.Trainings)
		s.printf("  right of all               %.1f %%\n", 100*p.Accuracy)
		s.printf("  promised %.1f %%: acts on %.1f %%, of which %.2f %% are right on average\n", 100*p.Target, 100*p.Coverage, 100*p.Precision)
		s.printf("  under the target in        %.1f %% of the resplits (%.1f %% allowed); no threshold in %d\n", 100*p.BrokenRate, 100*p.Allowed, p.NoThreshold)
		s.printf("  without a margin it would be %.1f %%, acting on %.1f %%\n", 100*p.PlainBroken, 100*p.PlainCoverage)
	}
	if c := found.Curve; c != nil {
		s.printf("\nLEARNING CURVE  %s, target %.3f\n", c.Name, c.Target)
		s.printf("  first intent alone after %s labels, nine of ten after %s\n", labelsOrNever(c.FirstAuto), labelsOrNever(c.AllButTenth))
		var rows [][]string
		for _, point := range c.Points {
			rows = append(rows, []string{fmt.Sprint(point.Labels), fmt.Sprintf("%.1f %%", 100*point.Accuracy), fmt.Sprint(point.Auto), fmt.Sprintf("%.1f %%", 100*point.Coverage), fmt.Sprintf("%.1f %%", 100*point.Precision)})
		}
		s.table([]string{"LABELS", "RIGHT", "INTENTS ALONE", "ACTS ON", "RIGHT OF THOSE"}, rows)
	}
}

func labelsOrNever(labels *int) string {
	if labels == nil {
		return "never so many"
	}
	return fmt.Sprint(*labels)
}
