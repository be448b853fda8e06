package learn

import "math/bits"

// Vector is a sparse vector: strictly ascending indices and their values.
type Vector struct {
	Indices []uint32
	Values  []float32
}

// Len is the number of entries that are not zero.
func (v Vector) Len() int { return len(v.Indices) }

// countVector counts equal indices in sorted keys, whose upper halves are
// indices and whose lower halves number the occurrences. It overwrites and
// returns v, and sets entries[number] to the place of that occurrence in v. A new
// vector gets exactly the memory that it needs: a corpus has many.
func countVector(v Vector, keys []uint64, entries []uint32) Vector {
	v.Indices, v.Values = v.Indices[:0], v.Values[:0]
	if cap(v.Indices) == 0 {
		different := 0
		for i, key := range keys {
			different += int(indicator(i == 0 || key>>32 != keys[i-1]>>32))
		}
		v.Indices, v.Values = make([]uint32, 0, different), make([]float32, 0, different)
	}
	for i, key := range keys {
		if i > 0 && key>>32 == keys[i-1]>>32 {
			v.Values[len(v.Values)-1]++
		} else {
			v.Indices = append(v.Indices, uint32(key>>32))
			v.Values = append(v.Values, 1)
		}
		entries[uint32(key)] = uint32(len(v.Values) - 1)
	}
	return v
}

const (
	fewKeys     = 600 // up to so many, small digits are faster
	widestDigit = 11
)

// radixSort sorts by the upper halves, none above limit: usually in two digits,
// and few keys in three. The result is one of the two slices, which have equal
// lengths.
func radixSort(keys, spare []uint64, limit uint32) []uint64 {
	width := bits.Len32(limit)
	if digit := (width + 2) / 3; len(keys) <= fewKeys && digit <= 7 {
		var counts [1<<7 + 1]uint32
		return sortDigits(keys, spare, counts[:1<<digit+1], digit, width)
	}
	var counts [1<<widestDigit + 1]uint32
	digit := min((width+1)/2, widestDigit)
	return sortDigits(keys, spare, counts[:1<<digit+1], digit, width)
}

func sortDigits(keys, spare []uint64, counts []uint32, digit, width int) []uint64 {
	mask := uint64(1)<<digit - 1
	for shift := 32; shift < 32+width; shift += digit {
		clear(counts)
		for _, key := range keys {
			counts[key>>shift&mask+1]++
		}
		for i := 1; i < len(counts); i++ {
			counts[i] += counts[i-1]
		}
		for _, key := range keys {
			place := &counts[key>>shift&mask]
			spare[*place] = key
			*place++
		}
		keys, spare = spare, keys
	}
	return keys
}
