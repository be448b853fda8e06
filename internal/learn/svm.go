package learn

import "math/rand/v2"

const (
	svmTolerance = 0.05
	svmPasses    = 60
)

// supportVectors is one L2-regularised squared-hinge problem, solved by dual
// coordinate descent with shrinking (Hsieh et al. 2008, algorithm 3).
type supportVectors struct {
	documents []weighted
	members   []int  // the documents to learn from
	signs     []int8 // +1 for those to be told from the others, which have −1
	squares   []float64
	cost      float64
	random    *rand.Rand
	weights   []float32 // one a row, and the bias at the end
	alphas    []float64
	active    []int
}

func squaredLengths(documents []weighted) []float64 {
	squares := make([]float64, len(documents))
	for i, document := range documents {
		for _, value := range document.values {
			squares[i] += float64(value) * float64(value)
		}
	}
	return squares
}

// solve learns to tell the positive documents from the others and returns the
// weights.
func (s *supportVectors) solve() []float32 {
	s.active = append(s.active[:0], s.members...)
	bound := shrinkNever
	for range svmPasses {
		spread, highest := s.pass(bound)
		bound = highest
		if spread > svmTolerance {
			continue
		}
		if len(s.active) == len(s.members) {
			break
		}
		s.active = append(s.active[:0], s.members...)
		bound = shrinkNever
	}
	return s.weights
}

const shrinkNever = 1e30

// pass visits every active document once. It returns the spread of the
// projected gradients and the bound for shrinking in the next pass.
func (s *supportVectors) pass(bound float64) (spread, highest float64) {
	highest, lowest := -shrinkNever, shrinkNever
	s.random.Shuffle(len(s.active), func(i, j int) { s.active[i], s.active[j] = s.active[j], s.active[i] })
	kept := s.active[:0]
	diagonal := 1 / (2 * s.cost)
	for _, i := range s.active {
		sign := float64(s.signs[i])
		gradient := sign*s.score(i) - 1 + diagonal*s.alphas[i]
		projected := gradient
		if s.alphas[i] == 0 {
			if gradient > bound {
				continue
			}
			projected = min(gradient, 0)
		}
		kept = append(kept, i)
		highest, lowest = max(highest, projected), min(lowest, projected)
		if projected > 1e-12 || projected < -1e-12 {
			s.update(i, sign, gradient/(s.squares[i]+1+diagonal))
		}
	}
	s.active = kept
	spread = highest - lowest
	if highest <= 0 {
		highest = shrinkNever
	}
	return spread, highest
}

func (s *supportVectors) score(document int) float64 {
	d := s.documents[document]
	return float64(dotRows(s.weights, d) + s.weights[len(s.weights)-1])
}

func (s *supportVectors) update(document int, sign, step float64) {
	old := s.alphas[document]
	s.alphas[document] = max(old-step, 0)
	change := float32(sign * (s.alphas[document] - old))
	d := s.documents[document]
	for i, row := range d.rows {
		s.weights[row] += change * d.values[i]
	}
	s.weights[len(s.weights)-1] += change
}

func dotRows(weights []float32, d weighted) float32 {
	var sum float32
	values := d.values[:len(d.rows)]
	for i, row := range d.rows {
		sum += weights[row] * values[i]
	}
	return sum
}
