package triagesuite

import (
	"math"

	"github.com/signalbox/signalbox/internal/learn"
)

// calibration says how true the confidences are.
func (m *measured) calibration() {
	// Of the first seed: its interval and floor are those of one set of test rows.
	confidences, right := confidencesOf(m.batches[0].inScope)
	m.result.ECEInterval = eceInterval(confidences, right)
	noise := learn.CalibrationErrorNoise(confidences, learn.EqualWidth(binCount), noiseDraws, 1)
	m.result.ECENoiseFloor = NoiseFloor{noise.Mean, noise.High}
	all, outcomes := confidencesOf(m.inScope)
	m.result.Reliability = reliability(all, outcomes)
	m.result.CalibrationAboveThreshold = m.promises()
}

// draws keeps the work of a bootstrap bounded, whatever the number of rows.
func draws(rows int) int { return min(resamples, max(200, 20_000_000/max(rows, 1))) }

// eceInterval is the percentile interval of the bootstrap, moved by what resampling
// itself adds: the error is a sum of distances, which noise only makes longer.
func eceInterval(confidences []float64, right []bool) Range {
	if len(confidences) == 0 {
		return Range{Low: 0, High: 1}
	}
	some, outcomes := make([]float64, len(confidences)), make([]bool, len(confidences))
	var sum float64
	resampled := draws(len(confidences))
	interval := learn.Bootstrap(len(confidences), resampled, level, 1, func(indices []int) float64 {
		for i, index := range indices {
			some[i], outcomes[i] = confidences[index], right[index]
		}
		value := learn.ExpectedCalibrationError(some, outcomes, learn.EqualWidth(binCount))
		sum += value
		return value
	})
	excess := sum/float64(resampled) - learn.ExpectedCalibrationError(confidences, right, learn.EqualWidth(binCount))
	return Range{Low: max(0, interval.Low-excess), High: min(1, max(0, interval.High-excess))}
}

func reliability(confidences []float64, right []bool) []Bin {
	bins := make([]Bin, 0, binCount)
	for _, bin := range learn.Reliability(confidences, right, learn.EqualWidth(binCount)) {
		made := Bin{Count: bin.Count, Confidence: finite(bin.Confidence), Accuracy: finite(bin.Accuracy)}
		if bin.Count > 0 {
			around := wilson(int(math.Round(bin.Accuracy*float64(bin.Count))), bin.Count)
			made.Interval = &around
		}
		bins = append(bins, made)
	}
	return bins
}

// promises compares, for each target, what was promised with what was kept. Each
// training has a threshold of its own, so acted rows are counted, not confidences.
func (m *measured) promises() []Promise {
	var promises []Promise
	for i, target := range m.run.config.Targets {
		var confidences []float64
		var right []bool
		for _, o := range m.inScope {
			if o.acted[i] {
				confidences, right = append(confidences, o.confidence), append(right, o.right())
			}
		}
		promise := Promise{Target: target, N: len(confidences)}
		if len(confidences) > 0 {
			above := learn.CalibrationAbove(confidences, right, 0, level)
			promise.MeanConfidence, promise.Precision, promise.Gap = finite(above.Confidence), finite(above.Precision), finite(above.Excess)
			around := learn.ClopperPearson(m.once(above.Right), m.once(above.Count), level)
			promise.GapInterval = &Range{Low: above.Confidence - around.High, High: above.Confidence - around.Low}
		}
		promises = append(promises, promise)
	}
	return promises
}
