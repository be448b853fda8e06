package embedding

import "unicode/utf8"

// maximumWordLength is in code points. Longer words are unknown, which also
// bounds the search below.
const maximumWordLength = 100

// wordBytes holds a word of maximumWordLength and the letter that overflows it.
const wordBytes = utf8.UTFMax * (maximumWordLength + 1)

// wordPieces splits words greedily into the longest known pieces (Wu et al.
// 2016; Devlin et al. 2019). A word with a part that no piece covers is wholly
// unknown; in a script without spaces only that character is.
type wordPieces struct {
	vocabulary *vocabulary
	unknown    int
	hashes     [wordBytes]uint64
	pieces     [wordBytes]int
	word       [wordBytes + utf8.UTFMax]byte
	sums       []float32 // of a text's rows, as table.add leaves them
}

// split returns the rows of the word's pieces. The result is overwritten by the
// next call.
func (w *wordPieces) split(word []byte, isDense bool) []int {
	pieces := w.pieces[:0]
	if !isDense && len(word) > maximumWordLength && utf8.RuneCount(word) > maximumWordLength {
		return append(pieces, w.unknown)
	}
	prefix := ""
	for len(word) > 0 {
		row, length := w.longest(prefix, word)
		switch {
		case length > 0:
		case isDense:
			_, length = utf8.DecodeRune(word)
			row = w.unknown
		default:
			return append(w.pieces[:0], w.unknown)
		}
		pieces = append(pieces, row)
		word = word[length:]
		if !isDense {
			prefix = continuation
		}
	}
	return pieces
}

// longest hashes all beginnings of the word in one pass and then tries them
// from the longest down.
func (w *wordPieces) longest(prefix string, word []byte) (row, length int) {
	end := min(len(word), w.vocabulary.longest)
	hash := hashBytes(fnvOffset, prefix)
	for i, b := range word[:end] {
		hash = hashByte(hash, b)
		w.hashes[i] = hash
	}
	for ; end > 0; end-- {
		if end < len(word) && !utf8.RuneStart(word[end]) {
			continue
		}
		if row, ok := w.vocabulary.find(w.hashes[end-1], prefix, word[:end]); ok {
			return row, end
		}
	}
	return 0, 0
}
