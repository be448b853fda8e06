package retrieval

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maximumQuestionBytes = 4 << 10 // what follows is not analysed
	maximumQueryLexemes  = 96
)

// Analyser turns texts into lexemes. Documents hold each word as its stem and,
// where that differs, as its unstemmed form: so a question in another language
// still hits what both write the same way. The zero value is not ready; use
// [NewAnalyser].
type Analyser struct {
	parameters Parameters
	detect     func(string) string
}

// NewAnalyser checks the parameters. detect names a text's language as an ISO
// 639-1 code or "" if it cannot tell; nil means [DetectLanguage].
func NewAnalyser(parameters Parameters, detect func(string) string) (*Analyser, error) {
	if err := parameters.Validate(); err != nil {
		return nil, err
	}
	if detect == nil {
		detect = DetectLanguage
	}
	return &Analyser{parameters: parameters, detect: detect}, nil
}

// Parameters returns the numbers the analyser was made with.
func (a *Analyser) Parameters() Parameters { return a.parameters }

// Language names the text's language, "en" if nothing tells.
func (a *Analyser) Language(text string) string {
	if language := a.detect(text); language != "" {
		return language
	}
	return "en"
}

// Document analyses a passage under its title and headings. Weights[i] is the
// BM25 weight of Lexemes[i] before the query's idf.
func (a *Analyser) Document(language, title string, headings []string, body string) Terms {
	counts, words := map[int32]int{}, map[string]bool{}
	length := count(counts, words, language, title, a.parameters.TitleRepeats)
	length += count(counts, words, language, strings.Join(headings, "\n"), a.parameters.HeadingRepeats)
	length += count(counts, words, language, body, 1)
	terms := Terms{Language: language, Length: length, Lexemes: make([]int32, 0, len(counts)), Weights: make([]float32, 0, len(counts))}
	for lexeme := range counts {
		terms.Lexemes = append(terms.Lexemes, lexeme)
	}
	slices.Sort(terms.Lexemes)
	terms.Words = slices.Sorted(maps.Keys(words))
	p := a.parameters
	slowness := p.Saturation * (1 - p.LengthPenalty + p.LengthPenalty*float64(length)/p.AverageLength)
	for _, lexeme := range terms.Lexemes {
		frequency := float64(counts[lexeme])
		terms.Weights = append(terms.Weights, float32(frequency*(p.Saturation+1)/(frequency+slowness)))
	}
	return terms
}

// Query analyses a question in its detected language.
func (a *Analyser) Query(text string) Query {
	text = firstBytes(text, maximumQuestionBytes)
	query := Query{Text: text, Language: a.Language(text)}
	seen := map[int32]int{}
	add := func(term string, factor float32) {
		lexeme := Lexeme(term)
		if at, known := seen[lexeme]; known {
			query.Factors[at] = max(query.Factors[at], factor)
		} else if len(query.Lexemes) < maximumQueryLexemes {
			seen[lexeme] = len(query.Lexemes)
			query.Lexemes = append(query.Lexemes, lexeme)
			query.Factors = append(query.Factors, factor)
		}
	}
	eachTerm(query.Language, text, func(term, form string) {
		add(term, 1)
		word := QueryWord{Text: term, Lexemes: []int32{Lexeme(term)}}
		if form != "" {
			add(form, float32(a.parameters.FormFactor))
			word = QueryWord{Text: form, Lexemes: append(word.Lexemes, Lexeme(form))}
		}
		if len(query.Words) < maximumQueryLexemes {
			query.Words = append(query.Words, word)
		}
	})
	return query
}

// count adds the text's terms, each times over, with their words, and returns its
// length in terms. An identifier as a whole and an unstemmed form lengthen nothing.
func count(counts map[int32]int, words map[string]bool, language, text string, times int) int {
	length := 0
	eachTerm(language, text, func(term, form string) {
		counts[Lexeme(term)] += times
		word := term
		if form != "" {
			counts[Lexeme(form)] += times
			word = form
		}
		if canBeMisspelt(word) {
			words[word] = true
		}
		if !strings.ContainsRune(term, '_') {
			length += times
		}
	})
	return length
}

// eachTerm yields the text's terms in reading order, without stop words; form is
// the unstemmed word where it differs from the term, else "".
func eachTerm(language, text string, yield func(term, form string)) {
	stop := stopWords[language]
	eachToken(lowered(text), func(kind tokenKind, token string) {
		form := folded(token)
		switch {
		case kind != wordToken:
			yield(form, "")
		case stop[form] || utf8.RuneCountInString(form) < 2:
		default:
			if term := stemmed(language, token); term != form {
				yield(term, form)
			} else {
				yield(form, "")
			}
		}
	})
}

// firstBytes cuts at a character's boundary.
func firstBytes(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
