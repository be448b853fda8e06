package learn

import "math/bits"

// rankedBitmap numbers the members of a set of small integers in ascending
// order, in a little more than one bit an integer.
type rankedBitmap struct {
	words []uint64
	ranks []uint32 // members before each word
}

// newRankedBitmap takes ascending members below size.
func newRankedBitmap(size int, members []uint32) rankedBitmap {
	b := rankedBitmap{words: make([]uint64, (size+63)/64)}
	for _, member := range members {
		b.words[member/64] |= 1 << (member % 64)
	}
	b.rank()
	return b
}

func (b *rankedBitmap) rank() {
	b.ranks = make([]uint32, len(b.words))
	var before uint32
	for i, word := range b.words {
		b.ranks[i] = before
		before += uint32(bits.OnesCount64(word))
	}
}

// find returns the member's number, or -1 for a stranger.
func (b *rankedBitmap) find(member uint32) int {
	word, bit := b.words[member/64], uint64(1)<<(member%64)
	if word&bit == 0 {
		return -1
	}
	return int(b.ranks[member/64]) + bits.OnesCount64(word&(bit-1))
}

func (b *rankedBitmap) count() int {
	total := 0
	for _, word := range b.words {
		total += bits.OnesCount64(word)
	}
	return total
}
