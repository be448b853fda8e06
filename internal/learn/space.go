package learn

import (
	"errors"
	"fmt"
	"slices"
)

// Space says how texts and embeddings become features. Classifiers of the same
// space can share one extraction. The zero Embedding means: n-grams only.
type Space struct {
	Hasher Hasher
	// Embedding is the dimension of the embeddings, 0 to 4,096.
	Embedding int
	// Fourier is the number of random features of the embedding, 1 to 16,384.
	// It is rounded up to a multiple of the embedding's dimension, which itself
	// is rounded up to a power of two.
	Fourier int
}

// ErrSpace is returned when features or embeddings of one space meet a
// classifier of another.
var ErrSpace = errors.New("learn: features are of another space")

// DefaultSpace suits embeddings of the given dimension; 0 for none.
func DefaultSpace(embeddingDimension int) Space {
	return Space{Hasher: Hasher{Buckets: 1 << 18}, Embedding: embeddingDimension, Fourier: 1536}
}

// Validate names the field that is out of range.
func (s Space) Validate() error {
	if err := s.Hasher.Validate(); err != nil {
		return err
	}
	if s.Embedding < 0 || s.Embedding > 4096 {
		return fmt.Errorf("learn: Space.Embedding is %d: use 0 (none) to 4096", s.Embedding)
	}
	if s.Embedding > 0 && (s.Fourier < 1 || s.Fourier > 1<<14) {
		return fmt.Errorf("learn: Space.Fourier is %d: use 1 to 16384", s.Fourier)
	}
	return nil
}

// Features are what classifiers see of one text. They are not to be changed.
type Features struct {
	space   Space
	text    string
	grams   []gram // all occurrences, for explanations
	counts  Vector
	fourier []float32
}

// Extractor computes features. It is safe for concurrent use.
type Extractor struct {
	space   Space
	fourier *fourierMap // nil without embeddings
}

// NewExtractor fails if the space is not valid.
func NewExtractor(space Space) (*Extractor, error) {
	if err := space.Validate(); err != nil {
		return nil, err
	}
	e := &Extractor{space: space}
	if space.Embedding > 0 {
		e.fourier = newFourierMap(space.Embedding, space.Fourier, space.Hasher.Seed)
	}
	return e, nil
}

// Space is the one the extractor was made for.
func (e *Extractor) Space() Space { return e.space }

// Extract computes the features of a text and its embedding. A nil embedding
// means that none is known. The error is [ErrSpace], for a wrong dimension.
func (e *Extractor) Extract(text string, embedding []float32) (Features, error) {
	if len(embedding) != 0 && len(embedding) != e.space.Embedding {
		return Features{}, fmt.Errorf("%w: the embedding has %d dimensions, not %d", ErrSpace, len(embedding), e.space.Embedding)
	}
	features := e.read(text)
	if e.fourier != nil {
		features.fourier = make([]float32, e.fourier.size())
		e.fourier.features(features.fourier, embedding)
	}
	return features, nil
}

// read computes the features without an embedding.
func (e *Extractor) read(text string) Features {
	scratch := hashScratch.Get().(*gramScratch)
	defer hashScratch.Put(scratch)
	grams := e.space.Hasher.grams(scratch, text)
	counts := e.space.Hasher.countGrams(scratch, grams)
	return Features{space: e.space, text: text, grams: slices.Clone(grams), counts: counts}
}
