package detect

import "math"

// Model is one trained detector.
type Model struct {
	Name   string   `json:"name"`
	Values []string `json:"values"` // alphabetical
	// Temperature divides the scores, Offsets are added after it; then comes the
	// softmax. Both are fitted on industries that a model did not see.
	Temperature float64   `json:"temperature"`
	Offsets     []float64 `json:"offsets"`
	// Floor is the probability from which on the detector of sensitive topics
	// reports any of them, and that of acts believes in thanks. 0 for the others.
	Floor  float64      `json:"floor"`
	Blocks BlockWeights `json:"blocks"`
	Linear Linear       `json:"-"`
}

// BlockWeights scale the blocks of features against each other: n-grams (whose
// block has length one), flags, embedding, offset.
type BlockWeights struct {
	Grams     float64 `json:"grams"`
	Flags     float64 `json:"flags"`
	Embedding float64 `json:"embedding"`
	Bias      float64 `json:"bias"`
}

// Linear holds one weight a feature and value; a feature's weights stand together.
// The blocks' weights are multiplied in.
type Linear struct {
	Grams     []int8    // GramBuckets × values, in units of Scales
	Scales    []float32 // by value
	Flags     []float32 // flags × values
	Embedding []float32 // dimensions × values
	Bias      []float32 // by value
}

// Quantise sets the n-grams' weights, rounded to 1/127 of the largest of a value.
func (l *Linear) Quantise(grams []float32, values int) {
	l.Scales, l.Grams = make([]float32, values), make([]int8, len(grams))
	for i, weight := range grams {
		l.Scales[i%values] = max(l.Scales[i%values], weight/math.MaxInt8, -weight/math.MaxInt8)
	}
	for i, weight := range grams {
		if scale := l.Scales[i%values]; scale > 0 {
			l.Grams[i] = int8(math.Round(float64(weight / scale)))
		}
	}
}

// addTo adds the scores of a text to sums, one a value.
func (l *Linear) addTo(sums []float64, f *Features) {
	values := len(sums)
	var grams [maximumValues]int32
	for _, gram := range f.Grams {
		for i, weight := range l.Grams[int(gram)*values:][:values] {
			grams[i] += int32(weight)
		}
	}
	length := math.Sqrt(float64(max(1, len(f.Grams))))
	for i := range sums {
		sums[i] += float64(l.Bias[i]) + float64(grams[i])*float64(l.Scales[i])/length
	}
	for _, flag := range f.Flags {
		for i, weight := range l.Flags[int(flag)*values:][:values] {
			sums[i] += float64(weight)
		}
	}
	for at, x := range f.Embedding {
		for i, weight := range l.Embedding[at*values:][:values] {
			sums[i] += float64(x) * float64(weight)
		}
	}
}

// Scores returns the scores of a text before calibration, one a value.
func (m *Model) Scores(f *Features) []float64 {
	sums := make([]float64, len(m.Values))
	m.Linear.addTo(sums, f)
	return sums
}

// Calibrate overwrites scores with probabilities.
func (m *Model) Calibrate(scores []float64) {
	highest := math.Inf(-1)
	for i := range scores {
		scores[i] = scores[i]/m.Temperature + m.Offsets[i]
		highest = max(highest, scores[i])
	}
	total := 0.0
	for i := range scores {
		scores[i] = math.Exp(scores[i] - highest)
		total += scores[i]
	}
	for i := range scores {
		scores[i] /= total
	}
}
