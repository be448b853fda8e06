package detect

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaximumTextBytes bounds the work that a text can cause: what follows is ignored.
const MaximumTextBytes = 32 << 10

// longestToken is in folded bytes; the rest of an endless word is ignored.
const longestToken = 48

type tokenKind uint8

const (
	wordToken   tokenKind = iota
	numberToken           // digits, folded to zeros
	signToken             // one character of a script without spaces, or a pictogram
)

// token is a word of a text. From and to are its folded bytes, start and end those
// of the text.
type token struct {
	from, to   int32
	start, end int32
	sentence   int32
	kind       tokenKind
}

// tokens is a text as the detectors read it: lower case, without accents, digits
// as zeros. Contractions are one word (don't is dont), elisions are two (l'avocat).
type tokens struct {
	folded   []byte
	list     []token
	open     bool // the last token goes on
	sentence int32
}

func (t *tokens) read(text string) {
	text = text[:min(len(text), MaximumTextBytes)]
	t.folded, t.list, t.open, t.sentence = t.folded[:0], t.list[:0], false, 0
	for i := 0; i < len(text); {
		b := text[i]
		if b >= utf8.RuneSelf {
			_, size := utf8.DecodeRuneInString(text[i:])
			t.addRune(text, i, size)
			i += size
			continue
		}
		switch {
		case b >= 'a' && b <= 'z':
			t.add(b, wordToken, i, i+1)
		case b >= 'A' && b <= 'Z':
			t.add(b|0x20, wordToken, i, i+1)
		case b >= '0' && b <= '9':
			t.addDigit(i)
		case b == '\'':
			t.apostrophe(text, i+1)
		default:
			t.part(text, i)
		}
		i++
	}
}

// part ends a token and, after a full stop or a line, the sentence.
func (t *tokens) part(text string, at int) {
	t.open = false
	switch text[at] {
	case '\n', '!', '?', ';':
		t.endSentence()
	case '.':
		if at+1 == len(text) || text[at+1] <= ' ' || text[at+1] == '"' || text[at+1] == ')' {
			t.endSentence()
		}
	}
}

func (t *tokens) endSentence() {
	t.open = false
	if len(t.list) > 0 && t.list[len(t.list)-1].sentence == t.sentence {
		t.sentence++
	}
}

// apostrophe joins what English contracts and parts everything else.
func (t *tokens) apostrophe(text string, after int) {
	if !t.open || after >= len(text) {
		t.open = false
		return
	}
	rest := 0
	for after+rest < len(text) && rest < 3 && isLetterByte(text[after+rest]) {
		rest++
	}
	switch rest {
	case 1:
		t.open = text[after]|0x20 == 's' || text[after]|0x20 == 't' || text[after]|0x20 == 'm' || text[after]|0x20 == 'd'
	case 2:
		pair := [2]byte{text[after] | 0x20, text[after+1] | 0x20}
		t.open = pair == [2]byte{'r', 'e'} || pair == [2]byte{'v', 'e'} || pair == [2]byte{'l', 'l'}
	default:
		t.open = false
	}
}

func isLetterByte(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func (t *tokens) add(b byte, kind tokenKind, start, end int) {
	if !t.open || t.list[len(t.list)-1].kind != kind {
		t.begin(kind, start)
	}
	last := &t.list[len(t.list)-1]
	if last.to-last.from < longestToken {
		t.folded = append(t.folded, b)
		last.to++
	}
	last.end = int32(end)
}

func (t *tokens) addDigit(at int) {
	if t.open && t.list[len(t.list)-1].kind == wordToken {
		t.add('0', wordToken, at, at+1) // a name such as x509
		return
	}
	t.add('0', numberToken, at, at+1)
}

func (t *tokens) begin(kind tokenKind, start int) {
	at := int32(len(t.folded))
	t.list = append(t.list, token{from: at, to: at, start: int32(start), end: int32(start), sentence: t.sentence, kind: kind})
	t.open = true
}

func (t *tokens) addRune(text string, at, size int) {
	encoded := text[at : at+size]
	r, _ := utf8.DecodeRuneInString(encoded)
	switch {
	case r == '’' || r == 'ʼ':
		t.apostrophe(text, at+size)
		return
	case r == '。' || r == '！' || r == '？' || r == '；' || r == '…':
		t.open = false
		t.endSentence()
		return
	case isUnspaced(r) || isPictogram(r):
		t.begin(signToken, at)
		t.appendFolded(encoded, at+size)
		t.open = false
		return
	case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r):
		t.open = false
		return
	}
	if !t.open || t.list[len(t.list)-1].kind != wordToken {
		t.begin(wordToken, at)
	}
	t.appendFolded(encoded, at+size)
}

func (t *tokens) appendFolded(encoded string, end int) {
	last := &t.list[len(t.list)-1]
	last.end = int32(end)
	if last.to-last.from+utf8.UTFMax > longestToken {
		return
	}
	decomposed := encoded
	if parts := norm.NFKD.PropertiesString(encoded).Decomposition(); parts != nil {
		decomposed = string(parts)
	}
	for _, r := range decomposed {
		if r >= 0x300 && r <= 0x36F || r == utf8.RuneError {
			continue
		}
		t.folded = appendFoldedRune(t.folded, r)
	}
	last.to = int32(len(t.folded))
}

// appendFoldedRune spells the few Latin letters that don't decompose.
func appendFoldedRune(folded []byte, r rune) []byte {
	switch r = unicode.ToLower(r); r {
	case 'ß':
		return append(folded, 's', 's')
	case 'ł':
		return append(folded, 'l')
	case 'ø':
		return append(folded, 'o')
	case 'æ':
		return append(folded, 'a', 'e')
	case 'œ':
		return append(folded, 'o', 'e')
	}
	if r >= '0' && r <= '9' {
		r = '0'
	}
	return utf8.AppendRune(folded, r)
}

func isUnspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r == 'ー'
}

func isPictogram(r rune) bool {
	return r >= 0x2190 && r <= 0x2BFF || r >= 0x1F000 && r <= 0x1FAFF
}
