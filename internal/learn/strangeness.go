package learn

import "math"

// Signs that a text is out of scope. Each is higher for a stranger text.
const (
	signEnergy  = 0 // of the combined scores (Liu et al. 2020)
	signTerms   = 1 // the negative of the best label's n-gram score
	signFourier = 2 // the same of the embedding's
	signNetwork = 3 // the same of the network's
	signOutside = 4 // the score of the out-of-scope examples, if there were any
	signCentre  = 5 // the distance to the nearest label's mean embedding
	signCount   = 6
)

// usualSigns are the weights before any out-of-scope example was seen, for signs
// in units of their deviation in scope.
var usualSigns = [signCount]float64{signEnergy: 1, signTerms: 1, signFourier: 0.1, signNetwork: 0.5, signOutside: 0.5, signCentre: 1}

// signPrecision holds the weights near the usual ones.
const signPrecision = 1.0

// strangeness is the chosen combination of the signs, and where it begins.
type strangeness struct {
	weights   [signCount]float64
	threshold float64
}

func (s *strangeness) of(signs []float64) float64 { return dot(s.weights[:], signs) }

// fitStrangeness weighs the signs by a logistic regression of out-of-scope
// examples against those in scope, none negatively, and puts the threshold where
// the cost is as allowed. Without out-of-scope examples the usual weights stay.
func fitStrangeness(examples []judged, cost float64) strangeness {
	deviations := signDeviations(examples)
	task := logisticTask{prior: append(usualSigns[:len(usualSigns):len(usualSigns)], 0), precision: signPrecision, signed: 1}
	anyOutside := false
	for _, example := range examples {
		row := make([]float64, signCount+1)
		for sign, value := range example.signs {
			row[sign] = deviations[sign] * value
		}
		row[signCount] = 1
		task.rows, task.positive = append(task.rows, row), append(task.positive, example.class < 0)
		anyOutside = anyOutside || example.class < 0
	}
	var s strangeness
	copy(s.weights[:], task.prior)
	if anyOutside {
		copy(s.weights[:], task.fit())
	}
	for sign := range s.weights {
		s.weights[sign] *= deviations[sign]
	}
	var values []float64
	var right []bool
	for _, example := range examples {
		if example.class >= 0 {
			values = append(values, s.of(example.signs))
			right = append(right, indexOfLargest(example.scores) == example.class)
		}
	}
	s.threshold = chooseThreshold(values, right, cost)
	return s
}

// signDeviations are the inverse standard deviations in scope; 0 for a sign that
// never changes.
func signDeviations(examples []judged) [signCount]float64 {
	var inverse, sums, squares [signCount]float64
	count := 0.0
	for _, example := range examples {
		if example.class < 0 {
			continue
		}
		count++
		for sign, value := range example.signs {
			sums[sign] += value
			squares[sign] += value * value
		}
	}
	for sign := range inverse {
		mean := sums[sign] / max(count, 1)
		if variance := squares[sign]/max(count, 1) - mean*mean; variance > 1e-12 {
			inverse[sign] = 1 / math.Sqrt(variance)
		}
	}
	return inverse
}

// chooseThreshold returns the lowest strangeness above which no more than the
// cost is lost: in-scope examples that were labelled right, as a share of all in
// scope.
func chooseThreshold(values []float64, right []bool, cost float64) float64 {
	allowed := int(cost * float64(len(values)))
	order := ascending(values)
	threshold := math.MaxFloat64
	for rank := len(order) - 1; rank >= 0; rank-- {
		i := order[rank]
		if right[i] {
			if allowed == 0 {
				return values[i]
			}
			allowed--
		}
		threshold = values[i]
	}
	return threshold
}

// signs looks at the combined scores of a member's labels, and at the parts of
// all columns, and takes the distance to the nearest centroid.
func (m *member) signs(scores []float64, parts [partCount][]float32, distance float64) []float64 {
	signs := make([]float64, signCount)
	signs[signCentre] = distance
	signs[signEnergy] = -logSumExp(scores)
	for part, sign := range [partCount]int{signTerms, signFourier, signNetwork} {
		if parts[part] == nil {
			continue
		}
		own := parts[part][m.from:m.end()]
		signs[sign] = -float64(own[indexOfLargest(own[:len(m.labels)])])
		if m.outside {
			signs[signOutside] += m.weights[part] * float64(own[len(m.labels)])
		}
	}
	return signs
}
