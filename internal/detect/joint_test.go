package detect

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The joint table gives each detector's own sums, bit for bit, also where more
// n-grams than fit a partial sum occur.
func TestJointTableAddsAsEachDetectorAlone(t *testing.T) {
	t.Parallel()
	d, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, count := range []int{0, 5, 300, 5_000} {
		f := Features{Flags: []uint32{0, 7, 31}}
		for range count {
			f.Grams = append(f.Grams, random.Uint32N(GramBuckets))
		}
		for range min(count, d.reader.embedder.Dimension()) {
			f.Embedding = append(f.Embedding, float32(random.NormFloat64()))
		}
		if len(f.Embedding) < d.reader.embedder.Dimension() {
			f.Embedding = nil
		}
		sums := make([]float64, d.joint.values)
		d.joint.addTo(sums, &f)
		word := d.joint.words - 1
		var last [valuesPerWord]int32
		var all [3 * valuesPerWord]int32
		d.joint.sumGrams(&last, f.Grams, word)
		if d.joint.sumThree(&all, f.Grams); d.joint.words == 3 && !slices.Equal(last[:], all[word*valuesPerWord:]) {
			t.Errorf("%d n-grams: %v word by word, %v together", count, last, all)
		}
		var alone []float64
		for _, m := range d.models {
			alone = append(alone, m.Scores(&f)...)
		}
		if !slices.Equal(sums, alone) {
			t.Errorf("%d n-grams: %v, want %v", count, sums, alone)
		}
	}
}
