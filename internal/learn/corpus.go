package learn

import (
	"context"
	"fmt"
	"slices"
)

// Document is a text to learn from. Embedding is nil when none is known.
type Document struct {
	Text      string
	Embedding []float32
}

// CorpusOptions say how a corpus is read. The zero value of a field means its
// default.
type CorpusOptions struct {
	// Space defaults to DefaultSpace of the first embedding's dimension.
	Space Space
	// Labels is how many labels all classifiers of one panel will have together.
	// It bounds how many n-grams are kept; by default MaximumLabels.
	Labels int
}

// Corpus holds texts that were read once, for several classifiers to learn from.
// Which n-grams are frequent is learned from all of its texts, labelled or not.
// It is safe for concurrent use.
type Corpus struct {
	extractor  *Extractor
	terms      *termSpace
	frequent   *rowSubset // of the network
	documents  []weighted
	squares    []float64
	embeddings [][]float32
	kernel     *kernel // nil for more texts than features
}

// NewCorpus reads the texts. Errors are ErrSpace, those of Space.Validate, and
// the context's.
func NewCorpus(ctx context.Context, documents []Document, options CorpusOptions) (*Corpus, error) {
	if options.Space == (Space{}) {
		options.Space = spaceOf(documents)
	}
	if options.Labels <= 0 {
		options.Labels = MaximumLabels
	}
	extractor, err := NewExtractor(options.Space)
	if err != nil {
		return nil, err
	}
	c := &Corpus{extractor: extractor, embeddings: make([][]float32, len(documents))}
	for i, document := range documents {
		if n := len(document.Embedding); n != 0 && n != options.Space.Embedding {
			return nil, fmt.Errorf("%w: example %d has an embedding of %d dimensions, not %d", ErrSpace, i, n, options.Space.Embedding)
		}
		c.embeddings[i] = document.Embedding
	}
	if err := c.read(ctx, documents, options.Labels); err != nil {
		return nil, err
	}
	if f := extractor.fourier; f != nil && len(documents) <= f.size() {
		c.kernel, err = newKernel(ctx, f, c.embeddings)
	}
	return c, err
}

func spaceOf(documents []Document) Space {
	dimension := 0
	for _, document := range documents {
		dimension = max(dimension, len(document.Embedding))
	}
	return DefaultSpace(dimension)
}

func (c *Corpus) read(ctx context.Context, documents []Document, labels int) error {
	hasher := c.extractor.space.Hasher
	counts := make([]Vector, len(documents))
	if err := parallel(ctx, len(counts), func(i int) { counts[i] = hasher.Counts(documents[i].Text) }); err != nil {
		return err
	}
	c.terms = fitTermSpace(hasher.Buckets, counts, weightBudget/(labels+8))
	c.frequent = c.terms.repeated(len(documents), networkRows(labels))
	c.documents = make([]weighted, len(counts))
	err := parallel(ctx, len(counts), func(i int) {
		// Weights take the place of counts: at a hundred thousand long texts two
		// copies were too much.
		c.documents[i] = c.terms.weigh(weighted{counts[i].Indices[:0], counts[i].Values[:0]}, counts[i])
	})
	c.squares = squaredLengths(c.documents)
	return err
}

// pick returns the embeddings of some texts.
func (c *Corpus) pick(members []int) [][]float32 {
	embeddings := make([][]float32, len(members))
	for i, member := range members {
		embeddings[i] = c.embeddings[member]
	}
	return embeddings
}

// Lesson is what one classifier learns from a corpus.
type Lesson struct {
	// Members number the texts to learn from, ascending.
	Members []int
	// Labels are those of the members, by position in Members.
	Labels []string
	// OutOfScope, if given, marks the members that belong to no label.
	OutOfScope []bool
	// Folds, if given, deal the members over folds numbered from 0: those that
	// belong together, such as copies of a text, stand in one. By default they
	// are five, at random, with the labels evenly spread.
	Folds []int
	// HeldOut is how many of the folds are held out in turn, the first ones; by
	// default as many as it takes to hold out 1,500 members.
	HeldOut int
}

func (l Lesson) outside(position int) bool { return l.OutOfScope != nil && l.OutOfScope[position] }

// Validate names the field that is wrong.
func (l Lesson) Validate(texts int) error {
	if len(l.Labels) != len(l.Members) || l.Folds != nil && len(l.Folds) != len(l.Members) {
		return fmt.Errorf("%w: Lesson has %d members, %d labels and %d folds: use as many of each", ErrExamples, len(l.Members), len(l.Labels), len(l.Folds))
	}
	if l.OutOfScope != nil && len(l.OutOfScope) != len(l.Members) {
		return fmt.Errorf("%w: Lesson has %d members and %d OutOfScope: use as many", ErrExamples, len(l.Members), len(l.OutOfScope))
	}
	for i, member := range l.Members {
		if member < 0 || member >= texts || i > 0 && member <= l.Members[i-1] {
			return fmt.Errorf("%w: Lesson.Members has %d at %d: use ascending numbers below %d", ErrExamples, member, i, texts)
		}
	}
	if len(l.Folds) > 0 && slices.Min(l.Folds) < 0 || l.HeldOut < 0 {
		return fmt.Errorf("%w: Lesson has negative folds", ErrExamples)
	}
	return nil
}
