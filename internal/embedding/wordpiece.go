package embedding

import "unicode/utf8"

// maximumWordLength is in code points. BERT gives up on longer words, which
// also bounds the quadratic search below.
const maximumWordLength = 100

// wordPieces splits words greedily into the longest known pieces (Wu et al.
// 2016; Devlin et al. 2019). A word with a part that no piece covers is wholly
// unknown.
type wordPieces struct {
	vocabulary *vocabulary
	unknown    int
	hashes     [4 * maximumWordLength]uint64
	pieces     [4 * maximumWordLength]int
	word       [4*maximumWordLength + utf8.UTFMax]byte
}

// split returns the rows of the word's pieces. The result is overwritten by the
// next call.
func (w *wordPieces) split(word []byte) []int {
	pieces := w.pieces[:0]
	if utf8.RuneCount(word) > maximumWordLength {
		return append(pieces, w.unknown)
	}
	prefix := ""
	for len(word) > 0 {
		row, length := w.longest(prefix, word)
		if length == 0 {
			return append(w.pieces[:0], w.unknown)
		}
		pieces = append(pieces, row)
		word = word[length:]
		prefix = continuation
	}
	return pieces
}

// longest hashes all beginnings of the word in one pass and then tries them
// from the longest down.
func (w *wordPieces) longest(prefix string, word []byte) (row, length int) {
	hash := hashBytes(fnvOffset, prefix)
	for i, b := range word {
		hash = hashByte(hash, b)
		w.hashes[i] = hash
	}
	for end := len(word); end > 0; end-- {
		if end < len(word) && !utf8.RuneStart(word[end]) {
			continue
		}
		if row, ok := w.vocabulary.find(w.hashes[end-1], prefix, word[:end]); ok {
			return row, end
		}
	}
	return 0, 0
}
