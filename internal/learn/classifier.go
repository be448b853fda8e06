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
	// Confidence is the calibrated probability that the first label is right,
	// given that the text belongs to one of them. It is the first P, save where
	// that must be higher to stay first.
	Confidence float64
	// Uncalibrated is the first label's probability before calibration.
	Uncalibrated float64
	// Strangeness is higher for texts that less likely belong to any label. It is
	// compared with StrangenessThreshold.
	Strangeness float64
}

// Labels returns the labels in alphabetical order, the order of Scores.
func (c *Classifier) Labels() []string { return c.panel.Labels(0) }

// Space says which features the classifier takes.
func (c *Classifier) Space() Space { return c.panel.Space() }

// Temperature divides the scores before the softmax. It is 1 after training,
// since the weights were fitted by likelihood.
func (c *Classifier) Temperature() float64 { return c.member().temperature }

// Weights are the factors that training gave to the n-gram score, to the
// embedding's and to the network's; 0 means that the part is of no use.
func (c *Classifier) Weights() (terms, embedding, network float64) {
	weights := c.member().weights
	return weights[partTerms], weights[partFourier], weights[partNetwork]
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

// Calibration is "temperature", "beta" or "isotonic".
func (c *Classifier) Calibration() string { return calibrationNames[c.member().calibrator.kind] }

// StrangenessThreshold is the strangeness above which a text should be taken for
// out of scope, at the cost of Options.InScopeCost.
func (c *Classifier) StrangenessThreshold() float64 { return c.member().strangeness.threshold }

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
	scratch := scoreScratch.Get().(*scorer)
	defer scoreScratch.Put(scratch)
	if err := c.score(scratch, features); err != nil {
		return Prediction{}, err
	}
	m := c.member()
	return m.predictionOf(scratch.scores, m.signs(scratch.scores, scratch.parts.scores, m.centroids.distance(c.panel.extractor.embeddingOf(&features)))), nil
}

// Scores returns one score a label, in the order of Labels. The error is
// ErrSpace.
func (c *Classifier) Scores(features Features) ([]float64, error) {
	scratch := scoreScratch.Get().(*scorer)
	defer scoreScratch.Put(scratch)
	if err := c.score(scratch, features); err != nil {
		return nil, err
	}
	return slices.Clone(scratch.scores), nil
}

// score fills in scratch.
func (c *Classifier) score(scratch *scorer, features Features) error {
	if features.space != c.Space() {
		return fmt.Errorf("%w: they were extracted with %+v, not %+v", ErrSpace, features.space, c.Space())
	}
	c.panel.read(&scratch.parts, &features, 0, 1)
	scratch.scores = growTo(scratch.scores, len(c.member().labels))
	c.member().combine(scratch.scores, scratch.parts.scores)
	return nil
}

type scorer struct {
	parts  partScores
	scores []float64
}

var scoreScratch = sync.Pool{New: func() any { return new(scorer) }}

func (m *member) predictionOf(scores, signs []float64) Prediction {
	p := Prediction{Labels: make([]LabelProbability, len(scores)), Energy: signs[signEnergy], Strangeness: m.strangeness.of(signs)}
	best := indexOfLargest(scores)
	probabilities := make([]float64, len(scores))
	Softmax(probabilities, scores, m.temperature)
	p.Uncalibrated = probabilities[best]
	Softmax(probabilities, scores, m.temperature*m.calibrator.temperature)
	p.Confidence = m.calibrator.apply(probabilities, best)
	for i, label := range m.labels {
		p.Labels[i] = LabelProbability{Label: label, P: probabilities[i], Score: scores[i]}
	}
	slices.SortStableFunc(p.Labels, func(a, b LabelProbability) int { return cmp.Compare(b.Score, a.Score) })
	p.Margin = p.Labels[0].Score - p.Labels[1].Score
	return p
}

// indexOfLargest returns the first of equal ones.
func indexOfLargest[T cmp.Ordered](values []T) int {
	best := 0
	for i, value := range values {
		if value > values[best] {
			best = i
		}
	}
	return best
}

const (
	lowestTemperature  = 0.01
	highestTemperature = 100.0
)

func validTemperature(t float64) bool {
	return !math.IsNaN(t) && t >= lowestTemperature && t <= highestTemperature
}
