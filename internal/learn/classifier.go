package learn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
)

// Classifier gives a text's labels with probabilities. It is a panel of one.
type Classifier struct{ panel *Panel }

func (c *Classifier) member() *member { return &c.panel.members[0] }

// LabelProbability is one label's share. Score is the value before the softmax,
// not divided by the temperature.
type LabelProbability struct {
	Label string
	P     float64
	Score float64
}

// Prediction is what a classifier says of one text.
type Prediction struct {
	// Labels come most probable first; equal ones in alphabetical order. P adds
	// up to one.
	Labels []LabelProbability
	// Energy is −ln Σ exp(Score): the higher, the less the text resembles any
	// label's examples (Liu et al. 2020). It ignores the temperature.
	Energy float64
	// Margin is the first label's score less the second's.
	Margin float64
}

// Labels returns the labels in alphabetical order, the order of Scores.
func (c *Classifier) Labels() []string { return c.panel.Labels(0) }

// Space says which features the classifier takes.
func (c *Classifier) Space() Space { return c.panel.Space() }

// Temperature divides the scores before the softmax. It is 1 after training,
// since the weights were fitted by likelihood.
func (c *Classifier) Temperature() float64 { return c.member().temperature }

// Weights are the factors that training gave to the n-gram score and to the
// embedding score; 0 means that the part is of no use.
func (c *Classifier) Weights() (terms, embedding float64) {
	weights := c.member().weights
	return weights[partTerms], weights[partFourier]
}

// WithTemperature returns a classifier that differs in its temperature only,
// which must be a finite number above 0.
func (c *Classifier) WithTemperature(temperature float64) (*Classifier, error) {
	if !validTemperature(temperature) {
		return nil, fmt.Errorf("learn: the temperature is %v: use a number from %v to %v", temperature, lowestTemperature, highestTemperature)
	}
	copied := *c.panel
	copied.members = slices.Clone(copied.members)
	copied.members[0].temperature = temperature
	return &Classifier{&copied}, nil
}

// Predict labels one text. A nil embedding means that none is known; the error
// is ErrSpace, for one of another dimension.
func (c *Classifier) Predict(text string, embedding []float32) (Prediction, error) {
	features, err := c.panel.extractor.Extract(text, embedding)
	if err != nil {
		return Prediction{}, err
	}
	return c.PredictFeatures(features)
}

// PredictFeatures is Predict on features that several classifiers share. The
// error is ErrSpace.
func (c *Classifier) PredictFeatures(features Features) (Prediction, error) {
	scores, err := c.Scores(features)
	if err != nil {
		return Prediction{}, err
	}
	return c.predictionOf(scores), nil
}

// Scores returns one score a label, in the order of Labels. The error is
// ErrSpace.
func (c *Classifier) Scores(features Features) ([]float64, error) {
	if features.space != c.Space() {
		return nil, fmt.Errorf("%w: they were extracted with %+v, not %+v", ErrSpace, features.space, c.Space())
	}
	scratch := scoreScratch.Get().(*scorer)
	defer scoreScratch.Put(scratch)
	scratch.document = c.panel.terms.weigh(scratch.document, features.counts)
	c.panel.parts(&scratch.parts, scratch.document, features.fourier)
	scores := make([]float64, len(c.member().labels))
	c.member().combine(scores, scratch.parts)
	return scores, nil
}

type scorer struct {
	document weighted
	parts    [partCount][]float32
}

var scoreScratch = sync.Pool{New: func() any { return new(scorer) }}

func (c *Classifier) predictionOf(scores []float64) Prediction {
	probabilities := make([]float64, len(scores))
	Softmax(probabilities, scores, c.Temperature())
	p := Prediction{Labels: make([]LabelProbability, len(scores)), Energy: -logSumExp(scores)}
	for i, label := range c.member().labels {
		p.Labels[i] = LabelProbability{Label: label, P: probabilities[i], Score: scores[i]}
	}
	slices.SortStableFunc(p.Labels, func(a, b LabelProbability) int { return cmp.Compare(b.Score, a.Score) })
	p.Margin = p.Labels[0].Score - p.Labels[1].Score
	return p
}

const (
	lowestTemperature  = 0.01
	highestTemperature = 100.0
)

func validTemperature(t float64) bool {
	return !math.IsNaN(t) && t >= lowestTemperature && t <= highestTemperature
}
