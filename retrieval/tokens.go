package retrieval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	wordToken  tokenKind = iota // a word, to be stemmed
	partToken                   // a part of an identifier or a number: never stemmed
	wholeToken                  // an identifier as a whole, its joints written as "_"
	gramToken                   // two characters of an unspaced script
)

const (
	maximumWordBytes = 64 // longer runs are data, not words
	maximumParts     = 8  // runs with more changes between letters and digits are hashes
)

// eachToken yields the tokens of a lowered text in reading order. ERR_42-7 gives
// err, 42, 7 and err_42_7, so that it is found by its parts and, being rare, above
// all by itself; ERR42-7 gives the same.
func eachToken(text string, yield func(tokenKind, string)) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isUnspaced(r):
			i = eachGram(text, i, yield)
		case isWordRune(r):
			i = eachPart(text, i, yield)
		default:
			i += size
		}
	}
}

// eachGram yields the character bigrams of the unspaced run at i, or its only
// character, and returns the run's end.
func eachGram(text string, i int, yield func(tokenKind, string)) int {
	start, previous, count := i, i, 0
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isUnspaced(r) && !(count > 0 && unicode.IsMark(r)) {
			break
		}
		if count++; count > 1 {
			yield(gramToken, text[previous:i+size])
		}
		previous, i = i, i+size
	}
	if count == 1 {
		yield(gramToken, text[start:i])
	}
	return i
}

// eachPart yields the word or the identifier at i and returns its end.
func eachPart(text string, i int, yield func(tokenKind, string)) int {
	var parts []string
	for {
		end := runEnd(text, i)
		parts = appendParts(parts, text[i:end])
		i = end
		next := joint(text, i)
		if next == i {
			break
		}
		i = next
	}
	if len(parts) == 1 {
		if kind := kindOfPart(parts[0]); len(parts[0]) <= maximumWordBytes {
			yield(kind, parts[0])
		}
		return i
	}
	for _, part := range parts {
		if len(part) <= maximumWordBytes {
			yield(kindOfPart(part), part)
		}
	}
	if whole := strings.Join(parts, "_"); len(whole) <= maximumWordBytes {
		yield(wholeToken, whole)
	}
	return i
}

func kindOfPart(part string) tokenKind {
	if r, _ := utf8.DecodeRuneInString(part); unicode.IsDigit(r) {
		return partToken
	}
	return wordToken
}

// runEnd is the end of the letters and digits at i.
func runEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWordRune(r) || isUnspaced(r) {
			break
		}
		i += size
	}
	return i
}

// joint returns where an identifier goes on after one connecting sign at i, or i.
func joint(text string, i int) int {
	r, size := utf8.DecodeRuneInString(text[i:])
	if r != '_' && r != '-' && r != '.' && r != '‐' && r != '‑' {
		return i
	}
	if next, _ := utf8.DecodeRuneInString(text[i+size:]); isWordRune(next) && !isUnspaced(next) {
		return i + size
	}
	return i
}

// appendParts splits a run where letters meet digits.
func appendParts(parts []string, run string) []string {
	before, start := len(parts), 0
	var last rune
	for i, r := range run {
		if i > 0 && unicode.IsDigit(last) != unicode.IsDigit(r) && !unicode.IsMark(r) {
			parts = append(parts, run[start:i])
			start = i
		}
		last = r
	}
	parts = append(parts, run[start:])
	if len(parts)-before > maximumParts {
		return append(parts[:before], run)
	}
	return parts
}
