package learn

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// Row i of the transform's matrix has the sign of the parity of i AND j.
func TestWalshHadamardByItsDefinition(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 3))
	for size := 1; size <= 256; size *= 2 {
		x := make([]float32, size)
		for i := range x {
			x[i] = float32(random.IntN(21) - 10)
		}
		got := slices.Clone(x)
		walshHadamard(got, 1)
		for i := range got {
			var want float32
			for j, value := range x {
				if bits.OnesCount(uint(i&j))%2 == 1 {
					value = -value
				}
				want += value
			}
			if got[i] != want {
				t.Fatalf("entry %d of %d is %v, want %v", i, size, got[i], want)
			}
		}
		walshHadamard(got, 1)
		for i := range got {
			if got[i] != float32(size)*x[i] {
				t.Fatalf("twice the transform of size %d gives %v, want %v times the input", size, got[i], size)
			}
		}
	}
}

func TestRidgeScoresAnyNumberOfLabels(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 3))
	const size = 37
	r := &ridge{labels: 11, weights: randomUnit(random, 11*size)}
	features := randomUnit(random, size)
	for from := range r.labels {
		for to := from; to <= r.labels; to++ {
			scores := make([]float32, to-from)
			r.score(scores, features, from)
			for i, got := range scores {
				var want float64
				for k, x := range features {
					want += float64(x) * float64(r.weights[(from+i)*size+k])
				}
				if math.Abs(float64(got)-want) > 1e-6 {
					t.Fatalf("label %d of %d to %d scores %v, want %v", from+i, from, to, got, want)
				}
			}
		}
	}
	joined := joinRidges([]*ridge{r, r})
	scores := make([]float32, 22)
	joined.score(scores, features, 0)
	alone := make([]float32, 11)
	joined.score(alone, features, 11)
	if joined.labels != 22 || !slices.Equal(scores[11:15], alone[:4]) {
		t.Errorf("the second of two joined tables scores %v, want %v", alone, scores[11:])
	}
	if joinRidges([]*ridge{nil, nil}) != nil {
		t.Error("nothing joined with nothing is a table")
	}
}

func TestCountsAddUpToTheOccurrences(t *testing.T) {
	t.Parallel()
	h := Hasher{Buckets: 1 << 10}
	for _, text := range []string{"", "a", "no no no", "Ünïcode 退款 退款", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		s := new(gramScratch)
		s.read(h, text)
		v := s.count(h, Vector{})
		var total float32
		for _, count := range v.Values {
			total += count
		}
		if int(total) != len(s.grams) {
			t.Errorf("%q has %v counts, want its %d occurrences", text, total, len(s.grams))
		}
		for i, g := range s.grams {
			if v.Indices[s.entries[i]] != g.index {
				t.Errorf("occurrence %d of %q leads to another bucket", i, text)
			}
		}
		slices.SortFunc(s.pieces, func(a, b place) int { return int(a.start)<<16 + int(a.end) - int(b.start)<<16 - int(b.end) })
		words := slices.Compact(slices.Clone(s.pieces))
		if len(text) < 24 && len(words) != len(s.pieces) {
			t.Errorf("a piece of %q stands twice in %v", text, s.pieces)
		}
	}
}

func TestSublinearCounts(t *testing.T) {
	t.Parallel()
	for _, count := range []float32{1, 2, 7, 63, 64, 65, 3000} {
		if got, want := float64(sublinear(count)), 1+math.Log(float64(count)); math.Abs(got-want) > 1e-6 {
			t.Errorf("a count of %v weighs %v, want %v", count, got, want)
		}
	}
}

// sampleReading reads a text with a panel of random weights over its n-grams.
func sampleReading(text string, labels int) *Reading {
	extractor := &Extractor{space: Space{Hasher: Hasher{Buckets: 1 << 12}}}
	r := &Reading{}
	extractor.read(&r.features, text)
	terms := fitTermSpace(1<<12, []Vector{r.features.counts}, 1<<20)
	random := rand.New(rand.NewPCG(3, 5))
	columns := make([]column, labels)
	for i := range columns {
		weights := make([]float32, len(terms.idf)+1)
		for row := range weights {
			weights[row] = float32(random.NormFloat64())
		}
		columns[i] = quantise(weights)
	}
	r.parts.document = terms.weigh(weighted{}, r.features.counts)
	r.panel = &Panel{extractor: extractor, terms: terms, linear: newLinear(columns, len(terms.idf))}
	r.panel.members = []member{{labels: make([]string, labels), weights: [partCount]float64{1.5, 0}, temperature: 1}}
	return r
}

// All pieces together explain all of the score that is not the bias.
func TestContributionsAddUpToTheScore(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"refund", "Please refund my INVOICE, please!", "退款申请退款", "aVeryLongWordWithoutAnySpaceInItThatGoesOnAndOn and on", "--- ...", "e-mail: a@b.example"} {
		r := sampleReading(text, 3)
		scores := make([]float32, 3)
		r.panel.linear.score(scores, r.parts.document)
		for target := range scores {
			r.share(&r.panel.members[0], target)
			r.addUp()
			var got, mean float64
			for _, c := range strongest(&r.features, r.weights, len(r.weights)) {
				got += c.Weight
			}
			for label, score := range scores {
				mean += float64(score-r.panel.linear.bias[label]) / 3
			}
			want := 1.5 * (float64(scores[target]-r.panel.linear.bias[target]) - mean)
			if math.Abs(got-want) > 1e-3 {
				t.Errorf("the pieces of %q add up to %v, want %v", text, got, want)
			}
		}
	}
}

func TestStrongestIsTheHeadOfAllSorted(t *testing.T) {
	t.Parallel()
	r := sampleReading("one two three four five six seven eight nine ten eleven twelve", 2)
	r.share(&r.panel.members[0], 1)
	r.addUp()
	all := strongest(&r.features, r.weights, len(r.weights))
	if !slices.IsSortedFunc(all, compareStrength) || len(all) < 20 {
		t.Fatalf("%d pieces are not in order: %v", len(all), all)
	}
	for _, limit := range []int{-1, 0, 1, 2, 5, 19, 1000} {
		want := all[:min(max(limit, 0), len(all))]
		if got := strongest(&r.features, r.weights, limit); !slices.Equal(got, want) {
			t.Errorf("the strongest %d are %v, want %v", limit, got, want)
		}
	}
}
