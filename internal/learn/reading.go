package learn

import (
	"fmt"
	"slices"
	"sync"
)

// Reading is what the classifiers of a panel say of one text. It is for one
// goroutine, and only until Release, which lets the next reading use its memory.
type Reading struct {
	panel    *Panel
	features Features
	parts    partScores
	scores   []float64 // of all labels of all members
	// entries are the entries of the counts that the document's rows stand for;
	// only explanations need them.
	entries []uint32
	shares  []float32
	weights []float64
}

var readings = sync.Pool{New: func() any { return new(Reading) }}

// Read reads a text with all classifiers. A nil embedding means that none is
// known; the error is ErrSpace, for one of another dimension.
func (p *Panel) Read(text string, embedding []float32) (*Reading, error) {
	return p.readMembers(text, embedding, 0, len(p.members))
}

// ReadOne is Read with one classifier, by its number from 0: that of the others
// is left open, and the one's is the same.
func (p *Panel) ReadOne(text string, embedding []float32, classifier int) (*Reading, error) {
	return p.readMembers(text, embedding, classifier, classifier+1)
}

// Read is [Panel.ReadOne] of the classifier alone, which is number 0.
func (c *Classifier) Read(text string, embedding []float32) (*Reading, error) {
	return c.panel.Read(text, embedding)
}

func (p *Panel) readMembers(text string, embedding []float32, first, end int) (*Reading, error) {
	r := readings.Get().(*Reading)
	if err := p.extractor.extract(&r.features, text, embedding, p.usesFourier(first, end)); err != nil {
		readings.Put(r)
		return nil, err
	}
	r.panel, r.entries = p, r.entries[:0]
	p.read(&r.parts, &r.features, first, end)
	r.scores = growTo(r.scores, p.columns())
	for i := range p.members[first:end] {
		p.members[first+i].combine(r.Scores(first+i), r.parts.scores)
	}
	return r, nil
}

// Release ends the use of the reading and of all slices that it gave out.
func (r *Reading) Release() {
	r.panel, r.features.text = nil, ""
	readings.Put(r)
}

// Scores are those of a classifier, by its number from 0, in the order of its
// labels.
func (r *Reading) Scores(classifier int) []float64 {
	m := &r.panel.members[classifier]
	return r.scores[m.from:m.to()]
}

// LogProbabilities overwrites logarithms with the natural logarithms of the
// probabilities of a classifier's labels, and returns the energy of the text
// (see [Prediction]).
func (r *Reading) LogProbabilities(logarithms []float64, classifier int) (energy float64) {
	scores := r.Scores(classifier)
	LogSoftmax(logarithms, scores, r.panel.members[classifier].temperature)
	return -logSumExp(scores)
}

// Strangeness of the text for a classifier (see [Prediction]).
func (r *Reading) Strangeness(classifier int) float64 {
	m := &r.panel.members[classifier]
	return m.strangeness.of(m.signs(r.Scores(classifier), r.parts.scores, r.distance(classifier)))
}

// distance to the nearest centroid of a classifier's labels.
func (r *Reading) distance(classifier int) float64 {
	return r.panel.members[classifier].centroids.distance(r.panel.extractor.embeddingOf(&r.features))
}

// Contributions explains a classifier's score of a label as
// [Classifier.Contributions] does. A label that it doesn't have is an error.
func (r *Reading) Contributions(classifier int, label string, limit int) ([]Contribution, error) {
	m := &r.panel.members[classifier]
	target, ok := slices.BinarySearch(m.labels, label)
	if !ok {
		return nil, fmt.Errorf("learn: the classifier has no label %q", label)
	}
	r.share(m, target)
	r.addUp()
	return strongest(&r.features, r.weights, limit), nil
}
