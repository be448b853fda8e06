package learn

import (
	"errors"
	"math"
)

// ErrCalibration is returned for scores and outcomes that fit no calibration.
var ErrCalibration = errors.New("learn: unusable calibration data")

// FitTemperature returns the temperature under which the softmax of the scores
// gives the right classes the highest likelihood (Guo et al. 2017): above 1 for
// scores that are too sure. It keeps to 0.01 … 100. The examples must not have
// been trained on.
func FitTemperature(scores [][]float64, classes []int) (float64, error) {
	if len(scores) == 0 || len(scores) != len(classes) {
		return 0, ErrCalibration
	}
	for i, class := range classes {
		if class < 0 || class >= len(scores[i]) {
			return 0, ErrCalibration
		}
	}
	loss := func(logarithm float64) float64 { return scaledLoss(scores, classes, math.Exp(logarithm)) }
	return math.Exp(goldenSection(loss, math.Log(lowestTemperature), math.Log(highestTemperature))), nil
}

func scaledLoss(scores [][]float64, classes []int, temperature float64) float64 {
	var loss float64
	var scaled []float64
	for i, row := range scores {
		scaled = growTo(scaled, len(row))
		for label, score := range row {
			scaled[label] = score / temperature
		}
		loss += logSumExp(scaled) - scaled[classes[i]]
	}
	return loss
}

// goldenSection finds the minimum of a function with one valley. The likelihood
// is convex in 1/temperature, so it has one in the logarithm too.
func goldenSection(f func(float64) float64, low, high float64) float64 {
	ratio := (math.Sqrt(5) - 1) / 2
	a, b := high-ratio*(high-low), low+ratio*(high-low)
	fa, fb := f(a), f(b)
	for high-low > 1e-6 {
		if fa <= fb {
			high, b, fb = b, a, fa
			a = high - ratio*(high-low)
			fa = f(a)
		} else {
			low, a, fa = a, b, fb
			b = low + ratio*(high-low)
			fb = f(b)
		}
	}
	return (low + high) / 2
}
