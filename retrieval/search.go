package retrieval

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

// Finder ranks passages for an analysed question, best first, without boosts.
type Finder interface {
	Find(ctx context.Context, query Query) ([]Passage, error)
}

// QueryEmbedder embeds questions in the space that the passages were embedded in.
type QueryEmbedder interface {
	Embed(text string) []float32
}

// Searcher turns a question into ranked passages. It is safe for concurrent use.
type Searcher struct {
	Finder   Finder
	Embedder QueryEmbedder
	Analyser *Analyser
	Spaces   *Spaces          // embeds in the current space; nil is Embedder in the built-in one
	Now      func() time.Time // for freshness; nil is time.Now
}

// MaximumResults bounds what one search returns.
const MaximumResults = 50

// Search returns up to limit passages (1–50), best first. Questions beyond 4 KB are
// cut; a question without any letter or digit finds nothing. Words that no passage
// holds are taken for the nearest ones that some passage does. Without an answer of
// the embedding endpoint, the words alone are searched.
func (s *Searcher) Search(ctx context.Context, text string, limit int, filter Filter) ([]Passage, error) {
	if limit < 1 || limit > MaximumResults {
		return nil, fault.Field(fault.Unprocessable, "limit", "is out of range", "use 1 to 50")
	}
	text = strings.ToValidUTF8(text, " ")
	if strings.IndexFunc(text, isWordRune) < 0 {
		return []Passage{}, nil
	}
	query := s.Analyser.Query(text)
	query.Filter = filter
	// More than wanted, because boosts can lift a passage past its neighbours.
	query.Limit = min(limit+10, MaximumResults+10)
	passages, err := s.rank(ctx, query, s.find)
	if err != nil {
		return nil, err
	}
	return passages[:min(limit, len(passages))], nil
}

// Rank returns the passages of an analysed and embedded question, best first, with
// boosts. How many there are is the finder's limit; [Searcher.Search] bounds it for
// callers from outside.
func (s *Searcher) Rank(ctx context.Context, query Query) ([]Passage, error) {
	return s.rank(ctx, query, func(ctx context.Context, query *Query, _ string) (passages []Passage, note string, err error) {
		passages, err = s.findOnce(ctx, *query)
		return passages, "", err
	})
}

// rank corrects the question's words, finds its passages and orders them.
func (s *Searcher) rank(ctx context.Context, query Query, find func(context.Context, *Query, string) ([]Passage, string, error)) ([]Passage, error) {
	query.Counted = CountWhole(query.Factors)
	corrections, err := s.correct(ctx, &query)
	if err != nil {
		return nil, err
	}
	passages, note, err := find(ctx, &query, withCorrections(query.Text, corrections))
	if err != nil {
		return nil, err
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	s.boost(passages, query, now())
	explain(passages, query, corrections, note)
	slices.SortStableFunc(passages, func(a, b Passage) int { return cmp.Compare(b.Score, a.Score) })
	return passages, nil
}

// findOnce asks the store, unless there is nothing to ask for.
func (s *Searcher) findOnce(ctx context.Context, query Query) ([]Passage, error) {
	if len(query.Lexemes) == 0 && !HasDirection(query.Embedding) {
		return []Passage{}, nil
	}
	return s.Finder.Find(ctx, query)
}

// find embeds the question and ranks. When the current space changes in between, it
// does both again; a second time it goes without meaning.
func (s *Searcher) find(ctx context.Context, query *Query, text string) (passages []Passage, note string, err error) {
	for range 2 {
		note = s.embed(ctx, query, text)
		passages, err = s.findOnce(ctx, *query)
		if !errors.Is(err, ErrOtherSpace) {
			return passages, note, err
		}
		s.Spaces.Forget()
	}
	query.Embedding, query.Space = nil, EmbeddingSpace{}
	passages, err = s.findOnce(ctx, *query)
	return passages, "the embedding space is being switched: found by words alone", err
}

// embed fills in the question's vector and space, or says why there is none.
func (s *Searcher) embed(ctx context.Context, query *Query, text string) string {
	if s.Spaces == nil {
		query.Embedding = s.Embedder.Embed(text)
		return ""
	}
	var err error
	if query.Embedding, query.Space, err = s.Spaces.Question(ctx, text); err != nil {
		query.Embedding, query.Space = nil, EmbeddingSpace{}
		return "the embedding model did not answer: found by words alone"
	}
	return ""
}

// withCorrections is the question with what its misspelt words mean behind it.
func withCorrections(text string, corrections map[string]string) string {
	for _, word := range slices.Sorted(maps.Keys(corrections)) {
		text += " " + corrections[word]
	}
	return text
}

// explain says what brought each passage.
func explain(passages []Passage, query Query, corrections map[string]string, note string) {
	for i := range passages {
		passage := &passages[i]
		why := &passage.Why
		switch {
		case why.Lexical > 0 && why.Dense > 0:
			why.FoundBy = "both"
		case why.Dense > 0:
			why.FoundBy = "meaning"
		case why.Lexical > 0:
			why.FoundBy = "words"
		}
		why.Note, why.Space = note, query.Space.Name
		if len(corrections) > 0 {
			why.Corrections = corrections
		}
		for _, word := range query.Words {
			if slices.ContainsFunc(word.Lexemes, func(l int32) bool { return slices.Contains(passage.Matched, l) }) &&
				!slices.Contains(why.Words, word.Text) {
				why.Words = append(why.Words, word.Text)
			}
		}
	}
}

// HasDirection reports whether a vector can be compared: it has some part that is not zero.
func HasDirection(vector []float32) bool {
	return slices.ContainsFunc(vector, func(x float32) bool { return x != 0 })
}
