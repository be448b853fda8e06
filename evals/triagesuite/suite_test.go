package triagesuite

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/fault"
)

var update = flag.Bool("update", false, "rewrite the golden file")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rental is the invented bicycle rental of testdata.
func rental(t *testing.T) *Suite {
	t.Helper()
	embedder, err := NewBuiltIn()
	must(t, err)
	return &Suite{
		Embedder: embedder, Version: "test",
		Files: Files{
			Train: "testdata/rental-train.csv", Test: "testdata/rental-test.csv", Seed: 1,
			Columns: dataset.Columns{Text: []string{"subject", "body"}, Labels: []string{"intent", "priority"}, Language: "language", Channel: "channel"},
		},
		Config: Config{OutOfScope: "none"},
	}
}

func (s *Suite) run(t *testing.T) (*evals.Report, Result) {
	t.Helper()
	report, err := s.Run(t.Context())
	must(t, err)
	return report, report.Detail.(*Report).Result
}

// TestStatisticsRental runs everything on a small invented data set.
func TestStatisticsRental(t *testing.T) {
	t.Parallel()
	report, result := rental(t).run(t)
	var lines strings.Builder
	show := func(name string, r FieldResult) {
		fmt.Fprintf(&lines, "%s: %d rows, %d labels, learned from %d\n", name, r.N, r.Labels, r.TrainExamples)
		fmt.Fprintf(&lines, "  accuracy %.3f (%.3f–%.3f), macro-F1 %.3f, Brier %.3f, AURC %.3f\n", r.Accuracy, r.AccuracyInterval.Low, r.AccuracyInterval.High, r.MacroF1, r.Brier, r.AURC)
		for _, c := range r.CoverageAtPrecision {
			precision := "–"
			if c.Precision != nil {
				precision = fmt.Sprintf("%.3f", *c.Precision)
			}
			fmt.Fprintf(&lines, "  for %.2f: covers %.3f with %s\n", c.Target, c.Coverage, precision)
		}
		if r.OOS != nil {
			fmt.Fprintf(&lines, "  out of scope: AUROC %.3f, recall %.3f, in-scope accuracy %.3f\n", *r.OOS.AUROC, r.OOS.Recall, r.OOS.InScopeAccuracy)
		}
		if r.Priority != nil {
			fmt.Fprintf(&lines, "  urgent missed %d of %d, by mistake %d of %d\n", r.Priority.UrgentMissed.Count, r.Priority.UrgentMissed.Of, r.Priority.UrgentByMistake.Count, r.Priority.UrgentByMistake.Of)
		}
	}
	show("intent", result.Fields["intent"])
	show("priority", result.Fields["priority"])
	for _, slice := range result.Slices {
		fmt.Fprintf(&lines, "%s %s: %d rows, accuracy %.3f\n", slice.Dimension, slice.Value, slice.N, slice.Accuracy)
	}
	golden(t, lines.String())
	checkShape(t, report, result)
}

func golden(t *testing.T, got string) {
	t.Helper()
	t.Logf("%s", got)
	const path = "testdata/rental.golden"
	if *update {
		must(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if string(want) != got {
		t.Errorf("%s differs: if that is meant, run go test ./evals/triagesuite -run Statistics -update\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// checkShape holds what other tools rely on.
func checkShape(t *testing.T, report *evals.Report, result Result) {
	t.Helper()
	encoded, err := json.Marshal(result)
	must(t, err)
	var keys map[string]json.RawMessage
	must(t, json.Unmarshal(encoded, &keys))
	for _, key := range []string{"accuracy", "macro_f1", "ece_before", "ece", "coverage_at_precision", "oos", "train_seconds", "microseconds_per_text", "model_bytes", "fields"} {
		if keys[key] == nil {
			t.Errorf("the JSON lacks %s", key)
		}
	}
	if result.TrainSeconds < result.Fields["intent"].TrainSeconds || result.ModelBytes <= result.Fields["intent"].ModelBytes {
		t.Error("the whole costs less than a part")
	}
	if result.Accuracy != result.Fields["intent"].Accuracy || report.Figures["fields.intent.accuracy"] != result.Accuracy {
		t.Error("the top is not the first column")
	}
	rows := slices.DeleteFunc(slices.Clone(report.Rows), func(row evals.Row) bool { return row.Field != "intent" })
	right, inScope := 0, 0
	for _, row := range rows {
		if row.OutOfScope != (row.Label == "none") {
			t.Errorf("a row of %q is out of scope: %v", row.Label, row.OutOfScope)
		}
		if !row.OutOfScope {
			inScope++
			if row.Correct {
				right++
			}
		}
	}
	if inScope != result.N || float64(right)/float64(inScope) != result.Accuracy {
		t.Errorf("the rows say %d of %d, the figures %v of %d", right, inScope, result.Accuracy, result.N)
	}
	for _, text := range []string{"tandem", "Mill Bridge"} {
		if strings.Contains(string(encoded), text) {
			t.Errorf("the result holds text of a ticket: %s", text)
		}
	}
}

func TestRunsAreRepeatable(t *testing.T) {
	t.Parallel()
	suite := rental(t)
	suite.Files.Columns.Labels = []string{"intent"}
	first, one := suite.run(t)
	second, two := suite.run(t)
	if one.ModelHash != two.ModelHash || one.DataHash != two.DataHash || fmt.Sprint(first.Rows) != fmt.Sprint(second.Rows) {
		t.Error("two runs of one seed differ")
	}
	suite.Files.Limit = 60
	if _, other := suite.run(t); other.DataHash == one.DataHash || other.Data["train"].Used != 60 || other.Data["train"].Rows != 142 {
		t.Errorf("--limit: %+v", other.Data)
	}
}

func TestCrossValidationJudgesEveryRowOnce(t *testing.T) {
	t.Parallel()
	suite := rental(t)
	suite.Files.Test, suite.Files.Columns.Labels = "", []string{"intent"}
	report, result := suite.run(t)
	if result.Mode != "cross_validation" || result.Folds != 5 || len(report.Rows) != 142 || result.N != 142-result.OOS.N {
		t.Errorf("mode %s, folds %d, %d rows, n %d", result.Mode, result.Folds, len(report.Rows), result.N)
	}
	if result.Accuracy < 0.6 {
		t.Errorf("accuracy %v: the folds are not what they should be", result.Accuracy)
	}
}

func TestFewShotAveragesSeeds(t *testing.T) {
	t.Parallel()
	suite := rental(t)
	suite.Files.Columns.Labels, suite.Config.FewShot, suite.Config.Seeds = []string{"intent"}, 5, 3
	report, result := suite.run(t)
	if len(result.Seeds.Runs) != 3 || result.AccuracySD == nil || result.TrainExamples != 25 || len(report.Rows) != 3*61 {
		t.Fatalf("%d runs, sd %v, %d examples, %d rows", len(result.Seeds.Runs), result.AccuracySD, result.TrainExamples, len(report.Rows))
	}
	var sum float64
	for _, run := range result.Seeds.Runs {
		sum += run.Figures["accuracy"]
	}
	if diff := sum/3 - result.Accuracy; diff > 1e-9 || diff < -1e-9 || result.Seeds.Mean["accuracy"] != result.Accuracy {
		t.Errorf("accuracy is %v, the mean of the seeds %v", result.Accuracy, sum/3)
	}
}

func TestValidationChoosesThresholds(t *testing.T) {
	t.Parallel()
	suite := rental(t)
	suite.Files.Columns.Labels = []string{"intent"}
	suite.Files.Valid, suite.Files.Test = suite.Files.Test, suite.Files.Train
	_, result := suite.run(t)
	if result.ThresholdsFrom != "validation" || result.ThresholdRows == 0 || result.ThresholdRows > 61 {
		t.Errorf("thresholds from %s, %d rows", result.ThresholdsFrom, result.ThresholdRows)
	}
	if result.Data["test"].InTraining != 142 || !slices.ContainsFunc(result.Warnings, func(w string) bool { return strings.Contains(w, "stand in the training rows too") }) {
		t.Errorf("no warning of test rows in training: %v", result.Warnings)
	}
}

func TestWhatCannotBeMeasured(t *testing.T) {
	t.Parallel()
	oneLabel := t.TempDir() + "/one.csv"
	must(t, os.WriteFile(oneLabel, []byte("subject,body,intent,priority,language,channel\na,b,refund,,en,chat\nc,d,refund,,en,chat\n"), 0o600))
	for name, test := range map[string]struct {
		change func(*Suite)
		word   string
	}{
		"no file":        {func(s *Suite) { s.Files.Train = "" }, "--train"},
		"wrong file":     {func(s *Suite) { s.Files.Test = "testdata/nowhere.csv" }, "--test"},
		"target":         {func(s *Suite) { s.Config.Targets = []float64{95} }, "--target"},
		"few":            {func(s *Suite) { s.Config.FewShot = -1 }, "--few-shot"},
		"seeds":          {func(s *Suite) { s.Config.Seeds = 1000 }, "--seeds"},
		"cost":           {func(s *Suite) { s.Config.Cost = 2 }, "--oos-cost"},
		"format":         {func(s *Suite) { s.Files.Format = "arff" }, "--format"},
		"data alone":     {func(s *Suite) { s.Files.Data = "x" }, "--data"},
		"format alone":   {func(s *Suite) { s.Files.Format = ClincFormat; s.Files.Train = "" }, "--data"},
		"format and all": {func(s *Suite) { s.Files.Format = ClincFormat; s.Files.Data = "x" }, "--format"},
		"limit":          {func(s *Suite) { s.Files.Limit = -1 }, "--limit"},
		"one label":      {func(s *Suite) { s.Files.Train = oneLabel; s.Files.Columns.Labels = []string{"intent"} }, "two labels"},
		"no label":       {func(s *Suite) { s.Files.Train = oneLabel }, "column priority"},
		"few rows": {func(s *Suite) {
			s.Files.Train, s.Files.Test = oneLabel, ""
			s.Files.Columns.Labels = []string{"intent"}
		}, "--train"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suite := rental(t)
			test.change(suite)
			_, err := suite.Run(t.Context())
			if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Unprocessable || !strings.Contains(err.Error(), test.word) {
				t.Errorf("got %v, want %s", err, test.word)
			}
		})
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rental(t).Run(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run gives %v", err)
	}
}

func TestClincForm(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/data.json"
	data := map[string][][2]string{}
	for i := range 12 {
		for split, shift := range map[string]int{"train": 0, "val": 100, "test": 200} {
			data[split] = append(data[split], [2]string{fmt.Sprintf("the train number %d is late", i+shift), "late"}, [2]string{fmt.Sprintf("money back for ticket %d please", i+shift), "refund"})
		}
		data["oos_train"] = append(data["oos_train"], [2]string{fmt.Sprintf("which whale sings in %d", i), "oos"})
		data["oos_test"] = append(data["oos_test"], [2]string{fmt.Sprintf("how tall is giraffe %d", i), "oos"})
	}
	encoded, err := json.Marshal(data)
	must(t, err)
	must(t, os.WriteFile(path, encoded, 0o600))
	suite := rental(t)
	suite.Files, suite.Config = Files{Format: ClincFormat, Data: path, Seed: 1}, Config{}
	_, result := suite.run(t)
	if result.Field != "intent" || result.N != 24 || result.OOS == nil || result.OOS.N != 12 || result.ThresholdsFrom != "validation" || result.Accuracy < 0.9 {
		t.Errorf("got n %d, out of scope %+v, thresholds from %s, accuracy %v", result.N, result.OOS, result.ThresholdsFrom, result.Accuracy)
	}
}

func TestSuiteFromFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(text string) *evals.Folder {
		must(t, os.WriteFile(dir+"/suite.yaml", []byte(text), 0o600))
		folder, err := evals.ReadFolder(dir)
		must(t, err)
		return folder
	}
	suite, err := FromFolder(write("name: A\nsuite: triage\ndata: {train: a.csv, text: [body], labels: [intent], few_shot: 3, targets: [.9]}"))
	must(t, err)
	if suite.Title != "A" || suite.Files.Train != dir+"/a.csv" || suite.Files.Seed != 1 || suite.Config.FewShot != 3 || suite.Name() != "triage" {
		t.Errorf("got %+v", suite)
	}
	for _, text := range []string{"name: A\nsuite: other\ndata: {train: a}", "name: A\nsuite: triage\ndata: {trian: a}"} {
		if _, err := FromFolder(write(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
