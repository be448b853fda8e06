package learn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

// draws is smaller where the race detector watches every step.
func draws(count int) int {
	if raceEnabled {
		return count / 4
	}
	return count
}

// Over many samples, an interval must hold the truth as often as it says.
func TestIntervalsCoverTheTruth(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(21, 22))
	count := draws(8000)
	for _, c := range []struct {
		truth  float64
		trials int
	}{{0.5, 40}, {0.9, 60}, {0.97, 200}, {0.05, 30}} {
		wilson, exact := 0, 0
		for range count {
			successes := 0
			for range c.trials {
				if random.Float64() < c.truth {
					successes++
				}
			}
			if holds(learn.Wilson(successes, c.trials, 0.95), c.truth) {
				wilson++
			}
			if holds(learn.ClopperPearson(successes, c.trials, 0.95), c.truth) {
				exact++
			}
		}
		if share := float64(wilson) / float64(count); share < 0.92 || share > 0.985 {
			t.Errorf("Wilson's interval covers %v of %d in %.3f of the samples, want about 0.95", c.truth, c.trials, share)
		}
		if share := float64(exact) / float64(count); share < 0.944 {
			t.Errorf("the exact interval covers %v of %d in %.3f of the samples, want 0.95 or more", c.truth, c.trials, share)
		}
	}
}

func holds(interval learn.Interval, truth float64) bool {
	return interval.Low <= truth && truth <= interval.High
}

func TestBootstrapCoversTheMean(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(23, 24))
	covered, count := 0, draws(400)
	values := make([]float64, 60)
	for sample := range count {
		for i := range values {
			values[i] = random.ExpFloat64()
		}
		interval := learn.Bootstrap(len(values), 300, 0.9, uint64(sample), func(indices []int) float64 {
			var sum float64
			for _, i := range indices {
				sum += values[i]
			}
			return sum / float64(len(indices))
		})
		if holds(interval, 1) {
			covered++
		}
	}
	if share := float64(covered) / float64(count); share < 0.82 || share > 0.96 {
		t.Errorf("the bootstrap covers the mean in %.3f of the samples, want about 0.9", share)
	}
}

func TestIntervalsAreOrdered(t *testing.T) {
	t.Parallel()
	for trials := 1; trials <= 25; trials++ {
		var before learn.Interval
		for successes := range trials + 1 {
			share := float64(successes) / float64(trials)
			wide, narrow := learn.ClopperPearson(successes, trials, 0.99), learn.ClopperPearson(successes, trials, 0.8)
			wilson := learn.Wilson(successes, trials, 0.95)
			if !holds(narrow, share) || wide.Low > narrow.Low || wide.High < narrow.High {
				t.Errorf("%d of %d: the 80 %% interval %v is not within that of 99 %%, %v", successes, trials, narrow, wide)
			}
			if wilson.Low < 0 || wilson.High > 1 || wilson.Low > share+1e-12 || wilson.High < share-1e-12 {
				t.Errorf("%d of %d: Wilson's interval is %v", successes, trials, wilson)
			}
			if successes > 0 && (wide.Low < before.Low || wide.High < before.High) {
				t.Errorf("%d of %d: one more success lowers the interval to %v", successes, trials, wide)
			}
			before = wide
			mirrored := learn.ClopperPearson(trials-successes, trials, 0.99)
			near(t, "mirrored bound", 1-mirrored.High, wide.Low, 1e-9)
		}
	}
}

// simulated draws confidences and outcomes that happen as often as truth says.
func simulated(count int, seed uint64, truth func(confidence float64) float64) (confidences []float64, outcomes []bool) {
	random := rand.New(rand.NewPCG(seed, 25))
	for range count {
		confidence := random.Float64()
		confidences = append(confidences, confidence)
		outcomes = append(outcomes, random.Float64() < truth(confidence))
	}
	return confidences, outcomes
}

func TestCalibrationErrorOfKnownTruths(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		truth func(float64) float64
		want  float64
	}{
		"calibrated":     {func(p float64) float64 { return p }, 0},
		"always a half":  {func(float64) float64 { return 0.5 }, 0.25},
		"squared":        {func(p float64) float64 { return p * p }, 1.0 / 6},
		"never":          {func(float64) float64 { return 0 }, 0.5},
		"a tenth better": {func(p float64) float64 { return min(1, p+0.1) }, 0.095},
	} {
		confidences, outcomes := simulated(40_000, 3, c.truth)
		for bins, binning := range map[string]learn.Binning{"width": learn.EqualWidth(15), "mass": learn.EqualMass(15)} {
			near(t, name+" error by equal "+bins, learn.ExpectedCalibrationError(confidences, outcomes, binning), c.want, 0.012)
		}
	}
}

func TestIsotonicCalibratesTheUncalibrated(t *testing.T) {
	t.Parallel()
	truth := func(p float64) float64 { return p * p }
	confidences, outcomes := simulated(20_000, 4, truth)
	fitted, err := learn.FitIsotonic(confidences, outcomes)
	if err != nil {
		t.Fatalf("fit: %v", err)
	}
	fresh, freshOutcomes := simulated(20_000, 5, truth)
	before := learn.ExpectedCalibrationError(fresh, freshOutcomes, learn.EqualWidth(15))
	brier := learn.BrierScore(fresh, freshOutcomes)
	previous := 0.0
	for p := 0.0; p <= 1; p += 0.01 {
		got := fitted.Apply(p)
		if got < previous {
			t.Fatalf("the calibrated confidence falls at %v", p)
		}
		previous = got
		near(t, "calibrated confidence", got, truth(p), 0.08)
	}
	for i, p := range fresh {
		fresh[i] = fitted.Apply(p)
	}
	if after := learn.ExpectedCalibrationError(fresh, freshOutcomes, learn.EqualWidth(15)); after > 0.02 || after > before/4 {
		t.Errorf("the error is %.3f after calibration and %.3f before, want nearly 0", after, before)
	}
	if after := learn.BrierScore(fresh, freshOutcomes); after >= brier {
		t.Errorf("the Brier score is %.4f after calibration and %.4f before", after, brier)
	}
}

// The probability that a positive outranks a negative, by asking all pairs.
func TestAUROCCountsPairs(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(31, 32))
	for range 40 {
		var scores []float64
		var positive []bool
		for range 5 + random.IntN(30) {
			scores = append(scores, float64(random.IntN(8)))
			positive = append(positive, random.IntN(3) == 0)
		}
		positive[0], positive[1] = true, false
		var won, pairs float64
		for i := range scores {
			for j := range scores {
				if positive[i] && !positive[j] {
					pairs++
					won += map[bool]float64{true: 1}[scores[i] > scores[j]] + map[bool]float64{true: 0.5}[scores[i] == scores[j]]
				}
			}
		}
		near(t, "AUROC", learn.AUROC(scores, positive), won/pairs, 1e-12)
	}
}

func TestBinsHoldEverythingOnce(t *testing.T) {
	t.Parallel()
	for _, count := range []int{1, 14, 15, 16, 1000} {
		confidences, outcomes := simulated(count, uint64(count), func(p float64) float64 { return p })
		for name, binning := range map[string]learn.Binning{"width": learn.EqualWidth(15), "mass": learn.EqualMass(15)} {
			total, smallest, largest := 0, count, 0
			for _, bin := range learn.Reliability(confidences, outcomes, binning) {
				total += bin.Count
				smallest, largest = min(smallest, bin.Count), max(largest, bin.Count)
				if bin.Count > 0 && (bin.Confidence < 0 || bin.Confidence > 1 || bin.Accuracy < 0 || bin.Accuracy > 1) {
					t.Errorf("a bin of equal %s is %+v", name, bin)
				}
			}
			if total != count {
				t.Errorf("bins of equal %s hold %d, want %d", name, total, count)
			}
			if name == "mass" && largest-smallest > 1 {
				t.Errorf("bins of equal mass hold %d to %d", smallest, largest)
			}
		}
	}
}

func TestSoftmaxIsShiftedAndScaledRight(t *testing.T) {
	t.Parallel()
	for _, scores := range [][]float64{{0, 0}, {1, -2, 3}, {700, -700}, {-1e6, -1e6 + 1}, {1e-9, 0, -1e-9}} {
		p, shifted, hot, logarithms := make([]float64, len(scores)), make([]float64, len(scores)), make([]float64, len(scores)), make([]float64, len(scores))
		learn.Softmax(p, scores, 1)
		total := learn.LogSoftmax(logarithms, scores, 1)
		moved := make([]float64, len(scores))
		var sum float64
		for i, score := range scores {
			moved[i] = score + 5
			sum += p[i]
			near(t, "logarithm", logarithms[i], score-total, 1e-9*math.Abs(total)+1e-12)
		}
		near(t, "sum", sum, 1, 1e-9)
		learn.Softmax(shifted, moved, 1)
		learn.Softmax(hot, scores, 1e9)
		for i := range scores {
			near(t, "shifted share", shifted[i], p[i], 1e-9)
			near(t, "share at a high temperature", hot[i], 1/float64(len(scores)), 1e-2)
		}
	}
}
