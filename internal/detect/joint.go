package detect

import "math"

// jointTable holds the weights of several models side by side, so that one look
// into memory serves all. It gives bit for bit the sums of [Linear.addTo].
type jointTable struct {
	values int
	// grams has eight values a word, each 128 too high: words a bucket.
	grams     []uint64
	words     int
	scales    []float32
	bias      []float32
	flags     []float32 // flags × values
	embedding []float64 // by four values: dimensions × four
}

const (
	valuesPerWord = 8
	gramOffset    = 128
	// A word's sums have sixteen bits a value, which so many bytes cannot exceed.
	gramsPerSum = 256
	everyOther  = 0x00ff00ff00ff00ff
	lanes       = 4
)

func join(models []*Model, flags, dimension int) *jointTable {
	joint := &jointTable{}
	for _, m := range models {
		joint.scales = append(joint.scales, m.Linear.Scales...)
		joint.bias = append(joint.bias, m.Linear.Bias...)
	}
	joint.values = len(joint.bias)
	joint.words = (joint.values + valuesPerWord - 1) / valuesPerWord
	joint.pack(interleave(models, GramBuckets, func(m *Model) []int8 { return m.Linear.Grams }))
	joint.flags = interleave(models, flags, func(m *Model) []float32 { return m.Linear.Flags })
	embedding := interleave(models, dimension, func(m *Model) []float32 { return m.Linear.Embedding })
	for from := 0; from < joint.values; from += lanes {
		for row := range dimension {
			for value := from; value < from+lanes; value++ {
				weight := 0.0
				if value < joint.values {
					weight = float64(embedding[row*joint.values+value])
				}
				joint.embedding = append(joint.embedding, weight)
			}
		}
	}
	return joint
}

func interleave[T any](models []*Model, rows int, table func(*Model) []T) []T {
	var joint []T
	for row := range rows {
		for _, m := range models {
			joint = append(joint, table(m)[row*len(m.Values):][:len(m.Values)]...)
		}
	}
	return joint
}

func (t *jointTable) pack(grams []int8) {
	t.grams = make([]uint64, GramBuckets*t.words)
	for i, weight := range grams {
		bucket, value := i/t.values, i%t.values
		t.grams[bucket*t.words+value/valuesPerWord] |= uint64(int(weight)+gramOffset) << (8 * (value % valuesPerWord))
	}
}

// addTo adds the scores of a text to sums, one a value.
func (t *jointTable) addTo(sums []float64, f *Features) {
	var grams [maximumValues + valuesPerWord]int32
	if t.words == 3 {
		t.sumThree((*[3 * valuesPerWord]int32)(grams[:]), f.Grams)
	} else {
		for word := range t.words {
			t.sumGrams((*[valuesPerWord]int32)(grams[word*valuesPerWord:]), f.Grams, word)
		}
	}
	length := math.Sqrt(float64(max(1, len(f.Grams))))
	for i := range sums {
		sums[i] += float64(t.bias[i]) + float64(grams[i])*float64(t.scales[i])/length
	}
	for _, flag := range f.Flags {
		for i, weight := range t.flags[int(flag)*t.values:][:t.values] {
			sums[i] += float64(weight)
		}
	}
	for from := 0; from < len(sums); from += lanes {
		var four [lanes]float64
		copy(four[:], sums[from:])
		t.addEmbedding(&four, f.Embedding, from/lanes)
		copy(sums[from:], four[:])
	}
}

// sumGrams adds up one word of each bucket.
func (t *jointTable) sumGrams(sums *[valuesPerWord]int32, grams []uint32, word int) {
	for len(grams) > 0 {
		some := grams[:min(len(grams), gramsPerSum)]
		grams = grams[len(some):]
		var even, odd uint64
		for _, gram := range some {
			weights := t.grams[int(gram)*t.words+word]
			even += weights & everyOther
			odd += weights >> 8 & everyOther
		}
		unpack(sums[:], even, odd, len(some))
	}
}

// sumThree is sumGrams of three words, the usual number, with one look at each
// bucket.
func (t *jointTable) sumThree(sums *[3 * valuesPerWord]int32, grams []uint32) {
	for len(grams) > 0 {
		some := grams[:min(len(grams), gramsPerSum)]
		grams = grams[len(some):]
		var even0, odd0, even1, odd1, even2, odd2 uint64
		for _, gram := range some {
			weights := (*[3]uint64)(t.grams[3*int(gram):])
			even0 += weights[0] & everyOther
			odd0 += weights[0] >> 8 & everyOther
			even1 += weights[1] & everyOther
			odd1 += weights[1] >> 8 & everyOther
			even2 += weights[2] & everyOther
			odd2 += weights[2] >> 8 & everyOther
		}
		unpack(sums[:], even0, odd0, len(some))
		unpack(sums[valuesPerWord:], even1, odd1, len(some))
		unpack(sums[2*valuesPerWord:], even2, odd2, len(some))
	}
}

// unpack adds the partial sums of one word over some n-grams.
func unpack(sums []int32, even, odd uint64, some int) {
	for i := range valuesPerWord / 2 {
		sums[2*i] += int32(even>>(16*i)&0xffff) - int32(gramOffset*some)
		sums[2*i+1] += int32(odd>>(16*i)&0xffff) - int32(gramOffset*some)
	}
}

func (t *jointTable) addEmbedding(sums *[lanes]float64, embedding []float32, block int) {
	weights := t.embedding[block*len(embedding)*lanes:][:len(embedding)*lanes]
	s0, s1, s2, s3 := sums[0], sums[1], sums[2], sums[3]
	for _, x := range embedding {
		row := weights[:lanes]
		weights = weights[lanes:]
		value := float64(x)
		s0 += float64(value * row[0])
		s1 += float64(value * row[1])
		s2 += float64(value * row[2])
		s3 += float64(value * row[3])
	}
	sums[0], sums[1], sums[2], sums[3] = s0, s1, s2, s3
}
