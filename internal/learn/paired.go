package learn

// Difference of a statistic between two systems on the same examples.
type Difference struct {
	// Value is the second's less the first's.
	Value    float64
	Interval Interval
	// P is twice the share of resamples on the far side of 0, at most 1.
	P float64
}

// PairedBootstrap compares two systems example by example (Efron and Tibshirani
// 1993; Koehn 2004): values hold what each example adds to a mean, such as 1 for
// a right answer. Both have one entry an example. The seed fixes the draws.
func PairedBootstrap(first, second []float64, resamples int, level float64, seed uint64) Difference {
	all := make([]int, len(first))
	for i := range all {
		all[i] = i
	}
	mean := func(indices []int) float64 {
		var sum float64
		for _, i := range indices {
			sum += second[i] - first[i]
		}
		return sum / float64(len(indices))
	}
	d := Difference{Value: mean(all)}
	below, above, draws := 0, 0, 0
	d.Interval = Bootstrap(len(first), resamples, level, seed, func(indices []int) float64 {
		value := mean(indices)
		draws++
		below += int(indicator(value <= 0))
		above += int(indicator(value >= 0))
		return value
	})
	d.P = min(1, 2*float64(min(below, above))/float64(max(draws, 1)))
	return d
}
