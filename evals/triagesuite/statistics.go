package triagesuite

import (
	"math"
	"slices"

	"github.com/signalbox/signalbox/internal/learn"
)

const (
	level      = 0.95
	resamples  = 1_000
	noiseDraws = 400
	binCount   = 15
	// promiseLevel makes the lower end of the exact interval a one-sided bound of
	// 90 %: a threshold fitted to the plain share keeps its promise half the time.
	promiseLevel = 0.80
	// fewRows is below what a calibration error is told as an interval only.
	fewRows = 500
)

// actingThreshold is the lowest confidence from which on the precision of the
// judged rows reaches the target by a conservative bound (Clopper and Pearson
// 1934); nil if there is none.
func actingThreshold(confidences []float64, right []bool, target float64) *float64 {
	acted := learn.CoverageAtPrecision(confidences, right, target, func(right, acted int) float64 {
		if float64(right) < target*float64(acted) {
			return 0 // the bound is dearer than this look
		}
		return learn.ClopperPearson(right, acted, promiseLevel).Low
	})
	return finite(acted.Threshold)
}

// finite is nil for a number that JSON cannot hold: a figure that cannot be told.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// rate is a share that may be of nothing.
func rate(count, of int) *float64 { return finite(float64(count) / float64(of)) }

func wilson(count, of int) Range {
	i := learn.Wilson(count, of, level)
	return Range{Low: i.Low, High: i.High}
}

func meanOf(values []float64) float64 {
	var sum float64
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// deviation is that of a sample (with n−1), NaN for fewer than two values.
func deviation(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	mean, sum := meanOf(values), 0.0
	for _, value := range values {
		sum += (value - mean) * (value - mean)
	}
	return math.Sqrt(sum / float64(len(values)-1))
}
