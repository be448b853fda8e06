package learn

import (
	"cmp"
	"math"
	"slices"
)

// termSpace weighs counts: 1+ln(count) times a smooth inverse document
// frequency, each block scaled to length one. Buckets that it doesn't know
// still count in the lengths, so a text of strange words scores low.
type termSpace struct {
	buckets  uint32
	known    rankedBitmap
	idf      []float32 // a known bucket
	strayIDF float32   // for buckets of no document
}

// fitTermSpace keeps at most limit buckets, the most frequent first.
func fitTermSpace(buckets uint32, documents []Vector, limit int) *termSpace {
	frequency := make([]uint32, blockCount*buckets)
	for _, document := range documents {
		for _, index := range document.Indices {
			frequency[index]++
		}
	}
	members := frequentMembers(frequency, limit)
	t := &termSpace{
		buckets:  buckets,
		known:    newRankedBitmap(len(frequency), members),
		idf:      make([]float32, len(members)),
		strayIDF: inverseFrequency(len(documents), 0),
	}
	for row, member := range members {
		t.idf[row] = inverseFrequency(len(documents), frequency[member])
	}
	return t
}

// repeated chooses rows that more than one of the documents has, at most limit,
// the most frequent first.
func (t *termSpace) repeated(documents, limit int) *rowSubset {
	once := inverseFrequency(documents, 1)
	rank := make([]uint32, len(t.idf))
	for row, idf := range t.idf {
		if idf < once {
			rank[row] = math.Float32bits(once - idf) // Ascends as the frequency does.
		}
	}
	chosen := frequentMembers(rank, limit)
	return &rowSubset{known: newRankedBitmap(len(t.idf), chosen), count: len(chosen)}
}

func frequentMembers(frequency []uint32, limit int) []uint32 {
	var members []uint32
	for index, count := range frequency {
		if count > 0 {
			members = append(members, uint32(index))
		}
	}
	if len(members) <= limit {
		return members
	}
	slices.SortStableFunc(members, func(a, b uint32) int { return cmp.Compare(frequency[b], frequency[a]) })
	members = slices.Clip(members[:limit])
	slices.Sort(members)
	return members
}

// inverseFrequency is the smooth form that behaves as if one more document held
// every term.
func inverseFrequency(documents int, frequency uint32) float32 {
	return float32(math.Log(float64(1+documents)/float64(1+frequency)) + 1)
}

// weighted is a document in terms of known rows.
type weighted struct {
	rows   []uint32
	values []float32
}

// weigh overwrites and returns w. Its values are ready for a dot product. W may
// have the memory of the counts.
func (t *termSpace) weigh(w weighted, counts Vector) weighted {
	w.rows, w.values = w.rows[:0], w.values[:0]
	split, _ := slices.BinarySearch(counts.Indices, t.buckets)
	w = t.weighBlock(w, counts.Indices[:split], counts.Values[:split])
	return t.weighBlock(w, counts.Indices[split:], counts.Values[split:])
}

func (t *termSpace) weighBlock(w weighted, indices []uint32, counts []float32) weighted {
	from := len(w.values)
	var square float64
	for i, index := range indices {
		row := t.known.find(index)
		value := t.strayIDF
		if row >= 0 {
			value = t.idf[row]
		}
		if counts[i] > 1 {
			value *= sublinear(counts[i])
		}
		square += float64(value) * float64(value)
		if row >= 0 {
			w.rows = append(w.rows, uint32(row))
			w.values = append(w.values, value)
		}
	}
	scale := float32(1 / math.Sqrt(max(square, math.SmallestNonzeroFloat32)))
	for i := from; i < len(w.values); i++ {
		w.values[i] *= scale
	}
	return w
}

// sublinear is 1+ln(count), from a table for the counts of usual texts.
func sublinear(count float32) float32 {
	if n := int(count); n < len(sublinearTable) {
		return sublinearTable[n]
	}
	return float32(1 + math.Log(float64(count)))
}

var sublinearTable = func() (table [64]float32) {
	for n := 1; n < len(table); n++ {
		table[n] = float32(1 + math.Log(float64(n)))
	}
	return table
}()
