package learn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Contribution says how far a piece of the text speaks for a label. Start and
// End are bytes of the text. Weight is in units of the score, and positive for
// the label: it is what the piece's n-grams add to the label's score less what
// they add to the mean label's.
type Contribution struct {
	Start, End int
	Text       string
	Weight     float64
}

// Contributions returns the pieces of the text (words, pairs of words, parts of
// long runs) with the strongest weights for the label, strongest first, at most
// limit of them. The embedding's part of the score has no pieces and is not
// explained. A label that the classifier doesn't have is an error.
func (c *Classifier) Contributions(text, label string, limit int) ([]Contribution, error) {
	target, ok := slices.BinarySearch(c.labels, label)
	if !ok {
		return nil, fmt.Errorf("learn: the classifier has no label %q", label)
	}
	scratch := hashScratch.Get().(*gramScratch)
	defer hashScratch.Put(scratch)
	hasher := c.extractor.space.Hasher
	grams := hasher.grams(scratch, text)
	counts := hasher.countGrams(scratch, grams)
	return strongest(text, pieces(grams, counts.Indices, c.sharesOf(counts, target)), limit), nil
}

// sharesOf divides each n-gram's share in the score among its occurrences. The
// result is parallel to the counts; unknown n-grams have no share.
func (c *Classifier) sharesOf(counts Vector, target int) []float32 {
	document := c.terms.weigh(weighted{}, counts)
	shares := make([]float32, counts.Len())
	known := 0
	for i, index := range counts.Indices {
		if c.terms.known.find(index) < 0 {
			continue
		}
		row, value := document.rows[known], document.values[known]
		known++
		share := float64(value) * c.linear.advantage(row, target) * c.weights[partTerms]
		shares[i] = float32(share / float64(counts.Values[i]))
	}
	return shares
}

// pieces adds up the n-grams that stand for the same bytes of the text. Most of
// these follow each other, so few pieces are left to be sorted.
func pieces(grams []gram, indices []uint32, shares []float32) []Contribution {
	var found []Contribution
	for _, g := range grams {
		i, _ := slices.BinarySearch(indices, g.index)
		if shares[i] == 0 {
			continue
		}
		start, end := int(g.start), int(g.end)
		if last := len(found) - 1; last < 0 || found[last].Start != start || found[last].End != end {
			found = append(found, Contribution{Start: start, End: end})
		}
		found[len(found)-1].Weight += float64(shares[i])
	}
	slices.SortStableFunc(found, func(a, b Contribution) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	merged := found[:0]
	for _, piece := range found {
		last := len(merged) - 1
		if last >= 0 && merged[last].Start == piece.Start && merged[last].End == piece.End {
			merged[last].Weight += piece.Weight
			continue
		}
		merged = append(merged, piece)
	}
	return merged
}

// advantage is the weight for a label less the mean over all labels.
func (l *linear) advantage(row uint32, target int) float64 {
	var sum float64
	for label := range l.labels {
		sum += float64(l.weight(row, label))
	}
	return float64(l.weight(row, target)) - sum/float64(l.labels)
}

func strongest(text string, contributions []Contribution, limit int) []Contribution {
	contributions = slices.DeleteFunc(contributions, func(c Contribution) bool { return c.Weight == 0 })
	slices.SortFunc(contributions, func(a, b Contribution) int {
		return cmp.Or(
			cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)),
			cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	contributions = contributions[:min(max(limit, 0), len(contributions))]
	for i, c := range contributions {
		contributions[i].Text = text[c.Start:c.End]
	}
	return contributions
}
