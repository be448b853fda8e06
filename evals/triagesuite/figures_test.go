package triagesuite

import (
	"math"
	"reflect"
	"testing"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// six outcomes by hand: a is right twice and taken for b once; b is right once and
// taken for a once; c, which is never answered, is taken for a.
var six = []outcome{
	{label: "a", predicted: "a", confidence: 0.9, acted: []bool{true}}, {label: "a", predicted: "a", confidence: 0.8, acted: []bool{true}},
	{label: "a", predicted: "b", confidence: 0.7, acted: []bool{true}}, {label: "b", predicted: "b", confidence: 0.6, acted: []bool{true}},
	{label: "b", predicted: "a", confidence: 0.5, acted: []bool{false}}, {label: "c", predicted: "a", confidence: 0.4, acted: []bool{false}},
}

func sixMeasured() *measured {
	b := batch{seed: 1, inScope: six}
	threshold := 0.6
	return &measured{
		run:     &run{config: Config{Targets: []float64{0.75}, Cost: 0.01}},
		batches: []batch{b}, inScope: six, perSeed: 6,
		trials: []*learned{{thresholds: []*float64{&threshold}, labels: []string{"a", "b"}}},
	}
}

func TestFiguresByHand(t *testing.T) {
	t.Parallel()
	figures := sixMeasured().batches[0].figures(Config{Targets: []float64{0.75}})
	near(t, "accuracy", figures["accuracy"], 0.5)
	// F1 of a: 2·2/(3+4), of b: 2·1/(2+2), of c: 0.
	near(t, "macro-F1", figures["macro_f1"], (4.0/7+0.5)/3)
	near(t, "Brier", figures["brier"], (0.01+0.04+0.49+0.16+0.25+0.16)/6)
	// Risks at 1 to 6 acted on: 0, 0, 1/3, 1/4, 2/5, 3/6.
	near(t, "AURC", figures["aurc"], (1.0/3+0.25+0.4+0.5)/6)
	near(t, "coverage", figures["coverage_at_0.75"], 4.0/6)
	near(t, "precision", figures["precision_at_0.75"], 0.75)
	if _, known := figures["oos_auroc"]; known {
		t.Error("an AUROC without out-of-scope rows")
	}
}

func TestCoverageByHand(t *testing.T) {
	t.Parallel()
	m := sixMeasured()
	m.coverage()
	got := m.result.CoverageAtPrecision[0]
	near(t, "threshold", *got.Threshold, 0.6)
	near(t, "coverage", got.Coverage, 4.0/6)
	near(t, "precision", *got.Precision, 0.75)
	points := m.result.PrecisionCoverage
	if len(points) != 6 || points[2].Threshold != 0.7 {
		t.Fatalf("the curve is %+v", points)
	}
	near(t, "precision at half", points[2].Precision, 2.0/3)
	near(t, "coverage at half", points[2].Coverage, 0.5)
	promise := m.promises()[0]
	near(t, "mean confidence", *promise.MeanConfidence, 0.75)
	near(t, "gap", *promise.Gap, 0)
	m.trials[0].thresholds[0] = nil
	if m.threshold(0) != nil {
		t.Error("a threshold out of nothing")
	}
}

func TestClassesByHand(t *testing.T) {
	t.Parallel()
	list := classes(six)
	if len(list) != 3 || list[2].Precision != nil || *list[2].Recall != 0 {
		t.Fatalf("got %+v", list)
	}
	near(t, "precision of a", *list[0].Precision, 0.5)
	near(t, "recall of a", *list[0].Recall, 2.0/3)
	want := []Confused{{"a", "b", 1, 1.0 / 3}, {"b", "a", 1, 0.5}, {"c", "a", 1, 1}}
	if got := confusions(six); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestScopeByHand(t *testing.T) {
	t.Parallel()
	m := sixMeasured()
	for i := range m.inScope {
		m.batches[0].inScope[i].strangeness = float64(i)
	}
	m.inScope = append([]outcome(nil), m.inScope...)
	m.inScope[5].strange = true
	m.outside = []outcome{{outOfScope: true, strangeness: 4.5, strange: true}, {outOfScope: true, strangeness: 9, strange: true}, {outOfScope: true, strangeness: 0.5}}
	m.batches = []batch{{seed: 1, inScope: m.inScope, outside: m.outside}}
	m.summarise()
	m.scope()
	// Of 18 pairs the stranger is found stranger in 5 + 6 + 1.
	near(t, "AUROC", *m.result.OOS.AUROC, 12.0/18)
	near(t, "recall", m.result.OOS.Recall, 2.0/3)
	near(t, "in-scope accuracy", m.result.OOS.InScopeAccuracy, 0.5)
	near(t, "flagged", m.result.OOS.InScopeFlagged, 1.0/6)
}

func TestPriorityByHand(t *testing.T) {
	t.Parallel()
	outcomes := []outcome{
		{label: "urgent", predicted: "Urgent"}, {label: "urgent", predicted: "high"}, {label: "low", predicted: "urgent"}, {label: "normal", predicted: "low"}, {label: "normal", predicted: "normal"},
	}
	p := priorityOf("Priority", outcomes)
	if p == nil || p.UrgentMissed.Count != 1 || p.UrgentMissed.Of != 2 || p.UrgentByMistake.Count != 1 || p.UrgentByMistake.Of != 3 || p.Confusion[2][3] != 1 {
		t.Errorf("got %+v", p)
	}
	if priorityOf("intent", outcomes) != nil || priorityOf("band", []outcome{{label: "P1", predicted: "urgent"}}) != nil {
		t.Error("bands where there are none")
	}
}

// TestActingThresholdIsCautious: with 20 rows that were all right, 90 % can be
// promised for a confidence (0.1^(1/20) = 0.891) only from 22 rows on.
func TestActingThresholdIsCautious(t *testing.T) {
	t.Parallel()
	judged := func(right int) ([]float64, []bool) {
		confidences, outcomes := make([]float64, right), make([]bool, right)
		for i := range confidences {
			confidences[i], outcomes[i] = 1-float64(i)/1000, true
		}
		return confidences, outcomes
	}
	if got := actingThreshold(first(judged(21)), second(judged(21)), 0.9); got != nil {
		t.Errorf("21 rows promise 90 %%: %v", *got)
	}
	if got := actingThreshold(first(judged(22)), second(judged(22)), 0.9); got == nil {
		t.Error("22 rows do not promise 90 %")
	}
	if actingThreshold(nil, nil, 0.5) != nil {
		t.Error("nothing promises something")
	}
}

func first(a []float64, _ []bool) []float64 { return a }
func second(_ []float64, b []bool) []bool   { return b }

func TestSmallNumbers(t *testing.T) {
	t.Parallel()
	if !math.IsNaN(deviation([]float64{1})) || finite(math.NaN()) != nil || finite(math.Inf(1)) != nil || rate(1, 0) != nil {
		t.Error("a number out of nothing")
	}
	near(t, "deviation", deviation([]float64{1, 2, 3}), 1)
	interval := eceInterval([]float64{0.9, 0.8, 0.4}, []bool{true, true, false})
	if !(interval.Low >= 0 && interval.Low <= interval.High && interval.High <= 1) || eceInterval(nil, nil).High != 1 {
		t.Errorf("got %+v", interval)
	}
}
