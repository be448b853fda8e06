package report

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

func pointer[T any](value T) *T { return &value }

const hostile = "<script>alert(1)</script>\x1b[2J\" onload=x ]]> 長い名前"

// sample is a result with every part, and with names that outsiders could choose.
func sample() *triagesuite.Report {
	field := triagesuite.FieldResult{
		Field: "intent", N: 1200, TrainExamples: 9000, ThresholdRows: 900, ThresholdsFrom: "held_out", Labels: 3, Calibration: "beta",
		Accuracy: 0.9996, AccuracyInterval: evals.Range{Low: 0.9, High: 0.99}, MacroF1: 0.9, ECE: 0.021, ECEBefore: 0.04, ECEEqualMass: 0.022,
		ECENoiseFloor: triagesuite.NoiseFloor{Mean: 0.01, High: 0.018}, Brier: 0.05, LogLoss: 0.2, AURC: 0.01,
		CoverageAtPrecision: []triagesuite.Coverage{
			{Target: 0.9, Threshold: pointer(0.3), Coverage: 1, Precision: pointer(0.95), PrecisionInterval: evals.Range{Low: 0.93, High: 0.97}, OutOfScopeActedOn: pointer(0.1)},
			{Target: 0.95, Threshold: pointer(0.6), Coverage: 0.91, Precision: pointer(0.952), PrecisionInterval: evals.Range{Low: 0.941, High: 0.962}},
			{Target: 0.99},
		},
		CalibrationAboveThreshold: []triagesuite.Promise{
			{Target: 0.9, N: 1200, MeanConfidence: pointer(0.96), Precision: pointer(0.95), Gap: pointer(0.01), GapInterval: &evals.Range{Low: -0.01, High: 0.03}},
			{Target: 0.95, N: 1090, MeanConfidence: pointer(0.97), Precision: pointer(0.98), Gap: pointer(-0.01), GapInterval: &evals.Range{Low: -0.02, High: 0.01}},
			{Target: 0.99},
		},
		OOS:      &triagesuite.OutOfScope{AUROC: pointer(0.97), Threshold: pointer(1.0), Recall: 0.6, InScopeAccuracy: 0.92, N: 100},
		Priority: &triagesuite.Priority{Bands: []string{"urgent", "high", "normal", "low"}, Confusion: [][]int{{1, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 3, 0}, {1, 0, 0, 4}}},
		Seeds:    triagesuite.Seeds{Runs: make([]triagesuite.SeedRun, 1)},
		Slices: []triagesuite.Slice{
			{Dimension: "language", Value: "en", N: 900, Accuracy: 0.9, ECE: pointer(0.02), ECEInterval: &evals.Range{High: 0.04}, Precision: pointer(0.95)},
			{Dimension: "language", Value: hostile, N: 300, Accuracy: 0.8, ECEInterval: &evals.Range{Low: 0.01, High: 0.09}},
		},
		PerClass:   []triagesuite.Class{{Label: hostile, N: 10, Predicted: 8, Recall: pointer(0.7), Precision: pointer(0.9), F1: 0.8}, {Label: "other", N: 3}},
		Confusions: []triagesuite.Confused{{Label: hostile, Predicted: "other", Count: 3, Share: 0.3}},
		PrecisionCoverage: []triagesuite.Point{
			{Threshold: 0.99, Coverage: 0.01, Precision: 1, Low: 0.5, High: 1}, {Threshold: 0.5, Coverage: 0.9, Precision: 0.95, Low: 0.93, High: 0.97}, {Coverage: 1, Precision: 0.9, Low: 0.88, High: 0.92},
		},
	}
	for i := range 15 {
		bin := triagesuite.Bin{}
		if i > 3 {
			at := (float64(i) + 0.5) / 15
			bin = triagesuite.Bin{Count: i * i, Confidence: &at, Accuracy: &at, Interval: &evals.Range{Low: at - 0.05, High: min(1, at+0.05)}}
		}
		field.Reliability = append(field.Reliability, bin)
	}
	small := field
	small.Field, small.N, small.OOS, small.Priority, small.Confusions, small.AccuracySD = "route", 120, nil, nil, nil, pointer(0.01)
	small.ECEInterval = evals.Range{Low: 0.02, High: 0.11}
	result := triagesuite.Result{
		Suite: "triage", Name: hostile, Version: "v1", CreatedAt: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), FieldResult: field, Mode: "test", Embedding: "table",
		Fields: map[string]triagesuite.FieldResult{"intent": field, "route": small}, Data: map[string]triagesuite.DataFile{"train": {File: hostile, Rows: 9000, Used: 9000, Hash: "abc"}},
		Warnings: []string{hostile}, Gates: []evals.Verdict{{Gate: "accuracy ≥ 0.9", Figure: "accuracy", Value: 0.99, Passed: true}, {Gate: hostile, Value: 0.5, Detail: "why\x00"}},
		Baseline: &evals.Comparison{Version: "v0", CreatedAt: "2026-02-01 10:00", Rows: 1200,
			Figures: []evals.Change{
				{Figure: "accuracy", Before: 0.9, After: 0.8, Change: -0.1, Interval: &evals.Range{Low: -0.2, High: -0.05}, Worse: true},
				{Figure: "brier", Interval: &evals.Range{}}, {Figure: "ece", Before: 0.1, After: 0.2, Change: 0.1, Worse: true}, {Figure: "oos.cost"},
			},
			Slices: []evals.SliceChange{{Field: "intent", Dimension: "language", Value: hostile, N: 300, Regressed: true}},
		},
	}
	return &triagesuite.Report{Result: result, Errors: []triagesuite.WorstError{{Field: "intent", Text: hostile + strings.Repeat("ä", 900), Label: hostile, Predicted: "other", Place: "a.csv, line 2", Confidence: 0.99}}}
}

func TestTextFitsATerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := Text(&out, sample().Result); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		line = strings.TrimSuffix(line, "\n")
		if width := utf8.RuneCountInString(line); width > columns {
			t.Errorf("%d characters: %s", width, line)
		}
		if strings.ContainsAny(line, "\x1b\x00\r") {
			t.Errorf("a control character: %q", line)
		}
	}
	for _, want := range []string{
		"covers 91.0 % of tickets, was right in 95.2 %", "(94.1–96.2)", "99.9 % (90.0–99.0)", "2.1 points, more than chance alone", "2.0 to 11.0 points, too few rows (120)",
		"not promised", "60.0 % of 100 strangers", "urgent missed", "GATES: 1 of 2 passed", "MISSED", "BESIDE THE BASELINE", "slice got worse", "± 1.0 over 1 seeds",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("the text does not say %q:\n%s", want, out.String())
		}
	}
}

// TestPageStandsAlone parses the page: no script, nothing from elsewhere, every
// picture with words, and hostile names as text only.
func TestPageStandsAlone(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := HTML(&out, sample()); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	ids, pictures := map[string]bool{}, 0
	for node := range root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		switch node.Data {
		case "script", "link", "iframe", "img", "object", "embed", "base", "form":
			t.Errorf("the page holds <%s>", node.Data)
		case "svg":
			pictures++
			if attribute(node, "role") != "img" || attribute(node, "aria-label") == "" {
				t.Error("a picture without words")
			}
		}
		for _, a := range node.Attr {
			if strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("the page has %s=%q", a.Key, a.Val)
			}
			if a.Key == "id" && ids[a.Val] {
				t.Errorf("the id %s stands twice", a.Val)
			} else if a.Key == "id" {
				ids[a.Val] = true
			}
		}
	}
	if pictures != 5 {
		t.Errorf("%d pictures, want 5", pictures)
	}
	for _, forbidden := range []string{"NaN", "ZgotmplZ", "Inf", "http://", "https://", "url(http"} {
		if strings.Contains(out.String(), forbidden) {
			t.Errorf("the page holds %s", forbidden)
		}
	}
	for _, want := range []string{"prefers-color-scheme: dark", "@media print", "&lt;script&gt;", "just missed", "Priority bands", "Beside the baseline"} {
		if want != "just missed" && !strings.Contains(out.String(), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if coordinate := regexp.MustCompile(`points="[^"]*e[+-]`).FindString(out.String()); coordinate != "" {
		t.Errorf("a coordinate is no plain number: %s", coordinate)
	}
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	report := &evals.Report{Run: evals.Run{Suite: "triage", Figures: map[string]float64{"accuracy": 0.5, "train_seconds": 2}}, Gates: sample().Result.Gates}
	if err := JUnit(&out, report); err != nil {
		t.Fatal(err)
	}
	var read junitSuite
	if err := xml.Unmarshal([]byte(out.String()), &read); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if read.Tests != 3 || read.Failures != 1 || len(read.Cases) != 3 || read.Cases[2].Failure == nil || read.Cases[1].Failure != nil {
		t.Errorf("got %+v", read)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		percent(1): "100.0 %", percent(0.99999): "99.9 %", percent(0): "0.0 %", target(0.95): "95 %", target(0.985): "98.5 %", target(0.9): "90 %",
		count(999): "999", count(1234567): "1,234,567", percentOrNone(nil): "none", number(3): "3", number(0.25): "0.2500", fmt.Sprint(wrap("a bb ccc", 4)): "[a bb ccc]",
		promiseKept(triagesuite.Coverage{Target: 0.9, Precision: pointer(0.89), PrecisionInterval: evals.Range{High: 0.91}}): "just missed",
		promiseKept(triagesuite.Coverage{Target: 0.9, Precision: pointer(0.8), PrecisionInterval: evals.Range{High: 0.85}}):  "missed",
		printable("a\x1b[1m\nb", 10): "a [1m b",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
