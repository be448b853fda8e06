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
	grams := c.extractor.space.Hasher.grams(scratch, text)
	each := c.weightOfOccurrence(c.extractor.space.Hasher.Counts(text), target)
	pieces := make(map[[2]uint32]float64)
	for _, g := range grams {
		pieces[[2]uint32{g.start, g.end}] += each[g.index]
	}
	return strongest(text, pieces, limit), nil
}

// weightOfOccurrence divides each n-gram's share in the score among its
// occurrences, by index.
func (c *Classifier) weightOfOccurrence(counts Vector, target int) map[uint32]float64 {
	document := c.terms.weigh(weighted{}, counts)
	each := make(map[uint32]float64, len(document.rows))
	known := 0
	for i, index := range counts.Indices {
		if c.terms.known.find(index) < 0 {
			continue
		}
		row, value := document.rows[known], document.values[known]
		known++
		share := float64(value) * c.linear.advantage(row, target) * c.weights[partTerms]
		each[index] = share / float64(counts.Values[i])
	}
	return each
}

// advantage is the weight for a label less the mean over all labels.
func (l *linear) advantage(row uint32, target int) float64 {
	var sum float64
	for label := range l.labels {
		sum += float64(l.weight(row, label))
	}
	return float64(l.weight(row, target)) - sum/float64(l.labels)
}

func strongest(text string, pieces map[[2]uint32]float64, limit int) []Contribution {
	contributions := make([]Contribution, 0, len(pieces))
	for at, weight := range pieces {
		if weight != 0 {
			contributions = append(contributions, Contribution{
				Start: int(at[0]), End: int(at[1]), Text: text[at[0]:at[1]], Weight: weight,
			})
		}
	}
	slices.SortFunc(contributions, func(a, b Contribution) int {
		return cmp.Or(
			cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)),
			cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return contributions[:min(max(limit, 0), len(contributions))]
}
