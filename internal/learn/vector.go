package learn

// Vector is a sparse vector: strictly ascending indices and their values.
type Vector struct {
	Indices []uint32
	Values  []float32
}

// Len is the number of entries that are not zero.
func (v Vector) Len() int { return len(v.Indices) }

// countVector turns a multiset of indices below limit into a vector of counts.
// It sorts keys in place and uses spare, of the same length, as room to work.
func countVector(keys, spare []uint32, limit uint32) Vector {
	keys = radixSort(keys, spare, limit)
	distinct := 0
	for i, key := range keys {
		if i == 0 || key != keys[i-1] {
			distinct++
		}
	}
	v := Vector{Indices: make([]uint32, 0, distinct), Values: make([]float32, 0, distinct)}
	for i, key := range keys {
		if i > 0 && key == keys[i-1] {
			v.Values[len(v.Values)-1]++
			continue
		}
		v.Indices = append(v.Indices, key)
		v.Values = append(v.Values, 1)
	}
	return v
}

// radixSort sorts by digits of eleven bits: two passes for the usual nineteen
// bits. The result is one of the two slices.
func radixSort(keys, spare []uint32, limit uint32) []uint32 {
	const digit = 11
	for shift := 0; shift < 32 && limit>>shift > 0; shift += digit {
		var counts [1<<digit + 1]uint32
		for _, key := range keys {
			counts[key>>shift&(1<<digit-1)+1]++
		}
		for i := 1; i < len(counts); i++ {
			counts[i] += counts[i-1]
		}
		for _, key := range keys {
			place := &counts[key>>shift&(1<<digit-1)]
			spare[*place] = key
			*place++
		}
		keys, spare = spare, keys
	}
	return keys
}
