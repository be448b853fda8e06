package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/report"
	"github.com/signalbox/signalbox/evals/triagesuite"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/llm"
)

// dataFlagNames are the flags that a suite's folder replaces.
var dataFlagNames = []string{
	"train", "valid", "test", "text-column", "label-column", "language-column", "channel-column", "encoding", "format", "data",
	"limit", "seed", "oos-label", "oos-cost", "few-shot", "seeds", "target",
}

func (e *evaluation) checkFolder(changed func(string) bool) error {
	for _, name := range dataFlagNames {
		if e.folder != "" && changed(name) {
			return fault.Field(fault.Invalid, "--"+name, "does not go with --suite", "write it into suite.yaml, or leave --suite out")
		}
	}
	if e.embeddingURL == "" && e.embeddingModel != "" {
		return fault.Field(fault.Invalid, "--embedding-url", "is missing beside --embedding-model", "name the endpoint")
	}
	return e.checkFiles()
}

// checkFiles looks for the folders of the files that are to be written.
func (o *outputs) checkFiles() error {
	for _, output := range [][2]string{{"--html", o.html}, {"--junit", o.junit}, {"--out", o.out}} {
		if output[1] == "" {
			continue
		}
		if info, err := os.Stat(filepath.Dir(output[1])); err != nil || !info.IsDir() {
			return fault.Field(fault.Invalid, output[0], "is in a folder that does not exist", "make the folder first")
		}
	}
	return nil
}

// judges are what a run is held against.
type judges struct {
	gates    *evals.Gates
	baseline *evals.Run
}

// runEvaluation reads everything that can be wrong before it trains for minutes.
func (s *shell) runEvaluation(ctx context.Context, e evaluation) error {
	suite := &triagesuite.Suite{Files: e.files, Config: e.config}
	var judges judges
	if e.folder != "" {
		folder, err := evals.ReadFolder(e.folder)
		if err != nil {
			return err
		}
		if suite, err = triagesuite.FromFolder(folder); err != nil {
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
	var err error
	if suite.Embedder, err = s.evalEmbedder(e); err != nil {
		return err
	}
	suite.Version, suite.Config.Progress = version, s.evalProgress()
	found, err := suite.Run(ctx)
	if err != nil {
		return err
	}
	return s.finish(e.outputs, found, judges, presentTriage)
}

// presentation is how one suite's result is shown.
type presentation struct {
	result     any
	warnings   []string
	text, html func(io.Writer) error
}

func presentTriage(found *evals.Report) presentation {
	detail := found.Detail.(*triagesuite.Report)
	if found.Gates != nil {
		detail.Result.Gates = found.Gates
	}
	detail.Result.Baseline = found.Comparison
	return presentation{
		detail.Result, detail.Result.Warnings,
		func(to io.Writer) error { return report.Text(to, detail.Result) },
		func(to io.Writer) error { return report.HTML(to, detail) },
	}
}

func (o *outputs) readJudges(judges *judges) (err error) {
	if o.baseline != "" {
		if judges.baseline, err = evals.ReadRun("--baseline", o.baseline); err != nil {
			return err
		}
	}
	if o.gates == "" {
		return nil
	}
	text, err := os.ReadFile(filepath.Clean(o.gates))
	if err != nil {
		return fault.Field(fault.Invalid, "--gate", "cannot be read", "name a YAML file such as gates.yaml")
	}
	gates, err := evals.ParseGates(text)
	judges.gates = &gates
	return err
}

// evalEmbedder is the built-in table, or a model server with a cache before it.
func (s *shell) evalEmbedder(e evaluation) (triagesuite.Embedder, error) {
	if e.embeddingURL == "" {
		return triagesuite.NewBuiltIn()
	}
	settings, err := s.settings()
	if err != nil {
		return nil, err
	}
	server, err := llm.NewEmbeddings(llm.Config{BaseURL: e.embeddingURL, Model: e.embeddingModel, Key: settings.EmbeddingKey})
	if err != nil {
		return nil, err
	}
	return triagesuite.NewCached(server, e.cache)
}

// evalProgress shows how much of a stage is done and how long the rest will take.
func (s *shell) evalProgress() func(stage string, done, total int) {
	meter, start := s.meter(""), time.Now()
	return func(stage string, done, total int) {
		if meter.what != stage {
			meter.what, start = stage, time.Now()
		}
		rate := float64(done) / max(time.Since(start).Seconds(), 1e-3)
		meter.show(done, total, rate, time.Duration(float64(total-done)/max(rate, 1e-3)*float64(time.Second)))
		if done == total {
			meter.end()
		}
	}
}

// finish judges the run, then shows and keeps it whatever the judgement is.
func (s *shell) finish(o outputs, found *evals.Report, judges judges, present func(*evals.Report) presentation) error {
	problem := judges.judge(found)
	shown := present(found)
	for _, warning := range shown.warnings {
		s.notef("note: %s\n", printable(warning))
	}
	s.keep(o, found)
	err := errors.Join(o.write(found, shown), s.print(shown.result, func() {
		if err := shown.text(s.stdout); err != nil {
			problem = errors.Join(problem, err)
		}
	}), problem)
	if missed := evals.Missed(found.Gates); err == nil && missed > 0 {
		return withCode(exitGate, fault.New(fault.Unprocessable, "%d of %d gates were missed", missed, len(found.Gates)))
	}
	return err
}

func (j judges) judge(found *evals.Report) (err error) {
	if j.baseline != nil {
		if found.Comparison, err = evals.Compare(j.baseline, &found.Run); err != nil {
			return err
		}
	}
	if j.gates != nil {
		found.Gates, err = j.gates.Check(found.Figures, found.Comparison)
	}
	return err
}

// keep stores the run. A folder that cannot be written spoils no measurement.
func (s *shell) keep(o outputs, found *evals.Report) {
	if o.runs == "off" || o.runs == "" {
		return
	}
	path, err := found.Keep(o.runs)
	if err != nil {
		s.notef("note: the run is not kept: %s\n", told(err))
		return
	}
	s.notef("kept as %s\n", path)
}

// write makes the files that were asked for.
func (o *outputs) write(found *evals.Report, shown presentation) error {
	var problems []error
	if o.out != "" {
		problems = append(problems, found.Write(o.out))
	}
	if o.junit != "" {
		problems = append(problems, writeTo(o.junit, func(to io.Writer) error { return report.JUnit(to, found) }))
	}
	if o.html != "" {
		problems = append(problems, writeTo(o.html, shown.html))
	}
	return errors.Join(problems...)
}

// writeTo makes a file that only its owner reads: pages hold tickets' text.
func writeTo(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "%s: cannot be written", filepath.Base(path))
	}
	return errors.Join(write(file), file.Close())
}
