package evals

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiguresHaveOneName(t *testing.T) {
	t.Parallel()
	figures, err := FiguresOf(map[string]any{
		"accuracy": 0.9, "name": "x", "oos": nil, "n": 3,
		"coverage_at_precision": []any{map[string]any{"target": 0.95, "coverage": 0.8, "precision": nil}},
		"slices":                []any{map[string]any{"dimension": "language", "value": "de", "target": 0.95, "accuracy": 0.7}},
		"per_class":             []any{map[string]any{"label": "refund", "recall": 0.6}},
		"confusions":            []any{map[string]any{"label": "refund", "predicted": "other", "count": 4}},
		"fields":                map[string]any{"route": map[string]any{"accuracy": 0.5}},
	})
	must(t, err)
	want := map[string]float64{
		"accuracy": 0.9, "n": 3, "coverage_at_precision.0.95.coverage": 0.8, "coverage_at_precision.0.95.target": 0.95,
		"slices.language.de.accuracy": 0.7, "slices.language.de.target": 0.95, "per_class.refund.recall": 0.6, "fields.route.accuracy": 0.5,
	}
	if fmt.Sprint(figures) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", figures, want)
	}
	if _, err := FiguresOf(math.NaN()); err == nil {
		t.Error("a result that is no JSON has no figures")
	}
}

func TestGates(t *testing.T) {
	t.Parallel()
	gates, err := ParseGates([]byte("accuracy: {min: .9}\nece: {max: .03, min: 0}\nregression: {accuracy: .005, brier: 0, slices: .1}\n"))
	must(t, err)
	comparison := &Comparison{
		Figures: []Change{{Figure: "accuracy", Change: -0.01, Interval: &Range{Low: -0.02, High: 0.01}}, {Figure: "brier", Change: -0.2}},
		Slices:  []SliceChange{{Field: "intent", Dimension: "language", Value: "de", Change: -0.2, Regressed: true}, {Change: -0.9}},
	}
	verdicts, err := gates.Check(map[string]float64{"accuracy": 0.9, "ece": 0.04}, comparison)
	must(t, err)
	var got []string
	for _, verdict := range verdicts {
		got = append(got, fmt.Sprintf("%s %v", verdict.Figure, verdict.Passed))
	}
	if want := "[accuracy true ece true ece false accuracy false brier true slices false]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if Missed(verdicts) != 3 || !strings.Contains(verdicts[5].Detail, "language is de") || !strings.Contains(verdicts[3].Detail, "-0.0200 to +0.0100") {
		t.Errorf("got %+v", verdicts)
	}
	for name, check := range map[string]struct {
		figures    map[string]float64
		comparison *Comparison
	}{
		"no figure":   {map[string]float64{"accuracy": 1}, comparison},
		"no baseline": {map[string]float64{"accuracy": 1, "ece": 0}, nil},
		"not in both": {map[string]float64{"accuracy": 1, "ece": 0}, &Comparison{}},
	} {
		if _, err := gates.Check(check.figures, check.comparison); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want an error: a gate that cannot be judged must not pass", name, err)
		}
	}
}

func TestGatesThatAreWrong(t *testing.T) {
	t.Parallel()
	for text, word := range map[string]string{
		"":                               "empty",
		"accuracy: .9":                   "line 1, accuracy",
		"accuracy: {mim: .9}":            "neither min nor max",
		"accuracy: {}":                   "no bound",
		"accuracy: {min: .9, max: .8}":   "above its max",
		"accuracy: {min: .nan}":          "no number",
		"regression: 7":                  "regression",
		"regression: {accuracy: -1}":     "regression.accuracy",
		"- a":                            "expected YAML",
		"accuracy: {min: 1}\n---\na: 1":  "more than one",
		strings.Repeat("# x\n", 300_000): "1 MB",
	} {
		if _, err := ParseGates([]byte(text)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%.40q: got %v, want %q", text, err, word)
		}
	}
}

func rowsOf(field string, right ...bool) []Row {
	var rows []Row
	for i, correct := range right {
		rows = append(rows, Row{Row: fmt.Sprint(i / 2), Field: field, Seed: 1, Label: "a", Predicted: "a", Correct: correct, Confidence: 0.8, Language: "en"})
	}
	return rows
}

// TestCompare works by hand: of 40 rows 10 that were right are wrong now.
func TestCompare(t *testing.T) {
	t.Parallel()
	before, after := &Run{Suite: "triage", Figures: map[string]float64{"accuracy": 1, "ece": 0.1, "per_class.a.recall": 1}}, &Run{Suite: "triage", Figures: map[string]float64{"accuracy": 0.75, "ece": 0.2, "per_class.a.recall": 0.5, "new": 1}}
	all, fewer := make([]bool, 40), make([]bool, 40)
	for i := range all {
		all[i], fewer[i] = true, i%4 != 0
	}
	before.Rows, after.Rows = rowsOf("intent", all...), rowsOf("intent", fewer...)
	after.Rows = append(after.Rows, Row{Row: "only here", Field: "intent", Seed: 1})
	comparison, err := Compare(before, after)
	must(t, err)
	if comparison.Rows != 40 || comparison.Unpaired != 1 || len(comparison.Figures) != 2 {
		t.Fatalf("got %+v", comparison)
	}
	accuracy, ece := comparison.Figures[0], comparison.Figures[1]
	if accuracy.Change != -0.25 || accuracy.Before != 1 || !accuracy.Worse || accuracy.Interval.High >= 0 || math.Abs(accuracy.loss()-0.25) > 1e-12 {
		t.Errorf("accuracy: %+v", accuracy)
	}
	if ece.Interval != nil || !ece.Worse || math.Abs(ece.loss()-0.1) > 1e-12 {
		t.Errorf("ece: %+v", ece)
	}
	if len(comparison.Slices) != 2 || !comparison.Slices[0].Regressed || comparison.Slices[0].N != 40 {
		t.Errorf("slices: %+v", comparison.Slices)
	}
	same, err := Compare(after, after)
	must(t, err)
	if same.Figures[0].Worse || same.Figures[0].Better || same.Figures[0].Change != 0 || same.Unpaired != 0 {
		t.Errorf("a run differs from itself: %+v", same.Figures[0])
	}
	if _, err := Compare(&Run{Suite: "retrieval"}, after); err == nil {
		t.Error("runs of two suites were compared")
	}
	if _, err := Compare(&Run{Suite: "triage"}, after); err == nil {
		t.Error("runs without a common row were compared")
	}
}

func TestRunsAreKept(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "a", "b")
	run := &Run{Schema: RunSchema, Suite: "triage", CreatedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), DataHash: "0123456789", ModelHash: "abcdefghij", Rows: rowsOf("intent", true, false), Figures: map[string]float64{"accuracy": 0.5}}
	first, err := run.Keep(folder)
	must(t, err)
	second, err := run.Keep(folder)
	must(t, err)
	if first == second || filepath.Base(first) != "20260301T120000Z-triage-01234567-abcdefgh.json" {
		t.Errorf("kept as %s and %s", first, second)
	}
	must(t, os.WriteFile(filepath.Join(folder, "z.json"), []byte("{"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("x"), 0o600))
	kept, broken, err := History(folder)
	must(t, err)
	if len(kept) != 2 || broken != 1 || kept[0].Rows != 2 || kept[0].Figures["accuracy"] != 0.5 {
		t.Errorf("got %+v and %d broken", kept, broken)
	}
	if kept, _, err := History(filepath.Join(folder, "nowhere")); err != nil || kept != nil {
		t.Errorf("a missing folder gives %v, %v", kept, err)
	}
	if _, _, err := History(first); err == nil {
		t.Error("a file is no folder")
	}
	again, err := ReadRun("--baseline", first)
	must(t, err)
	if len(again.Rows) != 2 || again.Rows[1].Correct {
		t.Errorf("read %+v", again)
	}
	for name, text := range map[string]string{"other.json": `{"schema":9,"suite":"triage","created_at":"2026-03-01T12:00:00Z"}`, "empty.json": `{}`, "no.json": `[]`} {
		path := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if _, err := ReadRun("--baseline", path); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "--baseline") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, FolderFile), []byte("name: A\nsuite: triage\nbaseline: b.json\ndata: {train: a.csv}\ngates:\n  accuracy: {min: .5}\n"), 0o600))
	folder, err := ReadFolder(dir)
	must(t, err)
	var data struct {
		Train string `yaml:"train"`
	}
	must(t, folder.Decode(&data))
	if folder.Name != "A" || folder.Baseline != filepath.Join(dir, "b.json") || data.Train != "a.csv" || *folder.Gates.Bounds["accuracy"].Min != 0.5 {
		t.Errorf("got %+v", folder)
	}
	if folder.Resolve("/abs") != "/abs" || folder.Resolve("") != "" {
		t.Error("Resolve changes what it should not")
	}
	if _, err := ReadFolder(t.TempDir()); err == nil || !strings.Contains(err.Error(), "suite.yaml") {
		t.Errorf("got %v", err)
	}
	for text, word := range map[string]string{
		"suite: triage\ndata: {a: b}":                                "name",
		"name: A\ndata: {a: b}":                                      "suite",
		"name: A\nsuite: triage":                                     "data",
		"name: A\nsuite: triage\ndatta: {a: b}":                      "datta",
		"name: A\nsuite: triage\ndata: {a: b}\ngates: {accuracy: 1}": "accuracy",
	} {
		if _, err := parseFolder("", []byte(text)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: got %v, want %q", text, err, word)
		}
	}
	var unknown struct{}
	if err := folder.Decode(&unknown); err == nil {
		t.Error("an unknown key was accepted")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("accuracy: {min: .9}\nregression: {accuracy: .1}"))
	f.Add([]byte("name: A\nsuite: triage\ndata: {a: &a [1], b: *a}\ngates: {a: {max: 1e309}}"))
	f.Add([]byte(`{"schema":1,"suite":"triage","created_at":"2026-03-01T12:00:00Z","rows":[{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if gates, err := ParseGates(text); err == nil {
			_, _ = gates.Check(map[string]float64{}, nil)
		}
		if folder, err := parseFolder("", text); err == nil {
			_ = folder.Decode(&struct{}{})
		}
		if run, err := parseRun(strings.NewReader(string(text))); err == nil {
			_, _ = Compare(run, run)
		}
	})
}
