package embedding

import (
	"fmt"
	"math/bits"
	"strings"
)

const (
	continuation = "##"
	unknownToken = "[UNK]"

	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// vocabulary finds a token's row. It is an open-addressing hash table of row
// numbers over the tokens where they lie: about 0.4 MB for 30,522 tokens
// and nothing for the garbage collector to follow.
type vocabulary struct {
	text   string
	starts []uint32 // starts[i] is where token i begins; one more marks the end.
	slots  []uint32 // row+1 below some bits of the token's hash, or 0 for an empty slot.
	mask   uint64

	longest int // token, in bytes
}

func newVocabulary(text string, rows int) (*vocabulary, error) {
	if found := strings.Count(text, "\n") + 1; found != rows {
		return nil, fmt.Errorf("%w: %d tokens for %d rows", ErrMalformed, found, rows)
	}
	size := 1 << bits.Len(uint(2*rows))
	v := &vocabulary{
		text:   text,
		starts: make([]uint32, 1, rows+1),
		slots:  make([]uint32, size),
		mask:   uint64(size - 1),
	}
	for i := range len(text) {
		if text[i] == '\n' {
			v.starts = append(v.starts, uint32(i+1))
		}
	}
	v.starts = append(v.starts, uint32(len(text)+1))
	for row := range rows {
		v.insert(row)
		v.longest = max(v.longest, len(v.token(row)))
	}
	return v, nil
}

func (v *vocabulary) token(row int) string {
	return v.text[v.starts[row] : v.starts[row+1]-1]
}

func (v *vocabulary) insert(row int) {
	hash := hashBytes(fnvOffset, v.token(row))
	slot := hash & v.mask
	for v.slots[slot] != 0 {
		slot = (slot + 1) & v.mask
	}
	v.slots[slot] = mark(hash) | uint32(row+1)
}

// rowBits hold 1 to maximumRows. The bits of a slot above them are the hash's:
// most strangers are told without a look at the token.
const rowBits = 21

func mark(hash uint64) uint32 { return uint32(hash>>32) &^ (1<<rowBits - 1) }

// find looks up prefix+piece, whose hash the caller has at hand. The first of
// two equal tokens wins.
func (v *vocabulary) find(hash uint64, prefix string, piece []byte) (int, bool) {
	for slot := hash & v.mask; v.slots[slot] != 0; slot = (slot + 1) & v.mask {
		if v.slots[slot]&^(1<<rowBits-1) != mark(hash) {
			continue
		}
		row := int(v.slots[slot]&(1<<rowBits-1)) - 1
		token := v.token(row)
		if len(token) == len(prefix)+len(piece) && token[len(prefix):] == string(piece) && token[:len(prefix)] == prefix {
			return row, true
		}
	}
	return 0, false
}

func hashBytes(hash uint64, text string) uint64 {
	for i := range len(text) {
		hash = hashByte(hash, text[i])
	}
	return hash
}

// hashByte is one step of 64-bit FNV-1a.
func hashByte(hash uint64, b byte) uint64 { return (hash ^ uint64(b)) * fnvPrime }
