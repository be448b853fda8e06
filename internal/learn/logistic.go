package learn

import "math"

// logisticTask is a small logistic regression with a Gaussian prior, by Newton's
// method with halving. All but the last weight are kept at zero or on the side
// that signed says: they are dropped where the likelihood would turn them.
type logisticTask struct {
	rows      [][]float64
	positive  []bool
	costs     []float64 // of each row; nil for 1
	prior     []float64
	precision float64
	signed    float64 // +1 or −1: which sign the weights have
}

// fit returns one weight a column.
func (t *logisticTask) fit() []float64 {
	free := make([]bool, len(t.prior))
	for i := range free {
		free[i] = true
	}
	for {
		weights := t.newton(free)
		worst, at := 0.0, -1
		for i := range len(weights) - 1 {
			if wrong := -t.signed * weights[i]; free[i] && wrong > worst {
				worst, at = wrong, i
			}
		}
		if at < 0 {
			return weights
		}
		free[at] = false
	}
}

func (t *logisticTask) newton(free []bool) []float64 {
	weights := make([]float64, len(t.prior))
	for i, isFree := range free {
		if isFree {
			weights[i] = t.prior[i]
		}
	}
	value, gradient, hessian := t.loss(weights, free)
	for range 60 {
		if hessian.factor() != nil {
			return weights
		}
		hessian.solve(gradient)
		improved := false
		for size := 1.0; size > 1e-6 && !improved; size /= 2 {
			candidate := make([]float64, len(weights))
			for i := range candidate {
				candidate[i] = weights[i] - size*gradient[i]
			}
			next, g, h := t.loss(candidate, free)
			if improved = next < value; improved {
				done := value-next < 1e-10*(1+math.Abs(value))
				weights, value, gradient, hessian = candidate, next, g, h
				if done {
					return weights
				}
			}
		}
		if !improved {
			return weights
		}
	}
	return weights
}

// loss is the negative logarithm of the posterior, with its gradient and
// Hessian. Weights that are not free have no gradient.
func (t *logisticTask) loss(weights []float64, free []bool) (value float64, gradient []float64, hessian triangle) {
	gradient, hessian = make([]float64, len(weights)), newTriangle(len(weights))
	for i, w := range weights {
		hessian[i][i] = t.precision
		if free[i] {
			gradient[i] = t.precision * (w - t.prior[i])
			value += t.precision / 2 * (w - t.prior[i]) * (w - t.prior[i])
		}
	}
	for r, row := range t.rows {
		cost := 1.0
		if t.costs != nil {
			cost = t.costs[r]
		}
		score := dot(row, weights)
		p := sigmoid(score)
		value += cost * softplus(score*(1-2*indicator(t.positive[r])))
		for i, x := range row {
			if !free[i] {
				continue
			}
			gradient[i] += cost * (p - indicator(t.positive[r])) * x
			for j := range i + 1 {
				if free[j] {
					hessian[i][j] += cost * p * (1 - p) * x * row[j]
				}
			}
		}
	}
	return value, gradient, hessian
}

// softplus is ln(1+eˣ) without overflow.
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
