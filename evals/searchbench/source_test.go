package searchbench

import (
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func TestTheSameSeedMakesTheSameQuestions(t *testing.T) {
	t.Parallel()
	first, second := newSource(3).questions(20), newSource(3).questions(20)
	for i := range first {
		if first[i].Text != second[i].Text || first[i].Vector[7] != second[i].Vector[7] {
			t.Fatalf("question %d differs: %q and %q", i, first[i].Text, second[i].Text)
		}
	}
	for i, wrong := range misspelt(first) {
		if len(strings.Fields(wrong.Text)) != len(strings.Fields(first[i].Text)) {
			t.Errorf("%q became %q, want one word changed", first[i].Text, wrong.Text)
		}
	}
}

func TestFrequentWordsAreFewAndMostAreRare(t *testing.T) {
	t.Parallel()
	source := newSource(1)
	counts := map[string]int{}
	for word := range strings.FieldsSeq(source.text(0, 20_000, 0)) {
		counts[word]++
	}
	once := 0
	for _, count := range counts {
		if count == 1 {
			once++
		}
	}
	if share := float64(once) / float64(len(counts)); share < 0.3 || counts["the"] < 200 {
		t.Errorf("%.2f of the words stand once and %q %d times, want a language's", share, "the", counts["the"])
	}
}

func TestConfigNamesTheFlag(t *testing.T) {
	t.Parallel()
	for _, config := range []Config{{Chunks: 10}, {Queries: 1}} {
		if err := config.Validate(); !fault.Is(err, fault.Unprocessable) && !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", config, err)
		}
	}
}
