package triage

import (
	"math"

	"github.com/signalbox/signalbox/internal/learn"
)

// heldOut is what models that didn't see an example say of it: the logarithms
// of its values' probabilities, by the text and by the other opinion, if there is one.
type heldOut struct {
	member  int // the number of the example
	class   int
	fold    int
	judges  bool // an independent label: it may judge
	strange float64
	text    []float64
	other   []float64 // of the detectors or, for the route, of the context; nil without any
}

// powers are the exponents of the text's and of the other opinion's probabilities in
// their product (a logarithmic opinion pool; with one part it is temperature
// scaling, Guo et al. 2017, with the inverse temperature as exponent).
type powers struct {
	Text  float64 `json:"text"`
	Other float64 `json:"other"`
}

// lowestLogarithm keeps a value that a model never saw from being impossible.
const lowestLogarithm = -12.0

// pool overwrites probabilities with the normalised product.
func (p powers) pool(probabilities, text, other []float64) {
	p.score(probabilities, text, other)
	learn.Softmax(probabilities, probabilities, 1)
}

// score overwrites scores with the logarithm of the product.
func (p powers) score(scores, text, other []float64) {
	for i := range scores {
		scores[i] = p.Text * text[i]
		if other != nil {
			scores[i] += p.Other * other[i]
		}
	}
}

// chooseCalibration calibrates the pooled scores, from as many examples on as make
// a confidence provisional: fewer would bend it more than straighten it.
func chooseCalibration(examples []heldOut, pooled powers) learn.Calibration {
	if len(examples) < provisionalLabels {
		return learn.NoCalibration()
	}
	scores, classes := make([][]float64, len(examples)), make([]int, len(examples))
	for i, example := range examples {
		scores[i], classes[i] = make([]float64, len(example.text)), example.class
		pooled.score(scores[i], example.text, example.other)
	}
	return learn.ChooseCalibration(scores, classes)
}

// fitPowers maximises the likelihood of the held-out labels, one exponent after
// the other.
func fitPowers(examples []heldOut) powers {
	fitted := powers{Text: 1}
	if len(examples) == 0 {
		return fitted
	}
	if examples[0].other == nil {
		fitted.Text = minimise(0.2, 5, func(x float64) float64 { return logLoss(examples, powers{Text: x}) })
		return fitted
	}
	fitted.Other = 1
	for range 6 {
		fitted.Text = minimise(0, 5, func(x float64) float64 { return logLoss(examples, powers{x, fitted.Other}) })
		fitted.Other = minimise(0, 5, func(x float64) float64 { return logLoss(examples, powers{fitted.Text, x}) })
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
		p.pool(probabilities, example.text, example.other)
		loss -= math.Log(max(probabilities[example.class], 1e-12))
	}
	excess := p.Text + p.Other - 1
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
