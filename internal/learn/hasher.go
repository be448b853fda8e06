package learn

import (
	"fmt"
	"math/bits"
	"sync"
)

// Hasher maps a text's n-grams to buckets: words and pairs of words in one
// block, runs of two to five characters within a word and its surrounding
// spaces in a second one.
//
// The hash is 64-bit FNV-1a fed with whole code points, followed by the
// finaliser of MurmurHash3. It is part of stored models and never changes.
type Hasher struct {
	// Buckets a block: a power of two from 1,024 to 1,048,576.
	Buckets uint32
	// Seed chooses the hash function.
	Seed uint64
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211

	wordBlock      = 0
	characterBlock = 1
	blockCount     = 2

	shortestGram = 2
	longestGram  = 5
)

// Validate names the field that is out of range.
func (h Hasher) Validate() error {
	if h.Buckets < 1<<10 || h.Buckets > 1<<20 || bits.OnesCount32(h.Buckets) != 1 {
		return fmt.Errorf("learn: Hasher.Buckets is %d: use a power of two from 1024 to 1048576", h.Buckets)
	}
	return nil
}

// Counts returns how often each bucket occurs. Words take the indices below
// Buckets, character runs those from Buckets to 2·Buckets.
func (h Hasher) Counts(text string) Vector {
	scratch := hashScratch.Get().(*gramScratch)
	defer hashScratch.Put(scratch)
	scratch.read(h, text)
	return scratch.count(h, Vector{})
}

// gram is one occurrence of an n-gram. Piece numbers the bytes of the text that
// it stands for in an explanation.
type gram struct{ index, piece uint32 }

// place is a range of bytes of a text.
type place struct{ start, end uint32 }

// gramScratch holds what is known of the text that was read last.
type gramScratch struct {
	folded []foldedRune
	words  []span
	grams  []gram  // all occurrences
	pieces []place // none twice
	keys   []uint64
	// entries numbers each gram's entry in the counts.
	entries []uint32
}

var hashScratch = sync.Pool{New: func() any { return new(gramScratch) }}

func (s *gramScratch) read(h Hasher, text string) {
	s.folded = foldText(s.folded[:0], text)
	s.words = splitWords(s.words[:0], s.folded)
	s.grams, s.pieces = s.grams[:0], s.pieces[:0]
	s.appendWordGrams(h)
	s.appendCharacterGrams(h)
}

// count overwrites and returns v.
func (s *gramScratch) count(h Hasher, v Vector) Vector {
	s.keys = growTo(s.keys, 2*len(s.grams))
	s.entries = growTo(s.entries, len(s.grams))
	keys, spare := s.keys[:len(s.grams)], s.keys[len(s.grams):]
	for i, g := range s.grams {
		keys[i] = uint64(g.index)<<32 | uint64(i)
	}
	return countVector(v, radixSort(keys, spare, blockCount*h.Buckets-1), s.entries)
}

func (h Hasher) start(block uint64) uint64 { return finalise(h.Seed^block+1) ^ fnvOffset }

func (h Hasher) index(block uint32, hash uint64) uint32 {
	return block*h.Buckets + uint32(finalise(hash))&(h.Buckets-1)
}

func hashRune(hash uint64, r rune) uint64 { return (hash ^ uint64(uint32(r))) * fnvPrime }

// finalise spreads the entropy over all bits (fmix64 of MurmurHash3).
func finalise(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func growTo[T any](s []T, length int) []T {
	if cap(s) < length {
		return make([]T, length)
	}
	return s[:length]
}
