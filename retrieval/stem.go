package retrieval

import (
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
)

// stemmers are the Snowball algorithms (Porter, 2001) by ISO 639-1 code. Words
// of other languages stay as they are.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"ar": arabic.Stem, "da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fi": finnish.Stem,
	"fr": french.Stem, "it": italian.Stem, "nl": dutch.Stem, "no": norwegian.Stem, "pt": portuguese.Stem,
	"ru": russian.Stem, "sv": swedish.Stem,
}

// stemmed returns the folded stem of a lowered word.
func stemmed(language, word string) string {
	stem := stemmers[language]
	if stem == nil || !isAlphabetic(word) {
		return folded(word)
	}
	if language == "de" {
		word = withoutDigraphs(word)
	}
	if language == "ar" {
		word = hamzaSeats.Replace(word) // often left out when typed, which the stemmer would see as an article
	}
	env := snowballstem.NewEnv(word)
	stem(env)
	if result := folded(env.Current()); result != "" {
		return result
	}
	return folded(word)
}

var hamzaSeats = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ٱ", "ا")

func isAlphabetic(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) < 0
}

// withoutDigraphs writes ae, oe and ue, by which umlauts are typed on foreign
// keyboards, as the plain vowels that umlauts fold to. After a, e and q, ue is none
// (Dauer, neue, Quelle).
func withoutDigraphs(word string) string {
	if !strings.Contains(word, "ae") && !strings.Contains(word, "oe") && !strings.Contains(word, "ue") {
		return word
	}
	plain := make([]byte, 0, len(word))
	for i := range len(word) {
		if word[i] == 'e' && i > 0 {
			previous := word[i-1]
			if previous == 'a' || previous == 'o' ||
				previous == 'u' && (i < 2 || !strings.ContainsRune("aeq", rune(word[i-2]))) {
				continue
			}
		}
		plain = append(plain, word[i])
	}
	return string(plain)
}
