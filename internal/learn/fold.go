package learn

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaximumTextBytes bounds the work a text can cause: what follows is ignored.
const MaximumTextBytes = 32 << 10

type runeKind uint8

const (
	kindSpace runeKind = iota
	kindSymbol
	kindLetter
	kindUnspaced // a letter of a script that sets no spaces between words
)

// foldedRune is a code point of the folded text and where it came from, in
// bytes of the original.
type foldedRune struct {
	r          rune
	kind       runeKind
	start, end uint32
}

// foldText appends the text in compatibility form, lower case and without the
// combining accents of European scripts. Marks that carry vowels or tones of
// other scripts stay.
func foldText(folded []foldedRune, text string) []foldedRune {
	text = text[:min(len(text), MaximumTextBytes)]
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			folded = append(folded, foldASCII(b, uint32(i)))
			i++
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		folded = foldRune(folded, text[i:i+size], uint32(i))
		i += size
	}
	return folded
}

func foldASCII(b byte, at uint32) foldedRune {
	f := foldedRune{r: rune(b), kind: kindSymbol, start: at, end: at + 1}
	switch {
	case b <= ' ' || b == 0x7F:
		f.kind = kindSpace
	case b >= 'A' && b <= 'Z':
		f.r, f.kind = rune(b)+'a'-'A', kindLetter
	case b >= 'a' && b <= 'z' || b >= '0' && b <= '9':
		f.kind = kindLetter
	}
	return f
}

func foldRune(folded []foldedRune, encoded string, at uint32) []foldedRune {
	parts := encoded
	if decomposition := norm.NFKD.PropertiesString(encoded).Decomposition(); decomposition != nil {
		parts = string(decomposition)
	}
	for _, r := range parts {
		if r >= 0x300 && r <= 0x36F || r == utf8.RuneError {
			continue
		}
		r = unicode.ToLower(r)
		folded = append(folded, foldedRune{r, kindOf(r), at, at + uint32(len(encoded))})
	}
	return folded
}

func kindOf(r rune) runeKind {
	switch {
	case unicode.IsSpace(r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Zs, r):
		return kindSpace
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai,
		unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return kindUnspaced
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
		return kindLetter
	}
	return kindSymbol
}
