package detect

import (
	_ "embed"

	"github.com/signalbox/signalbox/internal/embedding"
)

//go:embed lexicon/sensitive.txt
var sensitiveLexicon string

//go:embed lexicon/tickets.txt
var ticketsLexicon string

//go:embed lexicon/acts.txt
var actsLexicon string

// Reader extracts features. It never changes and is safe for concurrent use.
type Reader struct {
	lexicon  *lexicon
	space    flagSpace
	embedder *embedding.Model

	fixed, still, works int32 // concepts
}

// NewReader fails if the built-in embedding or the lexicon cannot be read.
func NewReader() (*Reader, error) {
	l, err := parseLexicon(sensitiveLexicon, ticketsLexicon, actsLexicon)
	if err != nil {
		return nil, err
	}
	embedder, err := embedding.Default()
	if err != nil {
		return nil, err
	}
	return &Reader{
		lexicon: l, space: newFlagSpace(l), embedder: embedder,
		fixed: l.names["act.fixed"], still: l.names["act.still"], works: l.names["act.works"],
	}, nil
}

// FlagCount is how many flags there are.
func (r *Reader) FlagCount() int { return int(r.space.end) }

// EmbeddingIdentity names the embedding's space, Dimension is its size.
func (r *Reader) EmbeddingIdentity() string { return r.embedder.Identity() }

// Dimension is the length of an embedding.
func (r *Reader) Dimension() int { return r.embedder.Dimension() }

// Text returns the features of a first message.
func (r *Reader) Text(text string) Features {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	embedding, classes := r.embedder.Read(nil, nil, text)
	s.read(r.lexicon, r.space, text, classes)
	features := s.copied(embedding)
	features.Short, features.Sure = len(s.tokens.list) < fewestWords, s.surely(r.lexicon) != ""
	return features
}

// Act returns those of a further message.
func (r *Reader) Act(earlier []Message, text string) Features {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	return s.copied(r.readAct(s, earlier, text))
}

func (r *Reader) readAct(s *scratch, earlier []Message, text string) []float32 {
	b := r.before(s, earlier)
	own, classes := r.embedder.Read(nil, nil, text[:min(len(text), MaximumTextBytes)])
	s.read(r.lexicon, r.space, text, classes)
	r.addThread(s, b, cosine(own, r.embedder.Embed(b.text)))
	return own
}

func cosine(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func (s *scratch) copied(embedding []float32) Features {
	return Features{
		Grams:     append([]uint32(nil), s.features.Grams...),
		Flags:     append([]uint32(nil), s.features.Flags...),
		Embedding: append([]float32(nil), embedding...),
	}
}
