package learn_test

import (
	"math"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

func TestMulticlassScoresByHand(t *testing.T) {
	t.Parallel()
	probabilities := [][]float64{{0.7, 0.2, 0.1}, {0, 0.5, 0.5}}
	near(t, "Brier score", learn.MulticlassBrierScore(probabilities, []int{0, 0}), (0.09+0.04+0.01+1+0.25+0.25)/2, 1e-12)
	near(t, "log loss", learn.MulticlassLogLoss(probabilities, []int{0, 1}), -(math.Log(0.7)+math.Log(0.5))/2, 1e-12)
	near(t, "log loss of the impossible", learn.MulticlassLogLoss(probabilities[1:], []int{0}), 34.538776, 1e-5)
}

func TestRiskCoverageAreaByHand(t *testing.T) {
	t.Parallel()
	confidences := []float64{0.6, 0.9, 0.8, 0.7}
	near(t, "area", learn.RiskCoverageArea(confidences, []bool{true, true, false, true}), (0+0.5+1.0/3+0.25)/4, 1e-12)
	near(t, "area of the perfect", learn.RiskCoverageArea(confidences, []bool{true, true, true, true}), 0, 0)
	near(t, "area of ties", learn.RiskCoverageArea([]float64{1, 1, 1, 1}, []bool{true, false, true, false}), 0.5, 1e-12)
	near(t, "area of one tie in three", learn.RiskCoverageArea([]float64{1, 1, 2}, []bool{false, true, true}), (0+0.25+1.0/3)/3, 1e-12)
}

func TestCoverageAtPrecision(t *testing.T) {
	t.Parallel()
	confidences := []float64{0.9, 0.8, 0.7, 0.6, 0.6, 0.5}
	outcomes := []bool{true, true, false, true, true, false}
	at := learn.CoverageAtPrecision(confidences, outcomes, 0.8, nil)
	if at.Threshold != 0.6 || at.Count != 5 || at.Right != 4 {
		t.Errorf("acted is %+v, want 4 of 5 at 0.6", at)
	}
	near(t, "coverage", at.Coverage, 5.0/6, 1e-12)
	near(t, "precision", at.Precision, 0.8, 1e-12)
	none := learn.CoverageAtPrecision(confidences, outcomes, 1.1, nil)
	if !math.IsInf(none.Threshold, 1) || none.Count != 0 || none.Coverage != 0 || !math.IsNaN(none.Precision) {
		t.Errorf("an impossible target gives %+v", none)
	}
	if again := learn.ActedAt(confidences, outcomes, at.Threshold); again != at {
		t.Errorf("acting at the threshold gives %+v, want %+v", again, at)
	}
}

// A threshold that is chosen by a lower bound must keep its target on fresh data
// far more often than one that is chosen by the plain share.
func TestBoundedThresholdsKeepTheirPromise(t *testing.T) {
	t.Parallel()
	bound := func(right, acted int) float64 { return learn.ClopperPearson(right, acted, 0.9).Low }
	plain, bounded, rounds := 0, 0, draws(200)
	truth := func(p float64) float64 { return 0.6 + 0.4*p }
	for round := range rounds {
		confidences, outcomes := simulated(300, uint64(round), truth)
		for i, b := range []func(int, int) float64{nil, bound} {
			at := learn.CoverageAtPrecision(confidences, outcomes, 0.9, b)
			if at.Count > 0 && (truth(at.Threshold)+1)/2 < 0.9 {
				*[]*int{&plain, &bounded}[i]++
			}
		}
	}
	if bounded > rounds/10 || plain < rounds/4 {
		t.Errorf("%d of %d bounded and %d plain thresholds miss their target", bounded, rounds, plain)
	}
}

func TestCalibrationAboveFindsOverconfidence(t *testing.T) {
	t.Parallel()
	missed := 0
	for round := range draws(200) {
		confidences, outcomes := simulated(400, uint64(round), func(p float64) float64 { return p })
		c := learn.CalibrationAbove(confidences, outcomes, 0.7, 0.95)
		near(t, "excess", c.Excess, c.Confidence-c.Precision, 1e-12)
		if !holds(c.Interval, 0) {
			missed++
		}
	}
	if missed > draws(200)/10 {
		t.Errorf("the interval misses 0 in %d of %d calibrated samples", missed, draws(200))
	}
	confidences, outcomes := simulated(4000, 3, func(p float64) float64 { return p * p })
	if c := learn.CalibrationAbove(confidences, outcomes, 0.7, 0.95); c.Interval.Low <= 0 {
		t.Errorf("overconfidence above the threshold is not found: %+v", c)
	}
}

func TestCalibrationErrorNoise(t *testing.T) {
	t.Parallel()
	for _, count := range []int{200, 2000} {
		confidences, _ := simulated(count, 8, func(p float64) float64 { return p })
		noise := learn.CalibrationErrorNoise(confidences, learn.EqualWidth(15), 300, 1)
		var mean float64
		above := 0
		for round := range 100 {
			_, outcomes := simulated(count, 8, func(p float64) float64 { return p })
			_, outcomes = redraw(confidences, outcomes, uint64(round))
			measured := learn.ExpectedCalibrationError(confidences, outcomes, learn.EqualWidth(15))
			mean += measured / 100
			if measured > noise.High {
				above++
			}
		}
		near(t, "mean error of the calibrated", noise.Mean, mean, 0.1*mean)
		if above > 15 {
			t.Errorf("%d of 100 calibrated samples stand above %v", above, noise.High)
		}
	}
	certain := learn.CalibrationErrorNoise([]float64{1, 0, 1}, learn.EqualMass(15), 10, 1)
	near(t, "error of the certain", certain.Mean+certain.High, 0, 0)
	if !math.IsNaN(learn.CalibrationErrorNoise(nil, learn.EqualWidth(15), 10, 1).Mean) {
		t.Error("no confidences have a noise floor")
	}
}

func redraw(confidences []float64, outcomes []bool, seed uint64) ([]float64, []bool) {
	uniform, _ := simulated(len(confidences), seed+1000, func(p float64) float64 { return p })
	for i, u := range uniform {
		outcomes[i] = u < confidences[i]
	}
	return confidences, outcomes
}

func TestPairedBootstrap(t *testing.T) {
	t.Parallel()
	first, second := make([]float64, 400), make([]float64, 400)
	for i := range first {
		first[i] = float64(i % 2)
		second[i] = first[i]
	}
	same := learn.PairedBootstrap(first, second, 200, 0.95, 1)
	if same.Value != 0 || same.Interval != (learn.Interval{}) || same.P != 1 {
		t.Errorf("equal systems differ by %+v", same)
	}
	for i := range 40 {
		second[2*i] = 1
	}
	better := learn.PairedBootstrap(first, second, 500, 0.95, 1)
	near(t, "difference", better.Value, 0.1, 1e-12)
	// Forty of 400 independent gains: a standard error of √(0.1·0.9/400) = 0.015.
	near(t, "lower end", better.Interval.Low, 0.1-1.96*0.015, 0.008)
	near(t, "upper end", better.Interval.High, 0.1+1.96*0.015, 0.008)
	if better.P > 0.01 {
		t.Errorf("a gain of six standard errors has P = %v", better.P)
	}
}
