package learn

import "math"

const (
	partTerms   = 0
	partFourier = 1
	partNetwork = 2
	partCount   = 3

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
	for {
		weights = newtonWeights(examples, weights, parts)
		lowest := 0
		for part, weight := range weights {
			if weight < weights[lowest] {
				lowest = part
			}
		}
		if weights[lowest] >= 0 {
			return weights
		}
		weights[lowest], parts[lowest] = 0, false
	}
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

// newtonStep solves the system on the free parts.
func newtonStep(g [partCount]float64, h [partCount][partCount]float64, free [partCount]bool) [partCount]float64 {
	system := newTriangle(partCount)
	for part, isFree := range free {
		if !isFree {
			g[part] = 0
			system[part][part] = 1
			continue
		}
		for other := range part + 1 {
			if free[other] {
				system[part][other] = h[part][other]
			}
		}
	}
	if system.factor() != nil {
		return [partCount]float64{}
	}
	system.solve(g[:])
	return g
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
	var mean, at [partCount]float64
	var square [partCount][partCount]float64
	for label, p := range probabilities {
		for part, scores := range example.scores {
			if scores != nil {
				at[part] = float64(scores[label])
			}
			mean[part] += p * at[part]
			for other := range part + 1 {
				square[part][other] += p * at[part] * at[other]
			}
		}
	}
	for part, scores := range example.scores {
		if scores != nil {
			g[part] += mean[part] - float64(scores[example.class])
		}
		for other := range part + 1 {
			h[part][other] += square[part][other] - mean[part]*mean[other]
			h[other][part] = h[part][other]
		}
	}
}

// combine overwrites and returns combined: the weighted sum of the parts.
func combine(combined []float64, scores [partCount][]float32, weights [partCount]float64) []float64 {
	clear(combined)
	for part, own := range scores {
		if own == nil || weights[part] == 0 {
			continue
		}
		for label := range combined {
			combined[label] += weights[part] * float64(own[label])
		}
	}
	return combined
}
