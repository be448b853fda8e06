package learn

import "math"

// network is a neural network with one hidden layer of rectified units, which
// see the most frequent n-grams and the embedding together. In a panel, the units
// of all members stand side by side.
type network struct {
	subset *rowSubset
	grams  *linear   // subset rows × units; its bias is that of the units
	dense  []float32 // unit-major: units × embedding, and nothing without one
	width  int       // of the embedding
	heads  []head    // one a member
}

// head turns some units into scores of one member's columns.
type head struct {
	from, units int
	bias        []float32 // one a column
	weights     []float32 // column-major: columns × units
}

// rowSubset numbers the most frequent rows of a term space.
type rowSubset struct {
	known rankedBitmap
	count int
}

const (
	// A network has some units a label, within bounds.
	unitsPerLabel          = 2
	fewestUnits, mostUnits = 8, 128
	networkBudget          = 2560 << 10 // bytes of a panel's n-gram weights
)

func networkUnits(labels int) int { return min(max(unitsPerLabel*labels, fewestUnits), mostUnits) }

// networkRows is how many n-grams the networks of a panel see, given how many
// labels its members have together.
func networkRows(labels int) int { return networkBudget / (unitsPerLabel * labels) }

// of returns the document in the subset's rows, scaled to length one.
func (s *rowSubset) of(w, d weighted) weighted {
	w.rows, w.values = w.rows[:0], w.values[:0]
	var square float64
	for i, row := range d.rows {
		if chosen := s.known.find(row); chosen >= 0 {
			w.rows = append(w.rows, uint32(chosen))
			w.values = append(w.values, d.values[i])
			square += float64(d.values[i]) * float64(d.values[i])
		}
	}
	scale := float32(1 / math.Sqrt(max(square, math.SmallestNonzeroFloat32)))
	for i := range w.values {
		w.values[i] *= scale
	}
	return w
}

// activate overwrites hidden with the units' values.
func (n *network) activate(hidden []float32, d weighted, embedding []float32) {
	n.grams.score(hidden, d)
	if n.width > 0 {
		addDense(hidden, n.dense, embedding)
	}
	for i, x := range hidden {
		hidden[i] = max(x, 0)
	}
}

// addDense adds unit-major weights times x, four units at a time.
func addDense(sums, weights, x []float32) {
	size := len(x)
	for ; len(sums) >= 4; sums, weights = sums[4:], weights[4*size:] {
		w0, w1, w2, w3 := weights[:size], weights[size:][:size], weights[2*size:][:size], weights[3*size:][:size]
		var s0, s1, s2, s3 float32
		for i, v := range x {
			s0 += v * w0[i]
			s1 += v * w1[i]
			s2 += v * w2[i]
			s3 += v * w3[i]
		}
		sums[0] += s0
		sums[1] += s1
		sums[2] += s2
		sums[3] += s3
	}
	for i := range sums {
		var sum float32
		for k, w := range weights[i*size:][:size] {
			sum += x[k] * w
		}
		sums[i] += sum
	}
}

// score overwrites scores, one a column of the head. Training leaves open what
// they add up to: here that is nothing, since the energy depends on it.
func (h *head) score(scores, hidden []float32) {
	scores = scores[:len(h.bias)]
	copy(scores, h.bias)
	addDense(scores, h.weights, hidden[h.from:][:h.units])
	var mean float32
	for _, score := range scores {
		mean += score / float32(len(scores))
	}
	for column := range scores {
		scores[column] -= mean
	}
}

// joinNetworks puts the units of all members side by side; nil if none has any.
func joinNetworks(networks []*network) *network {
	var joined *network
	var grams []*linear
	for _, n := range networks {
		if n != nil && joined == nil {
			joined = &network{subset: n.subset, width: n.width}
		}
	}
	if joined == nil {
		return nil
	}
	units := 0
	for _, n := range networks {
		if n == nil {
			joined.heads = append(joined.heads, head{from: units})
			continue
		}
		own := n.heads[0]
		own.from = units
		units += own.units
		joined.heads = append(joined.heads, own)
		joined.dense = append(joined.dense, n.dense...)
		grams = append(grams, n.grams)
	}
	joined.grams = joinLinear(grams, joined.subset.count)
	return joined
}
