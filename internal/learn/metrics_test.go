package learn_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v ± %v", what, got, want, tolerance)
	}
}

func TestMetricsByHand(t *testing.T) {
	t.Parallel()
	confidences := []float64{0.9, 0.8, 0.4, 0.2}
	outcomes := []bool{true, false, true, false}
	near(t, "accuracy", learn.Accuracy(outcomes), 0.5, 0)
	near(t, "Brier score", learn.BrierScore(confidences, outcomes), (0.01+0.64+0.36+0.04)/4, 1e-12)
	near(t, "log loss", learn.LogLoss(confidences, outcomes),
		-(math.Log(0.9)+math.Log(0.2)+math.Log(0.4)+math.Log(0.8))/4, 1e-12)
	near(t, "AUROC", learn.AUROC(confidences, outcomes), 0.75, 1e-12)
	near(t, "AUROC of ties", learn.AUROC([]float64{1, 1, 1}, []bool{true, false, true}), 0.5, 1e-12)
	near(t, "log loss at the edge", learn.LogLoss([]float64{0}, []bool{true}), 34.538776, 1e-5)
	if got := learn.AUROC([]float64{1, 2}, []bool{true, true}); !math.IsNaN(got) {
		t.Errorf("AUROC without negatives is %v, want NaN", got)
	}
}

func TestReliabilityBins(t *testing.T) {
	t.Parallel()
	confidences := []float64{0, 0.5, 0.5, 0.6, 1}
	outcomes := []bool{false, true, false, true, true}
	bins := learn.Reliability(confidences, outcomes, learn.EqualWidth(2))
	if bins[0].Count != 3 || bins[1].Count != 2 {
		t.Fatalf("counts are %d and %d, want 3 and 2: an upper edge belongs to its bin", bins[0].Count, bins[1].Count)
	}
	near(t, "confidence of the low bin", bins[0].Confidence, 1.0/3, 1e-12)
	near(t, "accuracy of the high bin", bins[1].Accuracy, 1, 0)
	near(t, "calibration error", learn.ExpectedCalibrationError(confidences, outcomes, learn.EqualWidth(2)), 0.4*0.2, 1e-12)
	mass := learn.Reliability(confidences, outcomes, learn.EqualMass(5))
	for i, bin := range mass {
		if bin.Count != 1 {
			t.Errorf("bin %d of equal mass has %d entries, want 1", i, bin.Count)
		}
	}
	near(t, "error with more bins than entries",
		learn.ExpectedCalibrationError([]float64{1}, []bool{true}, learn.EqualMass(15)), 0, 0)
}

func TestProportionIntervals(t *testing.T) {
	t.Parallel()
	cases := []struct {
		successes, trials          int
		wilsonLow, wilsonHigh      float64
		clopperLow, clopperHighest float64
	}{
		{8, 10, 0.49016, 0.94332, 0.44390, 0.97479},
		{0, 20, 0, 0.16113, 0, 0.16843},
		{20, 20, 0.83887, 1, 0.83157, 1},
		{950, 1000, 0.93471, 0.96186, 0.93461, 0.96268},
	}
	for _, c := range cases {
		wilson := learn.Wilson(c.successes, c.trials, 0.95)
		near(t, "lower Wilson bound", wilson.Low, c.wilsonLow, 2e-4)
		near(t, "upper Wilson bound", wilson.High, c.wilsonHigh, 2e-4)
		exact := learn.ClopperPearson(c.successes, c.trials, 0.95)
		near(t, "lower exact bound", exact.Low, c.clopperLow, 2e-4)
		near(t, "upper exact bound", exact.High, c.clopperHighest, 2e-4)
	}
	if got := learn.ClopperPearson(0, 0, 0.95); got != (learn.Interval{Low: 0, High: 1}) {
		t.Errorf("without trials the interval is %v, want 0 to 1", got)
	}
	if got := learn.Wilson(0, 0, 0.95); got != (learn.Interval{Low: 0, High: 1}) {
		t.Errorf("without trials the interval is %v, want 0 to 1", got)
	}
}

// The exact interval's lower end solves P(X ≥ successes) = tail.
func TestClopperPearsonInvertsTheBinomial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ successes, trials int }{{1, 5}, {37, 50}, {190, 200}} {
		low := learn.ClopperPearson(c.successes, c.trials, 0.9).Low
		var tail float64
		for k := c.successes; k <= c.trials; k++ {
			tail += binomial(k, c.trials, low)
		}
		near(t, "tail at the lower bound", tail, 0.05, 1e-9)
	}
}

func binomial(k, n int, p float64) float64 {
	all, _ := math.Lgamma(float64(n + 1))
	in, _ := math.Lgamma(float64(k + 1))
	out, _ := math.Lgamma(float64(n - k + 1))
	return math.Exp(all - in - out + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

func TestBootstrapFollowsItsSeed(t *testing.T) {
	t.Parallel()
	values := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	mean := func(indices []int) float64 {
		var sum float64
		for _, i := range indices {
			sum += values[i]
		}
		return sum / float64(len(indices))
	}
	first := learn.Bootstrap(len(values), 2000, 0.95, 3, mean)
	if second := learn.Bootstrap(len(values), 2000, 0.95, 3, mean); first != second {
		t.Errorf("one seed gave %v and %v", first, second)
	}
	near(t, "lower end", first.Low, 3.7, 0.3)
	near(t, "upper end", first.High, 7.3, 0.3)
	undefined := learn.Bootstrap(3, 10, 0.9, 1, func([]int) float64 { return math.NaN() })
	if !math.IsNaN(undefined.Low) || !math.IsNaN(undefined.High) {
		t.Errorf("a statistic without values has the interval %v, want NaN", undefined)
	}
}

func TestFitTemperatureRecoversTheTruth(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 2))
	var scores [][]float64
	var classes []int
	for range 6000 {
		row := []float64{4 * random.NormFloat64(), 4 * random.NormFloat64(), 4 * random.NormFloat64()}
		probabilities := make([]float64, 3)
		learn.Softmax(probabilities, row, 2.5)
		draw, class := random.Float64(), 0
		for draw > probabilities[class] && class < 2 {
			draw -= probabilities[class]
			class++
		}
		scores, classes = append(scores, row), append(classes, class)
	}
	temperature, err := learn.FitTemperature(scores, classes)
	if err != nil {
		t.Fatalf("fit: %v", err)
	}
	near(t, "temperature", temperature, 2.5, 0.15)
	for name, bad := range map[string][]int{"too few": classes[:3], "no such class": make([]int, 0)} {
		if _, err := learn.FitTemperature(scores, bad); !errors.Is(err, learn.ErrCalibration) {
			t.Errorf("%s: FitTemperature returned %v, want ErrCalibration", name, err)
		}
	}
	if _, err := learn.FitTemperature([][]float64{{1, 2}}, []int{2}); !errors.Is(err, learn.ErrCalibration) {
		t.Errorf("a class out of range gave %v, want ErrCalibration", err)
	}
}

func TestIsotonicPoolsViolators(t *testing.T) {
	t.Parallel()
	fitted, err := learn.FitIsotonic([]float64{0.1, 0.3, 0.2, 0.6, 0.9}, []bool{false, false, true, true, true})
	if err != nil || fitted.Validate() != nil {
		t.Fatalf("fit: %v, valid: %v", err, fitted.Validate())
	}
	for at, want := range map[float64]float64{0: 0, 0.1: 0, 0.2: 0.5, 0.25: 0.5, 0.3: 0.5, 0.45: 0.75, 0.6: 1, 1: 1} {
		near(t, "frequency", fitted.Apply(at), want, 1e-12)
	}
	same, err := learn.FitIsotonic([]float64{0.5, 0.5, 0.5, 0.5}, []bool{true, false, true, true})
	if err != nil {
		t.Fatalf("fit equal confidences: %v", err)
	}
	near(t, "frequency of equal confidences", same.Apply(0.5), 0.75, 0)
}

func TestIsotonicRefusesBadInput(t *testing.T) {
	t.Parallel()
	if _, err := learn.FitIsotonic(nil, nil); !errors.Is(err, learn.ErrCalibration) {
		t.Errorf("nothing gave %v, want ErrCalibration", err)
	}
	if _, err := learn.FitIsotonic([]float64{math.NaN()}, []bool{true}); !errors.Is(err, learn.ErrCalibration) {
		t.Errorf("NaN gave %v, want ErrCalibration", err)
	}
	for name, stored := range map[string]learn.Isotonic{
		"empty":       {},
		"lengths":     {X: []float64{1}, Y: nil},
		"falling":     {X: []float64{0, 1}, Y: []float64{1, 0}},
		"not a share": {X: []float64{0}, Y: []float64{2}},
		"equal X":     {X: []float64{1, 1}, Y: []float64{0, 1}},
	} {
		if err := stored.Validate(); !errors.Is(err, learn.ErrCalibration) {
			t.Errorf("%s: Validate returned %v, want ErrCalibration", name, err)
		}
	}
}

func FuzzIsotonic(f *testing.F) {
	f.Add(uint64(1), 5, 0.5)
	f.Add(uint64(9), 200, -3.0)
	f.Fuzz(func(t *testing.T, seed uint64, count int, at float64) {
		random := rand.New(rand.NewPCG(seed, 0))
		var confidences []float64
		var outcomes []bool
		for range min(max(count, 1), 500) {
			confidences = append(confidences, float64(random.IntN(40))/40)
			outcomes = append(outcomes, random.IntN(2) == 0)
		}
		fitted, err := learn.FitIsotonic(confidences, outcomes)
		if err != nil || fitted.Validate() != nil {
			t.Fatalf("fit: %v, valid: %v", err, fitted.Validate())
		}
		if got := fitted.Apply(at); !math.IsNaN(at) && !(got >= 0 && got <= 1) {
			t.Fatalf("Apply(%v) = %v, want 0 to 1", at, got)
		}
	})
}
