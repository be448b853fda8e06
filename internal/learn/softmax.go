package learn

import "math"

// logSumExp is the logarithm of the sum of exponentials, without overflow.
func logSumExp(scores []float64) float64 {
	highest := math.Inf(-1)
	for _, score := range scores {
		highest = max(highest, score)
	}
	var sum float64
	for _, score := range scores {
		sum += math.Exp(score - highest)
	}
	return highest + math.Log(sum)
}

// Softmax overwrites probabilities with the softmax of scores/temperature.
func Softmax(probabilities, scores []float64, temperature float64) {
	LogSoftmax(probabilities, scores, temperature)
	for i := range scores {
		probabilities[i] = math.Exp(probabilities[i])
	}
}

// LogSoftmax overwrites logarithms with the natural logarithms of the softmax of
// scores/temperature, and returns ln Σ exp(score/temperature).
func LogSoftmax(logarithms, scores []float64, temperature float64) float64 {
	for i, score := range scores {
		logarithms[i] = score / temperature
	}
	total := logSumExp(logarithms[:len(scores)])
	for i := range scores {
		logarithms[i] -= total
	}
	return total
}
