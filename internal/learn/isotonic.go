package learn

import (
	"fmt"
	"slices"
)

// Isotonic maps confidences to frequencies by a function that never falls. Its
// fields are what has to be stored: X ascends strictly, Y doesn't fall.
type Isotonic struct {
	X, Y []float64
}

// FitIsotonic fits by pooling adjacent violators (Ayer et al. 1955; Zadrozny
// and Elkan 2002). It follows its examples closely: use it with a thousand or
// more, and a temperature with fewer.
func FitIsotonic(confidences []float64, outcomes []bool) (*Isotonic, error) {
	if len(confidences) == 0 || len(confidences) != len(outcomes) {
		return nil, fmt.Errorf("%w: %d confidences and %d outcomes", ErrCalibration, len(confidences), len(outcomes))
	}
	var pools []pool
	for _, i := range ascending(confidences) {
		if !finite(confidences[i]) {
			return nil, fmt.Errorf("%w: a confidence is not finite", ErrCalibration)
		}
		pools = addToPools(pools, confidences[i], indicator(outcomes[i]))
	}
	return poolsToSteps(mergeViolators(pools)), nil
}

// pool is a range of confidences that share one frequency.
type pool struct {
	low, high  float64
	sum, count float64
}

func (p pool) mean() float64 { return p.sum / p.count }

// addToPools gives equal confidences one pool, whatever their outcomes.
func addToPools(pools []pool, confidence, outcome float64) []pool {
	if last := len(pools) - 1; last >= 0 && pools[last].high == confidence {
		pools[last].sum += outcome
		pools[last].count++
		return pools
	}
	return append(pools, pool{confidence, confidence, outcome, 1})
}

func mergeViolators(pools []pool) []pool {
	merged := pools[:0:0]
	for _, p := range pools {
		for len(merged) > 0 && merged[len(merged)-1].mean() >= p.mean() {
			last := merged[len(merged)-1]
			p = pool{last.low, p.high, last.sum + p.sum, last.count + p.count}
			merged = merged[:len(merged)-1]
		}
		merged = append(merged, p)
	}
	return merged
}

func poolsToSteps(pools []pool) *Isotonic {
	fitted := &Isotonic{}
	for _, p := range pools {
		fitted.X, fitted.Y = append(fitted.X, p.low), append(fitted.Y, p.mean())
		if p.high > p.low {
			fitted.X, fitted.Y = append(fitted.X, p.high), append(fitted.Y, p.mean())
		}
	}
	return fitted
}

// Validate says what is wrong with a function that was stored.
func (f *Isotonic) Validate() error {
	if len(f.X) == 0 || len(f.X) != len(f.Y) {
		return fmt.Errorf("%w: %d X and %d Y", ErrCalibration, len(f.X), len(f.Y))
	}
	for i := range f.X {
		if !finite(f.X[i]) || !(f.Y[i] >= 0 && f.Y[i] <= 1) || i > 0 && (f.X[i] <= f.X[i-1] || f.Y[i] < f.Y[i-1]) {
			return fmt.Errorf("%w: step %d does not rise", ErrCalibration, i)
		}
	}
	return nil
}

// Apply returns the frequency at a confidence: linear between the fitted
// points, constant beyond them. The function must be valid.
func (f *Isotonic) Apply(confidence float64) float64 {
	i, found := slices.BinarySearch(f.X, confidence)
	switch {
	case found:
		return f.Y[i]
	case i == 0:
		return f.Y[0]
	case i == len(f.X):
		return f.Y[i-1]
	}
	share := (confidence - f.X[i-1]) / (f.X[i] - f.X[i-1])
	return f.Y[i-1] + share*(f.Y[i]-f.Y[i-1])
}
