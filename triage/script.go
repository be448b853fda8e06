package triage

import (
	"math/bits"
	"unicode"
)

type script string

const (
	latinScript    script = "latin"
	cyrillicScript script = "cyrillic"
	arabicScript   script = "arabic"
	otherScript    script = "other"
)

// scriptLanguages names the language of scripts that only one of ours uses.
var scriptLanguages = map[script]string{
	"greek": "el", "han": "zh", "kana": "ja", "hangul": "ko", "thai": "th", "hebrew": "he",
	"devanagari": "hi", "georgian": "ka", "armenian": "hy", "bengali": "bn", "tamil": "ta",
}

var scriptTables = []struct {
	name  script
	table *unicode.RangeTable
}{
	{latinScript, unicode.Latin}, {cyrillicScript, unicode.Cyrillic}, {arabicScript, unicode.Arabic},
	{"kana", unicode.Hiragana}, {"kana", unicode.Katakana}, {"han", unicode.Han}, {"hangul", unicode.Hangul},
	{"greek", unicode.Greek}, {"thai", unicode.Thai}, {"hebrew", unicode.Hebrew},
	{"devanagari", unicode.Devanagari}, {"georgian", unicode.Georgian}, {"armenian", unicode.Armenian},
	{"bengali", unicode.Bengali}, {"tamil", unicode.Tamil},
}

// dominantScript counts letters and names the script of most of them. Any kana
// beside Chinese characters makes a text Japanese.
func dominantScript(text string) (letters int, dominant script) {
	counts := make([]int, len(scriptTables))
	for _, r := range text {
		if r < unicode.MaxASCII {
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				letters++
				counts[0]++ // Latin
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		for i, entry := range scriptTables {
			if unicode.Is(entry.table, r) {
				counts[i]++
				break
			}
		}
	}
	most := 0
	dominant = otherScript
	for i, count := range counts {
		if count > most {
			most, dominant = count, scriptTables[i].name
		}
	}
	if dominant == "han" && counts[3]+counts[4] > 0 {
		dominant = "kana"
	}
	return letters, dominant
}

func countBits(set uint32) int { return bits.OnesCount32(set) }

// firstRunes cuts without splitting a character.
func firstRunes(text string, most int) string {
	for i := range text {
		if most == 0 {
			return text[:i]
		}
		most--
	}
	return text
}
