package embedding

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// eachWord calls yield with the words of the text as BERT's uncased models see
// them: control characters dropped, accents stripped, lower case, punctuation
// and CJK ideographs standing alone. Each word is built in buffer's storage and is
// overwritten by the next one.
func eachWord(buffer []byte, text string, yield func(word []byte)) {
	word := buffer[:0]
	flush := func() {
		if len(word) > 0 {
			yield(word)
			word = word[:0]
		}
	}
	for _, r := range decompose(text) {
		switch {
		case isSpace(r):
			flush()
		case isDropped(r):
		case isPunctuation(r) || isIdeograph(r):
			flush()
			word = utf8.AppendRune(word, r)
			flush()
		default:
			word = appendLower(word, r)
		}
	}
	flush()
}

// appendLower stops once the word is too long to be known anyway, so that one
// endless word takes no memory.
func appendLower(word []byte, r rune) []byte {
	if len(word) > 4*maximumWordLength {
		return word
	}
	return utf8.AppendRune(word, unicode.ToLower(r))
}

// decompose brings the text into NFD. Plain ASCII, the usual case, is in it.
func decompose(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return norm.NFD.String(text)
		}
	}
	return text
}

func isSpace(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r > unicode.MaxASCII && unicode.IsSpace(r)
}

// isDropped holds for accents (Mn) and for control, format and invalid
// characters.
func isDropped(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7F
	}
	return r == utf8.RuneError || unicode.In(r, unicode.Mn, unicode.Cc, unicode.Cf, unicode.Co)
}

// isPunctuation counts all ASCII symbols as punctuation, as BERT does, but not
// the symbols beyond ASCII.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r < '0' || r > '9' && r < 'A' || r > 'Z' && r < 'a' || r > 'z' && r < 0x7F
	}
	return unicode.IsPunct(r)
}

// isIdeograph holds for the blocks that BERT sets apart with spaces. Kana,
// Hangul and Thai are not among them.
func isIdeograph(r rune) bool {
	if r < 0x3400 {
		return false
	}
	return r <= 0x4DBF || r >= 0x4E00 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF ||
		r >= 0x20000 && r <= 0x2CEAF || r >= 0x2F800 && r <= 0x2FA1F
}
