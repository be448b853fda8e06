package retrieval

import (
	"math"
	"time"
)

// The parts of a boost, as shares of Parameters.MaximumBoost. They add up to one,
// so that no article's standing outweighs what it says.
const (
	titleShare     = 0.5
	votesShare     = 0.3
	freshnessShare = 0.2
)

// boost scales each score by at most ±MaximumBoost: up if the question is in the
// title, up or down by readers' votes, and down as an article ages.
func (s *Searcher) boost(passages []Passage, query Query, now time.Time) {
	most := s.Analyser.parameters.MaximumBoost
	asked := map[int32]bool{}
	for i, lexeme := range query.Lexemes {
		if query.Counted[i] > 0 {
			asked[lexeme] = true
		}
	}
	for i := range passages {
		passage := &passages[i]
		share := passage.Score * most
		parts := Boosts{
			Title:     share * titleShare * s.inTitle(passage, asked),
			Votes:     share * votesShare * standingOf(passage.Votes),
			Freshness: share * freshnessShare * freshness(now.Sub(passage.UpdatedAt)),
		}
		passage.Why.Boosts = &parts
		passage.Why.Boost = parts.Title + parts.Votes + parts.Freshness
		passage.Score = min(max(passage.Score+passage.Why.Boost, 0), 1)
	}
}

// inTitle is the share of the title's terms that the question holds, 0–1.
func (s *Searcher) inTitle(passage *Passage, asked map[int32]bool) float64 {
	terms, hits := 0, 0
	eachTerm(passage.Language, passage.Title, func(term, _ string) {
		terms++
		if asked[Lexeme(term)] {
			hits++
		}
	})
	if terms == 0 {
		return 0
	}
	return float64(hits) / float64(terms)
}

// standingOf maps votes to −1…1: ten votes give about half.
func standingOf(votes int) float64 {
	return float64(votes) / (math.Abs(float64(votes)) + 10)
}

// freshness falls from 0 (today) to −1; after a year it is −0.5.
func freshness(age time.Duration) float64 {
	days := max(age.Hours()/24, 0)
	return -days / (days + 365)
}
