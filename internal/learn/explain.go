package learn

import (
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
	var features Features
	c.panel.extractor.read(&features, text)
	return c.ContributionsOf(features, label, limit)
}

// ContributionsOf is Contributions on features that several classifiers share.
// The error is ErrSpace, or that the classifier doesn't have the label.
func (c *Classifier) ContributionsOf(features Features, label string, limit int) ([]Contribution, error) {
	if features.space != c.Space() {
		return nil, fmt.Errorf("%w: they were extracted with %+v, not %+v", ErrSpace, features.space, c.Space())
	}
	r := &Reading{panel: c.panel, features: features}
	r.parts.document = c.panel.terms.weigh(r.parts.document, features.counts)
	return r.Contributions(0, label, limit)
}

// share divides each n-gram's part of the score among its occurrences. The
// result is parallel to the counts; unknown n-grams have no share.
func (r *Reading) share(m *member, target int) {
	if len(r.entries) == 0 {
		for i, index := range r.features.counts.Indices {
			if r.panel.terms.known.find(index) >= 0 {
				r.entries = append(r.entries, uint32(i))
			}
		}
	}
	r.shares = growTo(r.shares, r.features.counts.Len())
	clear(r.shares)
	weight, scales := float32(m.weights[partTerms]), r.panel.linear.scales[m.from:m.to()]
	for i, entry := range r.entries {
		advantage := advantage(r.panel.linear.row(r.parts.document.rows[i])[m.from:], scales, target)
		share := weight * r.parts.document.values[i] * advantage
		if count := r.features.counts.Values[entry]; count != 1 {
			share /= count
		}
		r.shares[entry] = share
	}
}

// addUp adds the shares of the n-grams that stand for the same piece.
func (r *Reading) addUp() {
	r.weights = growTo(r.weights, len(r.features.pieces))
	clear(r.weights)
	for _, o := range r.features.occurrences {
		r.weights[o.piece] += float64(r.shares[o.entry])
	}
}

// strongest keeps the best so far in order: limit is small beside the pieces.
func strongest(features *Features, weights []float64, limit int) []Contribution {
	best := make([]Contribution, 0, min(max(limit, 0), len(weights)))
	for i, weight := range weights {
		if weight == 0 || len(best) == cap(best) && (len(best) == 0 || math.Abs(weight) < math.Abs(best[len(best)-1].Weight)) {
			continue
		}
		at := features.pieces[i]
		added := Contribution{Start: int(at.start), End: int(at.end), Weight: weight}
		place, _ := slices.BinarySearchFunc(best, added, compareStrength)
		if place == cap(best) {
			continue
		}
		best = slices.Insert(best[:min(len(best), cap(best)-1)], place, added)
	}
	for i, c := range best {
		best[i].Text = features.text[c.Start:c.End]
	}
	return best
}

// compareStrength puts stronger pieces first, and equal ones in the text's order.
func compareStrength(a, b Contribution) int {
	switch x, y := math.Abs(a.Weight), math.Abs(b.Weight); {
	case x > y:
		return -1
	case x < y:
		return 1
	case a.Start != b.Start:
		return a.Start - b.Start
	default:
		return a.End - b.End
	}
}
