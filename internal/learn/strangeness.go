package learn

import "math"

// Signs that a text is out of scope. Each is higher for a stranger text.
const (
	signEnergy    = 0 // of the combined scores (Liu et al. 2020)
	signUncertain = 1 // −ln of the highest probability (Hendrycks and Gimpel 2017)
	signTerms     = 2 // the negative of the best label's n-gram score
	signFourier   = 3 // the same of the embedding's
	signNetwork   = 4 // the same of the network's
	signOutside   = 5 // the score of the out-of-scope examples, if there were any
	signCount     = 6
)

// strangeness is the chosen combination of the signs, and where it begins.
type strangeness struct {
	weights   [signCount]float64
	threshold float64
}

func (s *strangeness) of(signs []float64) float64 { return dot(s.weights[:], signs) }

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
// all columns.
func (m *member) signs(scores []float64, parts [partCount][]float32) []float64 {
	signs := make([]float64, signCount)
	total := logSumExp(scores)
	signs[signEnergy] = -total
	signs[signUncertain] = total - scores[indexOfLargest(scores)]
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
