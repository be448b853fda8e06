package cluster

import (
	"cmp"
	"math"
	"slices"
)

const (
	mostTerms = 60_000
	// commonTerm is the share of the texts above which a term tells nothing.
	commonTerm = 0.4
)

// terms is what tf-idf knows: the row and the weight of each term.
type terms struct {
	rows map[string]uint32
	idf  []float32
}

// sparse is a text as terms, of length one.
type sparse struct {
	rows   []uint32
	values []float32
}

// fitTerms keeps the terms of at least two texts, the most frequent first.
func fitTerms(texts []string) *terms {
	frequency := map[string]int{}
	for _, text := range texts {
		seen := map[string]bool{}
		eachTerm(wordsOf(text), func(term string) { seen[term] = true })
		for term := range seen {
			frequency[term]++
		}
	}
	type counted struct {
		term  string
		count int
	}
	var kept []counted
	for term, count := range frequency {
		if count >= 2 && float64(count) <= max(2, commonTerm*float64(len(texts))) {
			kept = append(kept, counted{term, count})
		}
	}
	slices.SortFunc(kept, func(a, b counted) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.term, b.term)) })
	t := &terms{rows: map[string]uint32{}}
	for row, term := range kept[:min(len(kept), mostTerms)] {
		t.rows[term.term] = uint32(row) //nolint:gosec // below mostTerms
		t.idf = append(t.idf, float32(math.Log(float64(1+len(texts))/float64(1+term.count))+1))
	}
	return t
}

// weigh turns a text into its known terms.
func (t *terms) weigh(text string) (s sparse) {
	counts := map[uint32]float32{}
	eachTerm(wordsOf(text), func(term string) {
		if row, known := t.rows[term]; known {
			counts[row]++
		}
	})
	for row := range counts {
		s.rows = append(s.rows, row)
	}
	slices.Sort(s.rows)
	var square float64
	for _, row := range s.rows {
		value := float32(1+math.Log(float64(counts[row]))) * t.idf[row]
		s.values = append(s.values, value)
		square += float64(value) * float64(value)
	}
	scale := float32(1 / math.Sqrt(max(square, math.SmallestNonzeroFloat32)))
	for i := range s.values {
		s.values[i] *= scale
	}
	return s
}
