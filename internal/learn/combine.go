package learn

import "math"

const (
	partTerms   = 0
	partFourier = 1
	partCount   = 2

	// The prior on the parts' weights: worth a few examples, so that a handful
	// of perfectly separated texts doesn't turn into certainty.
	priorWeight    = 2.0
	priorPrecision = 0.5
	largestWeight  = 50.0
)

// heldOut are scores of one example by models that did not see it: one a column.
type heldOut struct {
	scores [partCount][]float32
	class  int
}

// inScope drops the columns after the labels.
func (h heldOut) inScope(labels int) heldOut {
	for part, scores := range h.scores {
		if scores != nil {
			h.scores[part] = scores[:labels]
		}
	}
	return h
}

// fitWeights finds the weights, none negative, under which the softmax of the
// weighted sum of the parts is most likely.
func fitWeights(examples []heldOut, parts [partCount]bool) [partCount]float64 {
	var weights [partCount]float64
	for part, used := range parts {
		if used {
			weights[part] = priorWeight
		}
	}
	weights = newtonWeights(examples, weights, parts)
	for part := range weights {
		if parts[part] && weights[part] <= 0 {
			other := parts
			other[part] = false
			weights[part] = 0
			weights = newtonWeights(examples, weights, other)
			weights[1-part] = max(weights[1-part], 0)
			return weights
		}
	}
	return weights
}

func newtonWeights(examples []heldOut, weights [partCount]float64, free [partCount]bool) [partCount]float64 {
	value, gradient, hessian := likelihood(examples, weights)
	for range 50 {
		step := newtonStep(gradient, hessian, free)
		size := 1.0
		for ; size > 1e-6; size /= 2 {
			candidate := moved(weights, step, size)
			next, g, h := likelihood(examples, candidate)
			if next <= value {
				improvement := value - next
				weights, value, gradient, hessian = candidate, next, g, h
				if improvement < 1e-9*(1+math.Abs(value)) {
					return weights
				}
				break
			}
		}
		if size <= 1e-6 {
			break
		}
	}
	return weights
}

func moved(weights, step [partCount]float64, size float64) [partCount]float64 {
	for part := range weights {
		weights[part] = min(max(weights[part]-size*step[part], -largestWeight), largestWeight)
	}
	return weights
}

// newtonStep solves the two-by-two system on the free parts.
func newtonStep(g [partCount]float64, h [partCount][partCount]float64, free [partCount]bool) [partCount]float64 {
	for part, isFree := range free {
		if !isFree {
			g[part] = 0
			h[0][1], h[1][0] = 0, 0
			h[part][part] = 1
		}
	}
	determinant := h[0][0]*h[1][1] - h[0][1]*h[1][0]
	return [partCount]float64{
		(h[1][1]*g[0] - h[0][1]*g[1]) / determinant,
		(h[0][0]*g[1] - h[1][0]*g[0]) / determinant,
	}
}

// likelihood returns the negative logarithm of the posterior, its gradient and
// its Hessian.
func likelihood(examples []heldOut, weights [partCount]float64) (value float64, g [partCount]float64, h [partCount][partCount]float64) {
	for part, weight := range weights {
		value += priorPrecision / 2 * (weight - priorWeight) * (weight - priorWeight)
		g[part] = priorPrecision * (weight - priorWeight)
		h[part][part] = priorPrecision
	}
	var scores, probabilities []float64
	for _, example := range examples {
		scores = combine(growTo(scores, len(example.scores[partTerms])), example.scores, weights)
		probabilities = growTo(probabilities, len(scores))
		Softmax(probabilities, scores, 1)
		value -= math.Log(max(probabilities[example.class], math.SmallestNonzeroFloat64))
		addCurvature(&g, &h, example, probabilities)
	}
	return value, g, h
}

// addCurvature adds mean minus target and the covariance of the parts' scores
// under the probabilities.
func addCurvature(g *[partCount]float64, h *[partCount][partCount]float64, example heldOut, probabilities []float64) {
	var mean [partCount]float64
	var square [partCount][partCount]float64
	for label, p := range probabilities {
		a, b := float64(example.scores[partTerms][label]), fourierScore(example.scores, label)
		mean[0] += p * a
		mean[1] += p * b
		square[0][0] += p * a * a
		square[0][1] += p * a * b
		square[1][1] += p * b * b
	}
	g[0] += mean[0] - float64(example.scores[partTerms][example.class])
	g[1] += mean[1] - fourierScore(example.scores, example.class)
	h[0][0] += square[0][0] - mean[0]*mean[0]
	h[1][1] += square[1][1] - mean[1]*mean[1]
	h[0][1] += square[0][1] - mean[0]*mean[1]
	h[1][0] = h[0][1]
}

func fourierScore(scores [partCount][]float32, label int) float64 {
	if scores[partFourier] == nil {
		return 0
	}
	return float64(scores[partFourier][label])
}

// combine overwrites and returns combined: the weighted sum of the parts.
func combine(combined []float64, scores [partCount][]float32, weights [partCount]float64) []float64 {
	for label := range combined {
		combined[label] = weights[partTerms]*float64(scores[partTerms][label]) +
			weights[partFourier]*fourierScore(scores, label)
	}
	return combined
}
