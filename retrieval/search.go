package retrieval

import (
	"cmp"
	"context"
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
	Now      func() time.Time // for freshness; nil is time.Now
}

// MaximumResults bounds what one search returns.
const MaximumResults = 50

// Search returns up to limit passages (1–50), best first. Questions beyond 4 KB are
// cut; a question without any letter or digit finds nothing.
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
	query.Embedding = s.Embedder.Embed(query.Text)
	// More than wanted, because boosts can lift a passage past its neighbours.
	query.Limit = min(limit+10, MaximumResults+10)
	passages, err := s.Rank(ctx, query)
	if err != nil {
		return nil, err
	}
	return passages[:min(limit, len(passages))], nil
}

// Rank returns the passages of an analysed question, best first, with boosts. How
// many there are is the finder's limit; [Searcher.Search] bounds it for callers
// from outside.
func (s *Searcher) Rank(ctx context.Context, query Query) ([]Passage, error) {
	if len(query.Lexemes) == 0 && !HasDirection(query.Embedding) {
		return []Passage{}, nil
	}
	passages, err := s.Finder.Find(ctx, query)
	if err != nil {
		return nil, err
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	s.boost(passages, query, now())
	slices.SortStableFunc(passages, func(a, b Passage) int { return cmp.Compare(b.Score, a.Score) })
	return passages, nil
}

// HasDirection reports whether a vector can be compared: it has some part that is not zero.
func HasDirection(vector []float32) bool {
	return slices.ContainsFunc(vector, func(x float32) bool { return x != 0 })
}
