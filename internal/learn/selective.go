package learn

import (
	"math"
	"slices"
)

// Acted is what came of acting wherever the confidence reached a threshold.
type Acted struct {
	Threshold float64
	// Count of all were acted on, and Right of those were right.
	Count, Right int
	// Coverage is the share acted on. Precision is the share of those that was
	// right, NaN for none.
	Coverage, Precision float64
}

// ActedAt counts what has a confidence of at least the threshold (selective
// classification, El-Yaniv and Wiener 2010).
func ActedAt(confidences []float64, outcomes []bool, threshold float64) Acted {
	acted := Acted{Threshold: threshold}
	for i, p := range confidences {
		if p >= threshold {
			acted.Count++
			acted.Right += int(indicator(outcomes[i]))
		}
	}
	return acted.of(len(confidences))
}

func (a Acted) of(total int) Acted {
	a.Coverage = float64(a.Count) / float64(total)
	a.Precision = float64(a.Right) / float64(a.Count)
	return a
}

// CoverageAtPrecision finds the threshold with the largest coverage among those
// at which the precision reaches the target (Geifman and El-Yaniv 2017). The
// bound turns right and acted into the precision that counts: nil takes the
// plain share, and a lower bound such as that of ClopperPearson makes it a
// promise. Where none reaches the target the threshold is +Inf, and nothing is
// acted on.
func CoverageAtPrecision(confidences []float64, outcomes []bool, target float64, bound func(right, acted int) float64) Acted {
	if bound == nil {
		bound = func(right, acted int) float64 { return float64(right) / float64(acted) }
	}
	best := Acted{Threshold: math.Inf(1)}
	eachThreshold(confidences, outcomes, func(at Acted) {
		if bound(at.Right, at.Count) >= target {
			best = at
		}
	})
	return best.of(len(confidences))
}

// eachThreshold goes down through the different confidences.
func eachThreshold(confidences []float64, outcomes []bool, yield func(at Acted)) {
	order := ascending(confidences)
	slices.Reverse(order)
	var at Acted
	for rank, i := range order {
		at.Threshold = confidences[i]
		at.Count++
		at.Right += int(indicator(outcomes[i]))
		if rank+1 == len(order) || confidences[order[rank+1]] != confidences[i] {
			yield(at)
		}
	}
}

// RiskCoverageArea is the mean share of wrong outcomes among the most confident
// k, over all k (the area under the risk–coverage curve, Geifman et al. 2019): 0
// at best, NaN for no confidences. Equal confidences share their outcomes
// evenly, so that their order doesn't count.
func RiskCoverageArea(confidences []float64, outcomes []bool) float64 {
	var area float64
	var before Acted
	eachThreshold(confidences, outcomes, func(at Acted) {
		count := at.Count - before.Count
		wrong := float64(before.Count - before.Right)
		each := float64(count-(at.Right-before.Right)) / float64(count)
		for k := 1; k <= count; k++ {
			area += (wrong + float64(k)*each) / float64(before.Count+k)
		}
		before = at
	})
	return area / float64(len(confidences))
}

// ActedCalibration says whether confidences keep their promise where they are
// acted on.
type ActedCalibration struct {
	Acted
	// Confidence is the mean of those acted on, NaN for none.
	Confidence float64
	// Excess is Confidence less Precision: above 0 more was promised than kept.
	Excess float64
	// Interval of Excess, from the exact one of the precision: the mean
	// confidence is known, only outcomes are a sample.
	Interval Interval
}

// CalibrationAbove compares the mean confidence with the precision among
// confidences of at least the threshold (calibration in the large, Van Calster
// et al. 2016, on what is acted on). The interval is two-sided at the level by
// Clopper and Pearson (1934).
func CalibrationAbove(confidences []float64, outcomes []bool, threshold, level float64) ActedCalibration {
	c := ActedCalibration{Acted: ActedAt(confidences, outcomes, threshold)}
	var sum float64
	for _, p := range confidences {
		if p >= threshold {
			sum += p
		}
	}
	c.Confidence = sum / float64(c.Count)
	c.Excess = c.Confidence - c.Precision
	around := ClopperPearson(c.Right, c.Count, level)
	c.Interval = Interval{c.Confidence - around.High, c.Confidence - around.Low}
	return c
}
