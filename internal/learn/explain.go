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
	return c.ContributionsOf(c.extractor.read(text), label, limit)
}

// ContributionsOf is Contributions on features that several classifiers share.
// The error is ErrSpace, or that the classifier doesn't have the label.
func (c *Classifier) ContributionsOf(features Features, label string, limit int) ([]Contribution, error) {
	if features.space != c.extractor.space {
		return nil, fmt.Errorf("%w: they were extracted with %+v, not %+v", ErrSpace, features.space, c.extractor.space)
	}
	target, ok := slices.BinarySearch(c.labels, label)
	if !ok {
		return nil, fmt.Errorf("learn: the classifier has no label %q", label)
	}
	shares := c.sharesOf(features.counts, target)
	return strongest(features.text, pieces(features.grams, features.counts.Indices, shares), limit), nil
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

// piece is a range of the text, start in the upper half and end in the lower.
type piece struct {
	place  uint64
	weight float64
}

// pieces adds up the n-grams that stand for the same bytes of the text. Most of
// these follow each other, so few pieces are left to be sorted.
func pieces(grams []gram, indices []uint32, shares []float32) []piece {
	found := make([]piece, 0, len(grams)/4)
	for _, g := range grams {
		i, _ := slices.BinarySearch(indices, g.index)
		if shares[i] != 0 {
			found = addPiece(found, piece{uint64(g.start)<<32 | uint64(g.end), float64(shares[i])})
		}
	}
	slices.SortStableFunc(found, func(a, b piece) int { return cmp.Compare(a.place, b.place) })
	merged := found[:0]
	for _, p := range found {
		merged = addPiece(merged, p)
	}
	return merged
}

// addPiece adds to the last piece if that is the same place.
func addPiece(pieces []piece, added piece) []piece {
	if last := len(pieces) - 1; last >= 0 && pieces[last].place == added.place {
		pieces[last].weight += added.weight
		return pieces
	}
	return append(pieces, added)
}

// advantage is the weight for a label less the mean over all labels.
func (l *linear) advantage(row uint32, target int) float64 {
	var sum float64
	for label := range l.labels {
		sum += float64(l.weight(row, label))
	}
	return float64(l.weight(row, target)) - sum/float64(l.labels)
}

func strongest(text string, found []piece, limit int) []Contribution {
	found = slices.DeleteFunc(found, func(p piece) bool { return p.weight == 0 })
	slices.SortFunc(found, func(a, b piece) int {
		return cmp.Or(cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)), cmp.Compare(a.place, b.place))
	})
	contributions := make([]Contribution, min(max(limit, 0), len(found)))
	for i := range contributions {
		start, end := int(found[i].place>>32), int(uint32(found[i].place))
		contributions[i] = Contribution{Start: start, End: end, Text: text[start:end], Weight: found[i].weight}
	}
	return contributions
}
