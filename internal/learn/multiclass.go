package learn

import "math"

// MulticlassBrierScore is the mean over the examples of Σ(p−y)² over all classes
// (Brier 1950): 0 at best, 2 at worst, NaN for no examples. Each row holds one
// probability a class.
func MulticlassBrierScore(probabilities [][]float64, classes []int) float64 {
	var sum float64
	for i, row := range probabilities {
		for class, p := range row {
			difference := p - indicator(class == classes[i])
			sum += difference * difference
		}
	}
	return sum / float64(len(probabilities))
}

// MulticlassLogLoss is the mean negative natural logarithm of the probability of
// the right class (Good 1952), NaN for no examples. Probabilities are kept 1e-15
// away from 0.
func MulticlassLogLoss(probabilities [][]float64, classes []int) float64 {
	var sum float64
	for i, row := range probabilities {
		sum -= math.Log(max(row[classes[i]], 1e-15))
	}
	return sum / float64(len(probabilities))
}
