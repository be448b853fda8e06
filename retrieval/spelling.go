package retrieval

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

// Speller knows the words of the articles that a search goes through.
type Speller interface {
	// Spellings returns words near those of the given ones that no passage holds.
	// They may be too far: a shared key is necessary, not sufficient.
	Spellings(ctx context.Context, words []QueryWord, filter Filter) ([]Spelling, error)
}

// Spelling is a word of the vocabulary that shares a key with the question's word
// of this number.
type Spelling struct {
	Word      int
	Term      string
	Documents int
}

const (
	shortestMisspelt = 4  // characters: below, one edit makes another word
	shortestTwice    = 8  // from here on two edits are looked for
	longestMisspelt  = 32 // beyond, it is data
	keyPrefix        = 7  // characters whose deletions make the keys
	maximumSpellings = 3  // for a word
	maximumCorrected = 6  // words of a question

	// What a correction counts beside a word that is there: it may be none.
	oneEditFactor  = 0.7
	twoEditsFactor = 0.35
)

// canBeMisspelt reports words of letters alone that are neither short nor of a
// script without spaces.
func canBeMisspelt(word string) bool {
	if len(word) < shortestMisspelt || !isAlphabetic(word) {
		return false
	}
	length := utf8.RuneCountInString(word)
	first, _ := utf8.DecodeRuneInString(word)
	return length >= shortestMisspelt && length <= longestMisspelt && !isUnspaced(first)
}

// editsOf is how many edits of a word are looked for.
func editsOf(length int) int {
	switch {
	case length < shortestMisspelt:
		return 0
	case length < shortestTwice:
		return 1
	default:
		return 2
	}
}

// SpellingKeys are the numbers of a word's beginning and of what is left of it when
// one or two letters are deleted. Two words within as many edits of each other share
// one of them (symmetric deletion, Garbe, 2012).
func SpellingKeys(word string) []int32 {
	letters := []rune(word)
	edits := editsOf(len(letters))
	letters = letters[:min(len(letters), keyPrefix)]
	keys := []int32{Lexeme(string(letters))}
	last := [][]rune{letters}
	for range edits {
		var next [][]rune
		for _, left := range last {
			for i := range left {
				shorter := slices.Concat(left[:i], left[i+1:])
				if key := Lexeme(string(shorter)); !slices.Contains(keys, key) {
					keys = append(keys, key)
					next = append(next, shorter)
				}
			}
		}
		last = next
	}
	slices.Sort(keys)
	return keys
}

// correct replaces the words that no passage holds by those near them, which weigh
// less. What is no word, such as an identifier, stays as it is written.
func (s *Searcher) correct(ctx context.Context, query *Query) (map[string]string, error) {
	speller, ok := s.Finder.(Speller)
	if !ok {
		return nil, nil
	}
	var words []QueryWord
	for _, word := range query.Words {
		if len(words) < maximumCorrected && canBeMisspelt(word.Text) && !containsWord(words, word.Text) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return nil, nil
	}
	found, err := speller.Spellings(ctx, words, query.Filter)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	corrections := map[string]string{}
	for i, word := range words {
		if near := nearest(word.Text, i, found); len(near) > 0 {
			corrections[word.Text] = near[0].Term
			s.replace(query, word, near)
		}
	}
	return corrections, nil
}

func containsWord(words []QueryWord, text string) bool {
	return slices.ContainsFunc(words, func(w QueryWord) bool { return w.Text == text })
}

// candidateSpelling is a spelling with its distance.
type candidateSpelling struct {
	Spelling
	edits int
}

// nearest keeps the closest spellings of a word, the more frequent first. Those two
// edits away count only where none is one away.
func nearest(word string, number int, found []Spelling) []candidateSpelling {
	most := editsOf(utf8.RuneCountInString(word))
	var near []candidateSpelling
	for _, spelling := range found {
		if spelling.Word == number && spelling.Term != word {
			if edits := Edits(word, spelling.Term); edits <= min(most, 1) || edits <= most && word[0] == spelling.Term[0] {
				near = append(near, candidateSpelling{spelling, edits})
			}
		}
	}
	slices.SortFunc(near, func(a, b candidateSpelling) int {
		if a.edits != b.edits {
			return a.edits - b.edits
		}
		if a.Documents != b.Documents {
			return b.Documents - a.Documents
		}
		return strings.Compare(a.Term, b.Term)
	})
	for i, spelling := range near {
		if i == maximumSpellings || spelling.edits > near[0].edits {
			return near[:i]
		}
	}
	return near
}

// replace puts a word's spellings into the query beside it. The best of them counts
// for a part of the coverage, the word itself, which nothing holds, for the rest: it
// may be right, and no article is about it.
func (s *Searcher) replace(query *Query, word QueryWord, near []candidateSpelling) {
	factor := float32(oneEditFactor)
	if near[0].edits > 1 {
		factor = twoEditsFactor
	}
	for i, lexeme := range query.Lexemes {
		if query.Counted[i] > 0 && slices.Contains(word.Lexemes, lexeme) {
			query.Counted[i] = 1 - factor
		}
	}
	for rank, spelling := range near {
		meant := QueryWord{Text: spelling.Term}
		add := func(term string, factor, counted float32) {
			lexeme := Lexeme(term)
			meant.Lexemes = append(meant.Lexemes, lexeme)
			if !slices.Contains(query.Lexemes, lexeme) && len(query.Lexemes) < maximumQueryLexemes {
				query.Lexemes, query.Factors = append(query.Lexemes, lexeme), append(query.Factors, factor)
				query.Counted = append(query.Counted, counted)
			}
		}
		eachTerm(query.Language, spelling.Term, func(term, form string) {
			counted := factor
			if rank > 0 {
				counted = 0
			}
			add(term, factor, counted)
			if form != "" {
				add(form, factor*float32(s.Analyser.parameters.FormFactor), 0)
			}
		})
		query.Words = append(query.Words, meant)
	}
}

// Edits is the number of insertions, deletions, replacements and swaps of neighbours
// between two words (optimal string alignment).
func Edits(from, to string) int {
	a, b := []rune(from), []rune(to)
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
