package samplecompany

import (
	"math"
	"strings"
	"unicode"
)

// naiveBayes is multinomial naive Bayes over lower-case words with Laplace
// smoothing of 1 (McCallum and Nigam 1998). It is the yardstick of how hard the
// tickets are: it needs no choice that could be tuned.
type naiveBayes struct {
	documents  map[string]int            // by class
	words      map[string]map[string]int // by class and word
	totals     map[string]int            // words by class
	vocabulary map[string]bool
	trained    int
}

func trainNaiveBayes(texts, classes []string) naiveBayes {
	model := naiveBayes{
		documents: map[string]int{}, words: map[string]map[string]int{}, totals: map[string]int{},
		vocabulary: map[string]bool{}, trained: len(texts),
	}
	for i, class := range classes {
		model.documents[class]++
		if model.words[class] == nil {
			model.words[class] = map[string]int{}
		}
		for _, word := range wordsOf(texts[i]) {
			model.words[class][word]++
			model.totals[class]++
			model.vocabulary[word] = true
		}
	}
	return model
}

// classify ignores words that were never seen. Ties go to the first class by name.
func (m naiveBayes) classify(text string) string {
	words := wordsOf(text)
	best, highest := "", math.Inf(-1)
	for class, documents := range m.documents {
		score := math.Log(float64(documents) / float64(m.trained))
		for _, word := range words {
			if m.vocabulary[word] {
				score += math.Log(float64(m.words[class][word]+1) / float64(m.totals[class]+len(m.vocabulary)))
			}
		}
		if score > highest || score == highest && class < best {
			best, highest = class, score
		}
	}
	return best
}

// wordsOf lists a text's runs of letters and digits in lower case.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
