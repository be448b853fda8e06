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
	// filter has a bit for every key: few strangers pass it, and it is small enough
	// to stay close to the processor.
	filter [1 << filterBits / 64]uint64
	keys   []uint64
	values []int32
	size   int
}

const filterBits = 16

func (t *hashTable) find(hash uint64) (int32, bool) {
	spread := finalise(hash)
	if bit := spread >> (64 - filterBits); t.filter[bit/64]>>(bit%64)&1 == 0 {
		return 0, false
	}
	mask := uint64(len(t.keys) - 1)
	for at := spread & mask; t.keys[at] != 0; at = (at + 1) & mask {
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
	spread := finalise(hash)
	bit := spread >> (64 - filterBits)
	t.filter[bit/64] |= 1 << (bit % 64)
	at := spread & mask
	for t.keys[at] != 0 && t.keys[at] != hash {
		at = (at + 1) & mask
	}
	if t.keys[at] == 0 {
		t.size++
	}
	t.keys[at], t.values[at] = hash, value
}

func (t *hashTable) grow() {
	keys, values := t.keys, t.values
	t.keys, t.values, t.size = make([]uint64, max(64, 2*len(keys))), make([]int32, max(64, 2*len(keys))), 0
	for i, key := range keys {
		if key != 0 {
			t.put(key, values[i])
		}
	}
}
