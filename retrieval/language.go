package retrieval

import (
	"strings"
	"unicode"
)

// DetectLanguage guesses a text's ISO 639-1 code from its script and its function
// words. It returns "" when these say nothing, as for a lone error code.
func DetectLanguage(text string) string {
	words := strings.FieldsFunc(lowered(firstBytes(text, 8<<10)), func(r rune) bool { return !isWordRune(r) })
	if language := languageOfScript(words); language != "" {
		return language
	}
	best, most, unique := "", 0, false
	for _, language := range stopLanguages {
		hits := 0
		for _, word := range words {
			if stopWords[language][folded(word)] {
				hits += 2
			}
			if strings.ContainsAny(word, telling[language]) {
				hits++
			}
		}
		if hits > most {
			best, most, unique = language, hits, true
		} else if hits == most {
			unique = false
		}
	}
	if !unique && best != "en" && best != "de" {
		return "" // German and English come first in doubt: their lists share few words
	}
	return best
}

// telling are letters that hardly any other language of the list uses.
var telling = map[string]string{"de": "äöüß", "fr": "çœèêûîâëï", "es": "ñ¿¡", "pt": "ãõ", "sv": "å", "da": "ø"}

func languageOfScript(words []string) string {
	var letters, cyrillic, hangul, kana, han, thai, arabic int
	for _, word := range words {
		for _, r := range word {
			letters++
			switch {
			case r < 0x370:
			case unicode.Is(unicode.Cyrillic, r):
				cyrillic++
			case unicode.Is(unicode.Hangul, r):
				hangul++
			case unicode.In(r, unicode.Hiragana, unicode.Katakana):
				kana++
			case unicode.Is(unicode.Han, r):
				han++
			case unicode.Is(unicode.Thai, r):
				thai++
			case unicode.Is(unicode.Arabic, r):
				arabic++
			}
		}
	}
	switch third := letters / 3; {
	case kana > 0 && kana+han > third:
		return "ja"
	case han > third:
		return "zh"
	case cyrillic > third:
		return "ru"
	case hangul > third:
		return "ko"
	case thai > third:
		return "th"
	case arabic > third:
		return "ar"
	}
	return ""
}
