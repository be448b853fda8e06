package detect

// The hashes are 64-bit FNV-1a with the finaliser of MurmurHash3. They are part of
// the trained file.
const (
	hashOffset = 14695981039346656037
	hashPrime  = 1099511628211
)

func hashByte(hash uint64, b byte) uint64 { return (hash ^ uint64(b)) * hashPrime }

func hashBytes(hash uint64, bytes []byte) uint64 {
	for _, b := range bytes {
		hash = hashByte(hash, b)
	}
	return hash
}

func finalise(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// hashTable maps hashes to numbers from 0. It is built once and then only read.
type hashTable struct {
	keys   []uint64
	values []int32
	size   int
}

func (t *hashTable) find(hash uint64) (int32, bool) {
	if len(t.keys) == 0 {
		return 0, false
	}
	mask := uint64(len(t.keys) - 1)
	for at := finalise(hash) & mask; t.keys[at] != 0; at = (at + 1) & mask {
		if t.keys[at] == hash {
			return t.values[at], true
		}
	}
	return 0, false
}

func (t *hashTable) put(hash uint64, value int32) {
	if 2*(t.size+1) > len(t.keys) {
		t.grow()
	}
	mask := uint64(len(t.keys) - 1)
	at := finalise(hash) & mask
	for t.keys[at] != 0 && t.keys[at] != hash {
		at = (at + 1) & mask
	}
	if t.keys[at] == 0 {
		t.size++
	}
	t.keys[at], t.values[at] = hash, value
}

func (t *hashTable) grow() {
	old := *t
	*t = hashTable{keys: make([]uint64, max(64, 2*len(old.keys))), values: make([]int32, max(64, 2*len(old.keys)))}
	for i, key := range old.keys {
		if key != 0 {
			t.put(key, old.values[i])
		}
	}
}
