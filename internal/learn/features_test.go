package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func foldedString(text string) string {
	var out []rune
	for _, f := range foldText(nil, text) {
		if f.kind == kindSpace {
			f.r = ' '
		}
		out = append(out, f.r)
	}
	return string(out)
}

func TestFoldText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Café ÀÖ":      "cafe ao",
		"ﬁne ½\u00a0x": "fine 1⁄2 x",
		"Ёлка й":       "елка и",
		"ＡＢＣ１":         "abc1",
		"น้ำ":          "น้ํา",
		"हिन्दी":       "हिन्दी",
		"a\xffb":       "ab",
		"\t\r\n":       "   ",
	} {
		if got := foldedString(text); got != want {
			t.Errorf("fold %q = %q, want %q", text, got, want)
		}
	}
	if got := len(foldText(nil, string(make([]byte, 2*MaximumTextBytes)))); got != MaximumTextBytes {
		t.Errorf("%d bytes were folded, want the limit of %d", got, MaximumTextBytes)
	}
}

func TestSplitWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"It's order #12-B!": {"it", "s", "order", "12", "b"},
		"退款申请 ok":           {"退款", "款申", "申请", "ok"},
		"退":                 {"退"},
		"?!":                nil,
	} {
		folded := foldText(nil, text)
		var got []string
		for _, word := range splitWords(nil, folded) {
			var runes []rune
			for _, f := range folded[word.start:word.end] {
				runes = append(runes, f.r)
			}
			got = append(got, string(runes))
		}
		if !slices.Equal(got, want) {
			t.Errorf("the words of %q are %q, want %q", text, got, want)
		}
	}
}

// The buckets are part of every stored model, so they must never change.
func TestCountsAreStable(t *testing.T) {
	t.Parallel()
	got := Hasher{Buckets: 1 << 18}.Counts("No no")
	want := Vector{
		Indices: []uint32{0x28d4e, 0x339b2, 0x47b2f, 0x4b86c, 0x5a568, 0x6444c, 0x675fd, 0x78df8},
		Values:  []float32{2, 1, 2, 2, 2, 2, 2, 2},
	}
	if !slices.Equal(got.Indices, want.Indices) || !slices.Equal(got.Values, want.Values) {
		t.Errorf("Counts = %#v, want %#v", got, want)
	}
	if other := (Hasher{Buckets: 1 << 18, Seed: 1}).Counts("No no"); slices.Equal(other.Indices, got.Indices) {
		t.Error("another seed gives the same buckets")
	}
}

func TestCountsIgnoreCaseAndAccents(t *testing.T) {
	t.Parallel()
	h := Hasher{Buckets: 1 << 12}
	if a, b := h.Counts("CAFÉ crème"), h.Counts("cafe cre\u0300me"); !slices.Equal(a.Indices, b.Indices) {
		t.Error("two spellings of one text have different buckets")
	}
}

func FuzzCounts(f *testing.F) {
	for _, seed := range []string{"", "Where is my order?", "退款 ภาษาไทย", "\xf0\x28\x8c", "e\u0301\u200d"} {
		f.Add(seed)
	}
	h := Hasher{Buckets: 1 << 10}
	f.Fuzz(func(t *testing.T, text string) {
		v := h.Counts(text)
		for i, index := range v.Indices {
			if index >= blockCount*h.Buckets || i > 0 && index <= v.Indices[i-1] || v.Values[i] < 1 {
				t.Fatalf("entry %d of %q is %d: %v", i, text, index, v.Values[i])
			}
		}
		scratch := new(gramScratch)
		scratch.read(h, text)
		for _, g := range scratch.grams {
			at := scratch.pieces[g.piece]
			if at.start > at.end || int(at.end) > len(text) {
				t.Fatalf("a gram of %q spans %d to %d", text, at.start, at.end)
			}
		}
	})
}

func TestRadixSortSorts(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for _, limit := range []uint32{1, 2047, 2048, 1 << 19, math.MaxUint32} {
		keys := make([]uint64, 1000)
		for i := range keys {
			keys[i] = random.Uint64N(uint64(limit))<<32 | uint64(i)
		}
		want := slices.Sorted(slices.Values(keys))
		if got := radixSort(keys, make([]uint64, len(keys)), limit); !slices.Equal(got, want) {
			t.Errorf("keys below %d are not sorted", limit)
		}
	}
}

func TestRankedBitmapNumbersMembers(t *testing.T) {
	t.Parallel()
	members := []uint32{0, 1, 63, 64, 127, 500, 1023}
	b := newRankedBitmap(1024, members)
	for row, member := range members {
		if got := b.find(member); got != row {
			t.Errorf("find(%d) = %d, want %d", member, got, row)
		}
	}
	if b.find(2) != -1 || b.find(1022) != -1 || b.count() != len(members) {
		t.Errorf("strangers are found, or %d is not the count", b.count())
	}
}

func TestTermSpaceWeighsRareTermsUp(t *testing.T) {
	t.Parallel()
	documents := []Vector{{[]uint32{1, 5}, []float32{1, 1}}, {[]uint32{1, 6}, []float32{1, 3}}}
	space := fitTermSpace(1024, documents, 10)
	w := space.weigh(weighted{}, Vector{[]uint32{1, 5, 2000}, []float32{1, 1, 4}})
	if len(w.rows) != 2 || w.values[1] <= w.values[0] {
		t.Errorf("weights are %v of rows %v, want the rarer term's higher and the strange one's absent", w.values, w.rows)
	}
	if length := w.values[0]*w.values[0] + w.values[1]*w.values[1]; math.Abs(float64(length)-1) > 1e-6 {
		t.Errorf("the block's squared length is %v, want 1: strange characters are another block", length)
	}
	if kept := fitTermSpace(1024, documents, 1); kept.known.find(1) != 0 || kept.known.count() != 1 {
		t.Error("the limit did not keep the most frequent term")
	}
}

// Inner products of the features approximate the Gaussian kernel plus the
// scaled linear one and the constant.
func TestFourierFeaturesApproximateTheKernel(t *testing.T) {
	t.Parallel()
	m := newFourierMap(48, 4096, 3)
	random := rand.New(rand.NewPCG(4, 4))
	for range 10 {
		a, b := randomUnit(random, 48), randomUnit(random, 48)
		var inner, distance, product float64
		fa, fb := make([]float32, m.size()), make([]float32, m.size())
		m.features(fa, a)
		m.features(fb, b)
		for i := range fa {
			inner += float64(fa[i]) * float64(fb[i])
		}
		for i := range a {
			distance += float64((a[i] - b[i]) * (a[i] - b[i]))
			product += float64(a[i]) * float64(b[i])
		}
		want := math.Exp(-fourierScale*fourierScale*distance/2) + linearScale*linearScale*product + 1
		if math.Abs(inner-want) > 0.06 {
			t.Errorf("the features' product is %.3f, want %.3f", inner, want)
		}
	}
}

func TestCosineOfTurns(t *testing.T) {
	t.Parallel()
	for x := float32(-3); x < 3; x += 0.001 {
		if got, want := float64(cosineOfTurns(x)), math.Cos(2*math.Pi*float64(x)); math.Abs(got-want) > 2e-5 {
			t.Fatalf("the cosine of %v turns is %v, want %v", x, got, want)
		}
	}
}

func randomUnit(random *rand.Rand, dimension int) []float32 {
	vector := make([]float32, dimension)
	var square float64
	for i := range vector {
		vector[i] = float32(random.NormFloat64())
		square += float64(vector[i]) * float64(vector[i])
	}
	for i := range vector {
		vector[i] /= float32(math.Sqrt(square))
	}
	return vector
}
