package learn

import (
	"math"
	"math/rand/v2"
	"slices"
)

// CalibrationNoise is what the expected calibration error comes to by chance.
type CalibrationNoise struct {
	// Mean is the error that a perfectly calibrated model shows on average.
	Mean float64
	// High is exceeded by a perfectly calibrated model in one of twenty samples:
	// an error above it is evidence of miscalibration.
	High float64
}

// CalibrationErrorNoise simulates outcomes that happen exactly as often as the
// confidences say, and measures their expected calibration error (the
// consistency resampling of Bröcker and Smith 2007, with the error of Naeini et
// al. 2015 in place of a diagram). The seed fixes the draws; 200 or more serve.
// Without confidences or draws it is NaN.
func CalibrationErrorNoise(confidences []float64, binning Binning, draws int, seed uint64) CalibrationNoise {
	if len(confidences) == 0 || draws < 1 {
		return CalibrationNoise{math.NaN(), math.NaN()}
	}
	random := rand.New(rand.NewPCG(seed, 0x666c6f6f))
	binOf, bins := binning(confidences)
	gaps := make([]float64, bins)
	values := make([]float64, draws)
	var sum float64
	for draw := range values {
		clear(gaps)
		for i, p := range confidences {
			gaps[binOf[i]] += p - indicator(random.Float64() < p)
		}
		for _, gap := range gaps {
			values[draw] += math.Abs(gap) / float64(len(confidences))
		}
		sum += values[draw]
	}
	slices.Sort(values)
	return CalibrationNoise{Mean: sum / float64(draws), High: quantile(values, 0.95)}
}
