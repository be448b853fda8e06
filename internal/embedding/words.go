package embedding

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a character does to the word around it.
type kind int

const (
	space   kind = iota // ends a word
	dropped             // is as if it were not there
	symbol              // stands alone
	letter              // belongs to a word; digits and marks do too
	dense               // belongs to a run of a script that writes no spaces
)

// eachWord calls yield with the words of the text: compatibility forms resolved,
// accents stripped, lower case, symbols standing alone. A run of Chinese, Japanese,
// Thai and the like is one word, told by isDense and cut where it is very long.
// Each word is built in buffer's storage and is overwritten by the next one.
func eachWord(buffer []byte, text string, yield func(word []byte, isDense bool)) {
	s := scanner{word: buffer[:0], yield: yield}
	for _, r := range decompose(text) {
		s.next(r)
	}
	s.flush()
}

type scanner struct {
	word    []byte
	length  int // of the word, in code points
	isDense bool
	yield   func(word []byte, isDense bool)
}

func (s *scanner) next(r rune) {
	switch kind := kindOf(r); kind {
	case dropped:
	case space:
		s.flush()
	case symbol:
		s.flush()
		s.append(r)
		s.flush()
	case letter, dense:
		if s.isDense != (kind == dense) || s.isDense && s.length == maximumWordLength {
			s.flush()
		}
		s.isDense = kind == dense
		s.appendFolded(unicode.ToLower(r))
	}
}

// append stops once the word is too long to be known anyway, so that one
// endless word takes no memory.
func (s *scanner) append(r rune) {
	if s.length <= maximumWordLength {
		s.word = utf8.AppendRune(s.word, r)
		s.length++
	}
}

// appendFolded spells the letters that decomposition leaves alone as people do
// who lack them on their keyboard.
func (s *scanner) appendFolded(r rune) {
	if r < utf8.RuneSelf {
		s.append(r)
		return
	}
	switch r {
	case 'ß':
		s.append('s')
		s.append('s')
	case 'æ':
		s.append('a')
		s.append('e')
	case 'œ':
		s.append('o')
		s.append('e')
	case 'þ':
		s.append('t')
		s.append('h')
	case 'ø':
		s.append('o')
	case 'ł':
		s.append('l')
	case 'đ', 'ð':
		s.append('d')
	case 'ı':
		s.append('i')
	default:
		s.append(r)
	}
}

func (s *scanner) flush() {
	if len(s.word) > 0 {
		s.yield(s.word, s.isDense)
	}
	s.word, s.length, s.isDense = s.word[:0], 0, false
}

// decompose brings the text into NFKD. Plain ASCII, the usual case, is in it.
func decompose(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return norm.NFKD.String(text)
		}
	}
	return text
}

func kindOf(r rune) kind {
	if r < utf8.RuneSelf {
		return asciiKinds[r]
	}
	switch {
	case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
		return space
	case isDropped(r):
		return dropped
	case unicode.Is(denseScripts, r):
		return dense
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
		return letter
	}
	return symbol
}

var asciiKinds = func() (kinds [utf8.RuneSelf]kind) {
	for r := range rune(utf8.RuneSelf) {
		switch {
		case r >= '\t' && r <= '\r' || r >= 0x1C && r <= ' ':
			kinds[r] = space
		case r < ' ' || r == 0x7F:
			kinds[r] = dropped
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			kinds[r] = letter
		default:
			kinds[r] = symbol
		}
	}
	return kinds
}()

// isDropped holds for the accents of European scripts, Hebrew points, Arabic
// vowels, variation selectors, and control, format and invalid characters. The
// marks of other scripts, such as Thai vowels, tell words apart and stay.
func isDropped(r rune) bool {
	return r == utf8.RuneError || unicode.Is(strippedMarks, r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs)
}

var strippedMarks = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036F, Stride: 1},
	{Lo: 0x0591, Hi: 0x05BD, Stride: 1},
	{Lo: 0x064B, Hi: 0x065F, Stride: 1},
	{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1},
}}

// denseScripts are Thai, Lao, Burmese, Khmer, kana and ideographs. Korean is not
// among them: it writes spaces.
var denseScripts = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0E00, Hi: 0x0EFF, Stride: 1},
		{Lo: 0x1000, Hi: 0x109F, Stride: 1},
		{Lo: 0x1780, Hi: 0x17FF, Stride: 1},
		{Lo: 0x3005, Hi: 0x3007, Stride: 1},
		{Lo: 0x3040, Hi: 0x30FF, Stride: 1},
		{Lo: 0x31F0, Hi: 0x31FF, Stride: 1},
		{Lo: 0x3400, Hi: 0x4DBF, Stride: 1},
		{Lo: 0x4E00, Hi: 0x9FFF, Stride: 1},
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0x20000, Hi: 0x2FA1F, Stride: 1}},
}
