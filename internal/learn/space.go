package learn

import (
	"errors"
	"fmt"
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
	space  Space
	text   string
	counts Vector
	// occurrences and pieces are for explanations: which entry of the counts
	// occurs in which piece of the text.
	occurrences []occurrence
	pieces      []place
	fourier     []float32
}

type occurrence struct{ entry, piece uint32 }

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
	var features Features
	err := e.extract(&features, text, embedding, true)
	return features, err
}

// extract overwrites features and uses their memory again. The cosines are left
// out where nobody looks at them.
func (e *Extractor) extract(features *Features, text string, embedding []float32, cosines bool) error {
	if len(embedding) != 0 && len(embedding) != e.space.Embedding {
		return fmt.Errorf("%w: the embedding has %d dimensions, not %d", ErrSpace, len(embedding), e.space.Embedding)
	}
	e.read(features, text)
	if e.fourier != nil {
		features.fourier = growTo(features.fourier, e.fourier.size())
		if cosines {
			e.fourier.cosines(features.fourier, embedding)
		}
		e.fourier.tail(features.fourier, embedding)
	}
	return nil
}

// read computes the features without an embedding.
func (e *Extractor) read(features *Features, text string) {
	scratch := hashScratch.Get().(*gramScratch)
	defer hashScratch.Put(scratch)
	scratch.read(e.space.Hasher, text)
	features.space, features.text = e.space, text
	features.counts = scratch.count(e.space.Hasher, features.counts)
	features.pieces = append(features.pieces[:0], scratch.pieces...)
	features.occurrences = growTo(features.occurrences, len(scratch.grams))
	for i, g := range scratch.grams {
		features.occurrences[i] = occurrence{scratch.entries[i], g.piece}
	}
}

// embeddingOf is the embedding itself, times linearScale; nil without one.
func (e *Extractor) embeddingOf(features *Features) []float32 {
	if e.fourier == nil {
		return nil
	}
	return features.fourier[e.fourier.count:][:e.fourier.dimension]
}
