package triage

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed phrases.txt
var phraseList string

// topicOutage is what the phrases that claim an outage are filed under.
const topicOutage = "outage"

const longestPhrase = 6 // words

// phrase is a run of words, as numbers of the vocabulary.
type phrase struct {
	words []int32
	topic string
}

// phraseBook finds phrases in one pass over the words of a text.
type phraseBook struct {
	vocabulary map[string]int32
	byLastWord map[int32][]phrase
	digits     bool // words may hold digits
	shapes     wordShapes
}

// wordShapes tell most words of a text from those of a list, by the first byte and
// the length, without a look at the list.
type wordShapes [256]uint64

func (s *wordShapes) add(word string) { s[word[0]] |= 1 << (len(word) % 64) }

func (s *wordShapes) has(word []byte) bool { return s[word[0]]>>(len(word)%64)&1 == 1 }

var knownPhrases = readPhrases(phraseList)

func readPhrases(list string) phraseBook {
	book := phraseBook{vocabulary: map[string]int32{}, byLastWord: map[int32][]phrase{}}
	for line := range strings.Lines(list) {
		topic, phrases, found := strings.Cut(line, ":")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		for text := range strings.SplitSeq(phrases, "|") {
			book.add(topic, text)
		}
	}
	return book
}

func (b *phraseBook) add(topic, text string) {
	if !b.tryAdd(topic, text) {
		panic("triage: phrases.txt holds a phrase without words or with too many: " + text)
	}
}

// tryAdd reports whether the text has words, and not too many.
func (b *phraseBook) tryAdd(topic, text string) bool {
	var words []int32
	eachTokenAt(text, b.digits, func(word []byte, _, _ int) {
		number, known := b.vocabulary[string(word)]
		if !known {
			number = int32(len(b.vocabulary) + 1)
			b.vocabulary[string(word)] = number
			b.shapes.add(string(word))
		}
		words = append(words, number)
	})
	if len(words) == 0 || len(words) > longestPhrase {
		return false
	}
	last := words[len(words)-1]
	b.byLastWord[last] = append(b.byLastWord[last], phrase{words, topic})
	return true
}

// phraseMatch is a phrase found at bytes [start, end) of a text.
type phraseMatch struct {
	topic      string
	start, end int
}

// maximumMatches bounds what one text can make a decision carry.
const maximumMatches = 16

func (b *phraseBook) find(text string) []phraseMatch {
	var matches []phraseMatch
	var recent [longestPhrase]int32
	var starts [longestPhrase]int
	if len(b.byLastWord) == 0 {
		return nil
	}
	eachTokenAt(text, b.digits, func(word []byte, start, end int) {
		copy(recent[:], recent[1:])
		copy(starts[:], starts[1:])
		number := int32(0)
		if b.shapes.has(word) {
			number = b.vocabulary[string(word)]
		}
		recent[longestPhrase-1], starts[longestPhrase-1] = number, start
		if number == 0 || len(matches) == maximumMatches {
			return
		}
		for _, candidate := range b.byLastWord[number] {
			from := longestPhrase - len(candidate.words)
			if slices.Equal(candidate.words, recent[from:]) {
				matches = append(matches, phraseMatch{candidate.topic, starts[from], end})
				return
			}
		}
	})
	return matches
}

// eachWordAt calls yield with each word in lower case and its bytes
// [start, end) in the text. Apostrophes inside a word belong to it. The word is
// overwritten by the next one.
func eachWordAt(text string, yield func(word []byte, start, end int)) {
	eachTokenAt(text, false, yield)
}

// eachTokenAt is eachWordAt; with digits, these belong to words.
func eachTokenAt(text string, digits bool, yield func(word []byte, start, end int)) {
	word := make([]byte, 0, 64)
	start, end := 0, 0
	flush := func() {
		if trimmed := trimApostrophes(word); len(trimmed) > 0 {
			yield(trimmed, start, end)
		}
		word = word[:0]
	}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		switch {
		case r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z'):
			word = startWord(word, &start, i)
			word = append(word, byte(r|0x20))
			end = i + size
		case digits && r >= '0' && r <= '9':
			word = startWord(word, &start, i)
			word = append(word, byte(r))
			end = i + size
		case r >= utf8.RuneSelf && r != '’' && unicode.IsLetter(r):
			word = startWord(word, &start, i)
			word = utf8.AppendRune(word, unicode.ToLower(r))
			end = i + size
		case (r == '\'' || r == '’') && len(word) > 0:
			word = append(word, '\'')
		default:
			flush()
		}
		i += size
	}
	flush()
}

func startWord(word []byte, start *int, at int) []byte {
	if len(word) == 0 {
		*start = at
	}
	return word
}

func trimApostrophes(word []byte) []byte {
	for len(word) > 0 && word[len(word)-1] == '\'' {
		word = word[:len(word)-1]
	}
	return word
}
