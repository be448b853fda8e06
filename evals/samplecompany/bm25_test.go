package samplecompany

import (
	"cmp"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/retrieval"
)

// passage is a chunk in memory.
type passage struct {
	sourceKey string
	headings  []string
	body      string
	language  string
	weights   map[int32]float32
}

// index ranks passages by BM25 alone (Robertson and Zaragoza 2009), with the
// service's analysis and chunks but without vectors, boosts or a database.
type index struct {
	analyser  *retrieval.Analyser
	passages  []passage
	documents map[int32]int
}

func newIndex(t testing.TB, analyser *retrieval.Analyser, articles fs.FS) index {
	t.Helper()
	ix := index{analyser: analyser, documents: map[int32]int{}}
	names, err := fs.Glob(articles, "*.md")
	must(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(articles, name)
		must(t, err)
		key := strings.TrimSuffix(name, ".md")
		document, err := retrieval.ParseMarkdown(key, string(text))
		must(t, err)
		for _, chunk := range document.Chunks {
			ix.add(key, document.Article, chunk)
		}
	}
	return ix
}

func (ix *index) add(key string, article retrieval.Article, chunk retrieval.Chunk) {
	terms := ix.analyser.Document(article.Language, article.Title, chunk.HeadingPath, chunk.Body)
	entry := passage{key, chunk.HeadingPath, chunk.Body, article.Language, make(map[int32]float32, len(terms.Lexemes))}
	for i, lexeme := range terms.Lexemes {
		entry.weights[lexeme] = terms.Weights[i]
		ix.documents[lexeme]++
	}
	ix.passages = append(ix.passages, entry)
}

// rank returns the position, from 1, of the first passage of the section, 0 if
// none has a word of the question.
func (ix *index) rank(question Question) int {
	query := ix.analyser.Query(question.Question)
	scores := make([]float64, len(ix.passages))
	order := make([]int, len(ix.passages))
	for i, entry := range ix.passages {
		order[i] = i
		for j, lexeme := range query.Lexemes {
			if weight, found := entry.weights[lexeme]; found {
				count, all := float64(ix.documents[lexeme]), float64(len(ix.passages))
				scores[i] += math.Log(1+(all-count+0.5)/(count+0.5)) * float64(query.Factors[j]) * float64(weight)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for position, i := range order {
		if scores[i] > 0 && question.Section.Holds(ix.passages[i].sourceKey, ix.passages[i].headings) {
			return position + 1
		}
	}
	return 0
}

// shared counts the stems of the question's content words that its section has
// in its heading or text. Numbers are no content words.
func (ix *index) shared(question Question) int {
	words := strings.FieldsFunc(question.Question, func(r rune) bool { return strings.ContainsRune(" .,;:!?\"«»()", r) })
	words = slices.DeleteFunc(words, func(word string) bool { return strings.Trim(word, "0123456789") == "" })
	asked := map[int32]bool{}
	for _, word := range words {
		// One by one, so that the language is the question's and not a guess.
		terms := ix.analyser.Document(question.Language, "", nil, word)
		for _, lexeme := range terms.Lexemes {
			asked[lexeme] = true
		}
	}
	count := 0
	found := map[int32]bool{}
	for _, entry := range ix.passages {
		if !question.Section.Holds(entry.sourceKey, entry.headings) {
			continue
		}
		terms := ix.analyser.Document(entry.language, "", entry.headings, entry.body)
		for _, lexeme := range terms.Lexemes {
			if asked[lexeme] && !found[lexeme] {
				found[lexeme] = true
				count++
			}
		}
	}
	return count
}
