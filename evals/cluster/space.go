package cluster

import (
	"context"
	"math/rand/v2"

	"github.com/signalbox/signalbox/internal/embedding"
)

// space turns texts into vectors of length one: what the embedding says beside what
// their words say.
type space struct {
	model      *embedding.Model
	terms      *terms
	directions decomposition
	middles    map[string][]float32 // by language
}

func fitSpace(model *embedding.Model, texts []string, sample []int, o Options, random *rand.Rand) *space {
	chosen := make([]string, len(sample))
	for i, at := range sample {
		chosen[i] = texts[at]
	}
	s := &space{model: model, terms: fitTerms(chosen), middles: map[string][]float32{}}
	weighed := make([]sparse, len(chosen))
	for i, text := range chosen {
		weighed[i] = s.terms.weigh(text)
	}
	s.directions = decompose(weighed, len(s.terms.idf), rank, random)
	s.fitMiddles(chosen, sample, o.Languages)
	return s
}

func (s *space) width() int { return s.model.Dimension() + s.directions.rank }

// fitMiddles learns what the texts of each language have in common.
func (s *space) fitMiddles(texts []string, sample []int, languages []string) {
	const least = 50 // texts of a language that has a middle of its own
	counts := map[string]float32{}
	vector := make([]float32, s.model.Dimension())
	add := func(language string) {
		if s.middles[language] == nil {
			s.middles[language] = make([]float32, len(vector))
		}
		axpy(s.middles[language], vector, 1)
		counts[language]++
	}
	for i, text := range texts {
		vector = s.model.EmbedInto(vector, text)
		add("")
		if language := languageOf(languages, sample[i]); language != "" {
			add(language)
		}
	}
	for language, middle := range s.middles {
		if language != "" && counts[language] < least {
			delete(s.middles, language)
			continue
		}
		for i := range middle {
			middle[i] /= counts[language]
		}
	}
}

func languageOf(languages []string, i int) string {
	if i < len(languages) {
		return languages[i]
	}
	return ""
}

func (s *space) embed(ctx context.Context, texts []string, languages []string) (table, error) {
	vectors := newTable(len(texts), s.width())
	err := parallel(ctx, len(texts), func(from, to int) {
		for i := from; i < to; i++ {
			s.into(vectors.row(i), texts[i], languageOf(languages, i))
		}
	})
	return vectors, err
}

func (s *space) into(row []float32, text, language string) {
	meaning, words := row[:s.model.Dimension()], row[s.model.Dimension():]
	s.model.EmbedInto(meaning, text)
	middle, known := s.middles[language]
	if !known {
		middle = s.middles[""]
	}
	axpy(meaning, middle, -1)
	normalise(meaning)
	project(words, s.terms.weigh(text), s.directions.terms)
	normalise(words)
	for i := range words {
		words[i] *= wordWeight
	}
	normalise(row)
}
