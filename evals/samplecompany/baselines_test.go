package samplecompany

import "testing"

// The example of Manning, Raghavan and Schütze, Introduction to Information
// Retrieval (2008), table 13.1, whose answer is worked out there.
func TestNaiveBayesOnTheTextbooksExample(t *testing.T) {
	t.Parallel()
	model := trainNaiveBayes(
		[]string{"Chinese Beijing Chinese", "Chinese Chinese Shanghai", "Chinese Macao", "Tokyo Japan Chinese"},
		[]string{"china", "china", "china", "other"},
	)
	for text, want := range map[string]string{
		"Chinese Chinese Chinese Tokyo Japan": "china",
		"Tokyo, Japan!":                       "other",
		"words that nobody has seen":          "china", // the prior alone
	} {
		if got := model.classify(text); got != want {
			t.Errorf("classify(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestJaccardOfShingles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want float64
	}{
		{"the board is slow", "The board is SLOW.", 1},
		{"the board is slow", "the board is slow today", 2.0 / 3},
		{"the board is slow", "nothing in common here", 0},
		{"too short", "too short", 0},
	} {
		if got := jaccard(shingles(test.a), shingles(test.b)); got != test.want {
			t.Errorf("jaccard(%q, %q) = %.3f, want %.3f", test.a, test.b, got, test.want)
		}
	}
}
