package retrievalsuite

import (
	"math"
	"testing"
)

// TestScoresAreThoseOfTrecEval works by hand: grades 2 and 1 at ranks 2 and 4, a third
// relevant document that was not found, and one judged irrelevant.
func TestScoresAreThoseOfTrecEval(t *testing.T) {
	t.Parallel()
	query := Query{Grades: map[string]int{"a": 2, "b": 1, "lost": 1, "no": 0}}
	got := scoresOf([]string{"x", "a", "no", "b"}, query)
	ideal := 2 + 1/math.Log2(3) + 1/math.Log2(4)
	for name, want := range map[string]float64{
		nDCG10: (2/math.Log2(3) + 1/math.Log2(5)) / ideal, recall10: 2. / 3, recall100: 2. / 3, mrr10: 0.5, meanAP: (0.5 + 0.5) / 3,
	} {
		if math.Abs(got[name]-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if nothing := scoresOf(nil, query); len(nothing) != len(scoreNames) || nothing[nDCG10] != 0 {
		t.Errorf("an empty ranking has %v", nothing)
	}
}
