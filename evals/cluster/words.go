package cluster

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// mostWords of a text are read: what a customer wants stands at the beginning.
const mostWords = 300

// wordsOf are the words of a text in lower case. A number says nothing of what a text is
// about, so it only ends a pair; scripts without spaces give pairs of characters.
func wordsOf(text string) []string {
	var words []string
	for _, run := range strings.FieldsFunc(strings.ToLower(norm.NFKC.String(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '\'' && r != '’'
	}) {
		run = strings.Trim(run, "'’")
		switch first := firstRune(run); {
		case run == "":
		case strings.IndexFunc(run, unicode.IsDigit) >= 0:
			words = append(words, "")
		case unicode.In(first, unspaced...):
			runes := []rune(run)
			for i := 0; i+2 <= len(runes); i++ {
				words = append(words, string(runes[i:i+2]))
			}
		default:
			words = append(words, run)
		}
		if len(words) >= mostWords {
			return words[:mostWords]
		}
	}
	return words
}

var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func firstRune(text string) rune {
	for _, r := range text {
		return r
	}
	return 0
}

// eachTerm calls use with every word and pair of words.
func eachTerm(words []string, use func(term string)) {
	for i, word := range words {
		if word == "" {
			continue
		}
		use(word)
		if i > 0 && words[i-1] != "" {
			use(words[i-1] + " " + word)
		}
	}
}
