package triage

import (
	"fmt"

	"github.com/signalbox/signalbox/internal/detect"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
)

const (
	// FeaturesVersion changes when the text that models read is made differently.
	FeaturesVersion = 1
	// ModelSchemaVersion changes when the encoding of a model does.
	ModelSchemaVersion = 4
)

// Model is a trained set of field models. It never changes and is safe for
// concurrent use.
type Model struct {
	taxonomy Taxonomy
	dataHash string
	fields   map[string]*fieldModel
	metrics  map[string]Metrics
	// languages counts the examples by their language.
	languages map[string]int
	bands     bandModel

	embedder  *embedding.Model
	detectors *detect.Detectors
	panel     *learn.Panel     // of the ticket's text, for all fields; nil without any
	contexts  *learn.Extractor // of the route's context
}

// newModel returns a model without fields.
func newModel(taxonomy Taxonomy) (*Model, error) {
	embedder, err := embedding.Default()
	if err != nil {
		return nil, fmt.Errorf("load the built-in embedding: %w", err)
	}
	detectors, err := detect.Default()
	if err != nil {
		return nil, fmt.Errorf("load the detectors: %w", err)
	}
	contexts, err := learn.NewExtractor(contextSpace())
	if err != nil {
		return nil, err
	}
	return &Model{
		taxonomy: taxonomy, fields: map[string]*fieldModel{}, metrics: map[string]Metrics{}, languages: map[string]int{},
		embedder: embedder, detectors: detectors, contexts: contexts,
	}, nil
}

// Taxonomy is the one that the model was trained with.
func (m *Model) Taxonomy() Taxonomy { return m.taxonomy }

// TaxonomyHash is the hash of that taxonomy, as 64 hexadecimal digits.
func (m *Model) TaxonomyHash() string { return m.taxonomy.Hash() }

// DataHash changes when the examples do, their order aside: 64 hexadecimal digits.
func (m *Model) DataHash() string { return m.dataHash }

// Metrics says by field what was measured in training. The map is the caller's.
func (m *Model) Metrics() map[string]Metrics {
	copied := make(map[string]Metrics, len(m.metrics))
	for field, metrics := range m.metrics {
		copied[field] = metrics
	}
	return copied
}

// textSpace is that of the ticket's text.
func (m *Model) textSpace() learn.Space { return learn.DefaultSpace(m.embedder.Dimension()) }

// fewestInLanguage is how many examples of a language make it one that was learned.
const fewestInLanguage = 3

// learned says whether a language occurred often enough among the examples. With
// few examples altogether it always did: they say nothing of what will come.
func (m *Model) learned(language string) bool {
	total := 0
	for _, count := range m.languages {
		total += count
	}
	return total < provisionalLabels || m.languages[language] >= fewestInLanguage
}

// read reads a document with all fields' classifiers. Release what it returns.
func (m *Model) read(text string) (*learn.Reading, error) {
	return m.panel.Read(text, m.embedder.Embed(text))
}
