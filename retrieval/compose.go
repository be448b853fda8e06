package retrieval

import (
	"math"
	"slices"
)

const (
	// enoughOfBest is the share of the best statement's score that others need.
	enoughOfBest = 0.6
	// longestList is the most steps that are told as a whole.
	longestList = 12
	// enoughOfFirst is the share of the first passage's score that others need.
	enoughOfFirst = 0.5
)

// candidate is a statement with its passage's rank and its own score.
type candidate struct {
	statement
	passage int
	score   float64
}

// compose chooses statements by words and meaning, completes the lists among
// them, and puts them in reading order: passages best first, each from its start.
func (a *Answerer) compose(query Query, passages []Passage) []Sentence {
	candidates := a.score(query, passages)
	best := 0.0
	for _, c := range candidates {
		best = max(best, c.score)
	}
	byScore := slices.Clone(candidates)
	slices.SortStableFunc(byScore, func(x, y candidate) int {
		switch {
		case x.score > y.score:
			return -1
		case x.score < y.score:
			return 1
		}
		return 0
	})
	chosen := map[int]map[span]bool{}
	seen := map[string]bool{}
	count := 0
	for _, c := range byScore {
		text := passages[c.passage].Body[c.start:c.end]
		if count >= a.config.MaximumSentences || c.score < enoughOfBest*best {
			break
		}
		if chosen[c.passage][c.span] || seen[text] {
			continue
		}
		seen[text] = true
		count += choose(chosen, candidates, c, a.config.MaximumSentences-count)
	}
	return inReadingOrder(passages, candidates, chosen)
}

// choose marks a statement; if it belongs to numbered steps, all of them with the
// sentence that leads to them. It returns how many it marked. Once something
// is chosen, steps that do not fit are left out rather than cut.
func choose(chosen map[int]map[span]bool, candidates []candidate, c candidate, room int) int {
	group := []span{c.span}
	if steps := stepsAround(candidates, c); len(steps) > 0 && len(steps) <= longestList {
		if len(chosen) > 0 && len(steps) > room {
			return 0
		}
		group = steps
	}
	if chosen[c.passage] == nil {
		chosen[c.passage] = map[span]bool{}
	}
	for _, part := range group {
		chosen[c.passage][part] = true
	}
	return len(group)
}

// stepsAround lists the numbered steps that a statement is one of or leads to.
func stepsAround(candidates []candidate, c candidate) []span {
	at := slices.IndexFunc(candidates, func(other candidate) bool { return other.passage == c.passage && other.span == c.span })
	list := c.list
	if c.leads && at+1 < len(candidates) && candidates[at+1].passage == c.passage {
		list = candidates[at+1].list
	}
	var steps []span
	for i, other := range candidates {
		if list == 0 || other.passage != c.passage || other.list != list || !other.step {
			continue
		}
		if len(steps) == 0 && i > 0 && candidates[i-1].passage == c.passage && candidates[i-1].leads {
			steps = append(steps, candidates[i-1].span)
		}
		steps = append(steps, other.span)
	}
	return steps
}

func inReadingOrder(passages []Passage, candidates []candidate, chosen map[int]map[span]bool) []Sentence {
	var sentences []Sentence
	for _, c := range candidates {
		if !chosen[c.passage][c.span] {
			continue
		}
		if sentence, ok := cite(passages[c.passage], c.span); ok {
			sentences = append(sentences, sentence)
		}
	}
	return sentences
}

// score rates every statement of the passages, in reading order: by words, which
// count by their rarity among these statements, by meaning, and by the score of
// its passage.
func (a *Answerer) score(query Query, passages []Passage) []candidate {
	var candidates []candidate
	var terms []map[int32]bool
	frequency := map[int32]int{}
	for i, passage := range passages {
		if passage.Score < enoughOfFirst*passages[0].Score {
			continue
		}
		for _, s := range statementsOf(passage.Body) {
			words := termSet(passage.Language, passage.Body[s.start:s.end])
			for lexeme := range words {
				frequency[lexeme]++
			}
			candidates = append(candidates, candidate{statement: s, passage: i})
			terms = append(terms, words)
		}
	}
	for i := range candidates {
		passage := passages[candidates[i].passage]
		lexical := overlap(query, terms[i], frequency, len(candidates))
		dense := math.Max(dot(query.Embedding, a.embedder.Embed(passage.Body[candidates[i].start:candidates[i].end])), 0)
		candidates[i].score = (0.6*lexical + 0.4*dense) * (0.25 + 0.75*passage.Score)
	}
	return candidates
}

// overlap is the share of the question's rarity that the words hold, 0–1.
func overlap(query Query, words map[int32]bool, frequency map[int32]int, total int) float64 {
	held, all := 0.0, 0.0
	for i, lexeme := range query.Lexemes {
		rarity := math.Log(1+(float64(total-frequency[lexeme])+0.5)/(float64(frequency[lexeme])+0.5)) * float64(query.Factors[i])
		all += rarity
		if words[lexeme] {
			held += rarity
		}
	}
	if all == 0 {
		return 0
	}
	return held / all
}

func termSet(language, text string) map[int32]bool {
	set := map[int32]bool{}
	eachTerm(language, text, func(term, form string) {
		set[Lexeme(term)] = true
		if form != "" {
			set[Lexeme(form)] = true
		}
	})
	return set
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i := range min(len(a), len(b)) {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
