package retrieval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentenceSpans splits prose into sentences. They cover the span but for the white
// space between them. A line break alone ends none, an empty line does.
func sentenceSpans(body string, prose span) []span {
	var sentences []span
	start := prose.start
	end := func(at int) {
		part := trimmedSpaces(body, span{start, at})
		if part.start < part.end {
			sentences = append(sentences, part)
		}
		start = at
	}
	for i := prose.start; i < prose.end; {
		r, size := utf8.DecodeRuneInString(body[i:prose.end])
		i += size
		switch {
		case r == '\n' && strings.TrimLeft(body[i:min(lineEnd(body, i), prose.end)], " \t\r") == "\n":
			end(i)
		case strings.ContainsRune("。！？｡", r):
			end(afterClosing(body, i, prose.end))
			i = start
		case r == '.' || r == '!' || r == '?' || r == '…':
			if stop := afterClosing(body, i, prose.end); endsSentence(body, prose, i-size, stop) {
				end(stop)
				i = stop
			}
		}
	}
	end(prose.end)
	return sentences
}

// afterClosing skips further stops, quotes, brackets and emphasis marks.
func afterClosing(body string, i, end int) int {
	for i < end {
		r, size := utf8.DecodeRuneInString(body[i:end])
		if !strings.ContainsRune(".!?…\"'”’»“)]*_`", r) {
			break
		}
		i += size
	}
	return i
}

// endsSentence decides on a stop at the byte at, followed by text at the byte after.
func endsSentence(body string, prose span, at, after int) bool {
	if after >= prose.end {
		return true
	}
	next, size := utf8.DecodeRuneInString(body[after:prose.end])
	if !unicode.IsSpace(next) {
		return false // v2.3.1, example.com, 1.000
	}
	for after < prose.end && unicode.IsSpace(next) {
		after += size
		next, size = utf8.DecodeRuneInString(body[after:prose.end])
	}
	if body[at] != '.' {
		return !unicode.IsLower(next)
	}
	word := lastWord(body[prose.start:at])
	switch {
	case unicode.IsLower(next):
		return false // "approx. ten", "etc. as"
	case abbreviations[strings.ToLower(word)], isInitial(word):
		return false // "Dr. Weber", "z. B. Konten", "J. Smith"
	case isDigit(word) && len(word) <= 2:
		return !unicode.IsLetter(next) && !unicode.IsDigit(next) // "am 3. Mai", "1. Open"
	}
	return true
}

// isInitial reports a single letter, as of a first name.
func isInitial(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size > 0 && size == len(word) && unicode.IsLetter(r)
}

// abbreviations end with a stop but no sentence, in English, German and French.
var abbreviations = wordSets(map[string]string{"all": `approx ex e.g i.e etc. vs no nos fig sec min max mr mrs ms dr prof st inc
	ltd dept est bzw ca ggf inkl exkl nr str tel usw. vgl zzgl bspw evtl sog abs art z.b d.h u.a z.t o.ä p.ex env mme
	mlle cf av p.ex. tél réf n.b`})["all"]

func lastWord(text string) string {
	start := strings.LastIndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("([\"*_“„«", r) })
	if start < 0 {
		return text
	}
	_, size := utf8.DecodeRuneInString(text[start:])
	return text[start+size:]
}

func isDigit(word string) bool {
	return word != "" && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// trimmedSpaces drops white space on both sides.
func trimmedSpaces(body string, s span) span {
	text := body[s.start:s.end]
	s.start += len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	s.end = s.start + len(strings.TrimSpace(text))
	return s
}
