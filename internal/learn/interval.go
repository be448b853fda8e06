package learn

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is a closed range that holds the true value with some confidence.
type Interval struct{ Low, High float64 }

// Wilson is the score interval for a proportion of successes in trials (Wilson
// 1927), two-sided at the level, such as 0.95. Its coverage is near the level
// on average. Without trials it is 0 to 1.
func Wilson(successes, trials int, level float64) Interval {
	if trials <= 0 {
		return Interval{0, 1}
	}
	n := float64(trials)
	p := float64(successes) / n
	z := math.Sqrt2 * math.Erfinv(level)
	centre := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	return Interval{max(0, (centre-half)/scale), min(1, (centre+half)/scale)}
}

// ClopperPearson is the exact interval for a proportion (Clopper and Pearson
// 1934), two-sided at the level. Its coverage is never under the level, so its
// lower end is the bound for promises. Without trials it is 0 to 1.
func ClopperPearson(successes, trials int, level float64) Interval {
	if trials <= 0 {
		return Interval{0, 1}
	}
	tail := (1 - level) / 2
	k, n := float64(successes), float64(trials)
	interval := Interval{0, 1}
	if successes > 0 {
		interval.Low = betaQuantile(tail, k, n-k+1)
	}
	if successes < trials {
		interval.High = betaQuantile(1-tail, k+1, n-k)
	}
	return interval
}

// Bootstrap is the percentile interval of a statistic (Efron 1979). The
// statistic gets indices below count, drawn with replacement. Values that are
// NaN are left out. The seed fixes the draws; 1,000 or more resamples serve.
func Bootstrap(count, resamples int, level float64, seed uint64, statistic func(indices []int) float64) Interval {
	random := rand.New(rand.NewPCG(seed, 0x626f6f74))
	indices := make([]int, count)
	values := make([]float64, 0, max(resamples, 0))
	for range resamples {
		for i := range indices {
			indices[i] = random.IntN(count)
		}
		if value := statistic(indices); !math.IsNaN(value) {
			values = append(values, value)
		}
	}
	if len(values) == 0 {
		return Interval{math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	tail := (1 - level) / 2
	return Interval{quantile(values, tail), quantile(values, 1-tail)}
}

// quantile interpolates linearly in sorted values.
func quantile(sorted []float64, share float64) float64 {
	position := min(max(share, 0), 1) * float64(len(sorted)-1)
	below := int(position)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (position-float64(below))*(sorted[above]-sorted[below])
}

// BinomialTail is the probability of so many successes or more in trials that each
// succeed with a probability.
func BinomialTail(successes, trials int, probability float64) float64 {
	switch {
	case successes <= 0:
		return 1
	case successes > trials:
		return 0
	}
	return incompleteBeta(probability, float64(successes), float64(trials-successes+1))
}
