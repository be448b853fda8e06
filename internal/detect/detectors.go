package detect

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
)

//go:embed detectors.sbd
var shipped []byte

// textDetectors are those of a first message, in the order of their values in the
// joint table.
var textDetectors = []string{Kind, Urgency, Impact, Sentiment, Sensitive}

// Detectors read texts. They never change and are safe for concurrent use.
type Detectors struct {
	reader  *Reader
	version string
	models  []*Model    // of a first message
	joint   *jointTable // of all of these
	act     *Model
	fields  []fieldConcept
}

// Default returns the shipped detectors. They are loaded once. The error is ErrFile
// for a file that was trained on other features or another embedding: train again.
func Default() (*Detectors, error) { return loadShipped() }

var loadShipped = sync.OnceValues(func() (*Detectors, error) { return New(shipped) })

// New reads detectors from a file's bytes. The error is ErrFile.
func New(encoded []byte) (*Detectors, error) {
	var trained Trained
	if err := trained.UnmarshalBinary(encoded); err != nil {
		return nil, err
	}
	reader, err := NewReader()
	if err != nil {
		return nil, err
	}
	if trained.Features != FeaturesHash() || trained.Embedding != reader.embedder.Identity() {
		return nil, fmt.Errorf("%w: it was trained on other features or another embedding; run make detectors", ErrFile)
	}
	sum := sha256.Sum256(encoded)
	d := &Detectors{reader: reader, version: hex.EncodeToString(sum[:8]), fields: reader.fieldConcepts()}
	for _, name := range append(slices.Clone(textDetectors), Act) {
		at := slices.IndexFunc(trained.Models, func(m *Model) bool { return m.Name == name })
		if at < 0 || !trained.Models[at].fits(reader.FlagCount(), reader.embedder.Dimension()) {
			return nil, fmt.Errorf("%w: it has no usable detector of %s", ErrFile, name)
		}
		d.models = append(d.models, trained.Models[at])
	}
	d.act, d.models = d.models[len(d.models)-1], d.models[:len(d.models)-1]
	d.joint = join(d.models, reader.FlagCount(), reader.embedder.Dimension())
	return d, nil
}

// Version identifies the trained file: sixteen hexadecimal digits.
func (d *Detectors) Version() string { return d.version }

// Values lists a detector's values in alphabetical order, nil for an unknown one.
func (d *Detectors) Values(detector string) []string {
	for _, m := range append(slices.Clone(d.models), d.act) {
		if m.Name == detector {
			return slices.Clone(m.Values)
		}
	}
	return nil
}

// ThanksFloor is the probability from which on thanks are believed.
func (d *Detectors) ThanksFloor() float64 { return d.act.Floor }

// Read reads a first message, the subject before the body. The embedding and the
// classes are what the built-in model reads of the text; either may be nil, and the
// detectors then know less. The error is for an embedding of another dimension.
func (d *Detectors) Read(text string, embedding []float32, classes []byte) (Reading, error) {
	if len(embedding) != 0 && len(embedding) != d.reader.embedder.Dimension() {
		return Reading{}, fmt.Errorf("detect: the embedding has %d dimensions, not %d", len(embedding), d.reader.embedder.Dimension())
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.read(d.reader.lexicon, d.reader.space, text, classes)
	s.features.Embedding = append(s.features.Embedding[:0], embedding...)
	sums := make([]float64, d.joint.values)
	d.joint.addTo(sums, &s.features)
	reading := Reading{Scores: make(map[string][]Score, len(d.models)), Matches: d.matches(s)}
	for _, m := range d.models {
		own := sums[:len(m.Values)]
		sums = sums[len(m.Values):]
		m.Calibrate(own)
		reading.Scores[m.Name] = ranked(m.Values, own)
		if m.Name == Sensitive {
			reading.Sensitive = d.flagged(s, reading, m.Floor)
		}
	}
	return reading, nil
}

// Act says what a message does to its thread, given the earlier messages.
func (d *Detectors) Act(earlier []Message, text string) []Score {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.features.Embedding = append(s.features.Embedding[:0], d.reader.readAct(s, earlier, text)...)
	scores := d.act.Scores(&s.features)
	d.act.Calibrate(scores)
	return ranked(d.act.Values, scores)
}

func ranked(values []string, probabilities []float64) []Score {
	scores := make([]Score, len(values))
	for i, value := range values {
		scores[i] = Score{value, probabilities[i]}
	}
	slices.SortStableFunc(scores, func(a, b Score) int { return cmp.Compare(b.Probability, a.Probability) })
	return scores
}
