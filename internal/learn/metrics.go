package learn

import (
	"math"
	"slices"
)

// Accuracy is the share of true outcomes, NaN for none.
func Accuracy(right []bool) float64 {
	count := 0
	for _, r := range right {
		if r {
			count++
		}
	}
	return float64(count) / float64(len(right))
}

// BrierScore is the mean squared difference of a confidence (0 to 1) and its
// outcome (Brier 1950): 0 at best, 1 at worst, NaN for no confidences.
func BrierScore(confidences []float64, outcomes []bool) float64 {
	var sum float64
	for i, p := range confidences {
		difference := p - indicator(outcomes[i])
		sum += difference * difference
	}
	return sum / float64(len(confidences))
}

// LogLoss is the mean negative natural logarithm of the confidence in what
// happened. Confidences are kept 1e-15 away from 0 and 1.
func LogLoss(confidences []float64, outcomes []bool) float64 {
	const edge = 1e-15
	var sum float64
	for i, p := range confidences {
		p = min(max(p, edge), 1-edge)
		if !outcomes[i] {
			p = 1 - p
		}
		sum -= math.Log(p)
	}
	return sum / float64(len(confidences))
}

// AUROC is the probability that a positive gets a higher score than a negative,
// where ties count half (the Mann–Whitney statistic). It is NaN if either kind
// is missing.
func AUROC(scores []float64, positive []bool) float64 {
	order := ascending(scores)
	var rankSum, positives float64
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && scores[order[to]] == scores[order[from]] {
			to++
		}
		rank := float64(from+to+1) / 2
		for _, i := range order[from:to] {
			rankSum += rank * indicator(positive[i])
			positives += indicator(positive[i])
		}
		from = to
	}
	negatives := float64(len(scores)) - positives
	return (rankSum - positives*(positives+1)/2) / (positives * negatives)
}

// ascending returns the order of the values from the lowest to the highest;
// equal ones keep their order.
func ascending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return 0
	})
	return order
}

func indicator(outcome bool) float64 {
	if outcome {
		return 1
	}
	return 0
}
