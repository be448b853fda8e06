package retrieval

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lowered is the compatibility form of a text in lower case, accents kept: the
// stemmers of French and Spanish need them.
func lowered(text string) string {
	return norm.NFKC.String(strings.ToLower(norm.NFKC.String(strings.ToValidUTF8(text, " "))))
}

// spelledOut are letters whose decomposition does not hold their plain form.
var spelledOut = strings.NewReplacer("ß", "ss", "ø", "o", "đ", "d", "ł", "l", "æ", "ae", "œ", "oe", "ı", "i")

// folded drops the accents of European scripts. Marks that carry vowels or tones
// of other scripts stay.
func folded(word string) string {
	if isASCII(word) {
		return word
	}
	var plain strings.Builder
	for _, r := range norm.NFKD.String(word) {
		if r < 0x300 || r > 0x36F {
			plain.WriteRune(r)
		}
	}
	return spelledOut.Replace(norm.NFC.String(plain.String()))
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isUnspaced reports letters of scripts that set no spaces between words.
func isUnspaced(r rune) bool {
	return r >= 0xE00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func isWordRune(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}
