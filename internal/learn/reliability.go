package learn

import "math"

// Bin is one group of predictions of a reliability diagram.
type Bin struct {
	Count int
	// Confidence and Accuracy are means over the bin, 0 to 1; NaN when Count
	// is 0.
	Confidence, Accuracy float64
}

// Binning puts each confidence into one of a number of bins.
type Binning func(confidences []float64) (binOf []int, bins int)

// EqualWidth divides 0 to 1 into bins of one width, each with its upper edge
// (Guo et al. 2017 use 15). Bins under 1 count as 1.
func EqualWidth(bins int) Binning {
	bins = max(bins, 1)
	return func(confidences []float64) ([]int, int) {
		binOf := make([]int, len(confidences))
		for i, p := range confidences {
			binOf[i] = min(max(int(math.Ceil(p*float64(bins)))-1, 0), bins-1)
		}
		return binOf, bins
	}
}

// EqualMass puts nearly as many confidences into each bin, which is less biased
// where confidences crowd together (Nguyen and O'Connor 2015). Bins under 1
// count as 1.
func EqualMass(bins int) Binning {
	bins = max(bins, 1)
	return func(confidences []float64) ([]int, int) {
		binOf := make([]int, len(confidences))
		for rank, i := range ascending(confidences) {
			binOf[i] = rank * bins / len(confidences)
		}
		return binOf, bins
	}
}

// Reliability returns the bins from the lowest confidence to the highest.
func Reliability(confidences []float64, outcomes []bool, binning Binning) []Bin {
	binOf, count := binning(confidences)
	bins := make([]Bin, count)
	for i, bin := range binOf {
		bins[bin].Count++
		bins[bin].Confidence += confidences[i]
		bins[bin].Accuracy += indicator(outcomes[i])
	}
	for i := range bins {
		bins[i].Confidence /= float64(bins[i].Count)
		bins[i].Accuracy /= float64(bins[i].Count)
	}
	return bins
}

// ExpectedCalibrationError is the mean distance of confidence and accuracy over
// the bins, weighted by their counts (Naeini et al. 2015); 0 at best.
func ExpectedCalibrationError(confidences []float64, outcomes []bool, binning Binning) float64 {
	var sum float64
	for _, bin := range Reliability(confidences, outcomes, binning) {
		if bin.Count > 0 {
			sum += float64(bin.Count) * math.Abs(bin.Confidence-bin.Accuracy)
		}
	}
	return sum / float64(len(confidences))
}
