package triage

import (
	"math"

	"github.com/signalbox/signalbox/internal/learn"
)

// heldOut is what models that didn't see an example say of it: the logarithms
// of its values' probabilities, by the text and, for the route, by the context.
type heldOut struct {
	member  int // the number of the example
	class   int
	fold    int
	judges  bool // an independent label: it may judge
	strange float64
	text    []float64
	context []float64 // nil for all fields but the route
}

// powers are the exponents of the text's and of the context's probabilities in
// their product (a logarithmic opinion pool; with one part it is temperature
// scaling, Guo et al. 2017, with the inverse temperature as exponent).
type powers struct {
	Text    float64 `json:"text"`
	Context float64 `json:"context"`
}

// lowestLogarithm keeps a value that a model never saw from being impossible.
const lowestLogarithm = -12.0

// pool overwrites probabilities with the normalised product.
func (p powers) pool(probabilities, text, context []float64) {
	for i := range probabilities {
		probabilities[i] = p.Text * text[i]
		if context != nil {
			probabilities[i] += p.Context * context[i]
		}
	}
	learn.Softmax(probabilities, probabilities, 1)
}

// fitPowers maximises the likelihood of the held-out labels, one exponent after
// the other.
func fitPowers(examples []heldOut) powers {
	fitted := powers{Text: 1}
	if len(examples) == 0 {
		return fitted
	}
	if examples[0].context == nil {
		fitted.Text = minimise(0.2, 5, func(x float64) float64 { return logLoss(examples, powers{Text: x}) })
		return fitted
	}
	fitted.Context = 1
	for range 6 {
		fitted.Text = minimise(0, 5, func(x float64) float64 { return logLoss(examples, powers{x, fitted.Context}) })
		fitted.Context = minimise(0, 5, func(x float64) float64 { return logLoss(examples, powers{fitted.Text, x}) })
	}
	return fitted
}

// logLoss is the mean over the examples, with a weak prior of exponents that
// sum to one: a few perfectly separated texts are no certainty.
func logLoss(examples []heldOut, p powers) float64 {
	if len(examples) == 0 {
		return 0
	}
	loss := 0.0
	probabilities := make([]float64, len(examples[0].text))
	for _, example := range examples {
		p.pool(probabilities, example.text, example.context)
		loss -= math.Log(max(probabilities[example.class], 1e-12))
	}
	excess := p.Text + p.Context - 1
	return (loss + 0.5*excess*excess) / float64(len(examples))
}

// minimise searches [low, high] for the minimum of a function with one valley,
// by golden section.
func minimise(low, high float64, f func(float64) float64) float64 {
	const ratio = 0.6180339887498949
	a, b := high-ratio*(high-low), low+ratio*(high-low)
	fa, fb := f(a), f(b)
	for range 28 {
		if fa <= fb {
			high, b, fb = b, a, fa
			a = high - ratio*(high-low)
			fa = f(a)
			continue
		}
		low, a, fa = a, b, fb
		b = low + ratio*(high-low)
		fb = f(b)
	}
	return (low + high) / 2
}
