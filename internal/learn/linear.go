package learn

import "math"

// linear holds one weight vector a label over the rows of a term space, as
// signed bytes with one scale a label. A row lies together for all labels, so
// that scoring reads memory once an n-gram; since no scale is shared, the
// columns of several classifiers can be put side by side as they are.
type linear struct {
	labels  int
	weights []int8 // row-major: rows × labels
	scales  []float32
	bias    []float32
}

// column is the weight vector of one label.
type column struct {
	weights []int8
	scale   float32
	bias    float32
}

// quantise rounds the weights of the rows; the bias stands at their end. The
// rounding adds noise of some 0.3 % of the largest weight to a score.
func quantise(weights []float32) column {
	rows := len(weights) - 1
	c := column{weights: make([]int8, rows), bias: weights[rows]}
	var largest float32
	for _, weight := range weights[:rows] {
		largest = max(largest, weight, -weight)
	}
	if largest == 0 {
		return c
	}
	c.scale = largest / math.MaxInt8
	for row, weight := range weights[:rows] {
		c.weights[row] = int8(math.Round(float64(weight / c.scale)))
	}
	return c
}

// score adds in the order of linear.score, so that both round alike.
func (c column) score(d weighted) float32 {
	var sum float32
	rows, values := d.rows, d.values
	for ; len(rows) >= 4; rows, values = rows[4:], values[4:] {
		sum += values[0]*float32(c.weights[rows[0]]) + values[1]*float32(c.weights[rows[1]]) +
			values[2]*float32(c.weights[rows[2]]) + values[3]*float32(c.weights[rows[3]])
	}
	for i, row := range rows {
		sum += values[i] * float32(c.weights[row])
	}
	return sum*c.scale + c.bias
}

func newLinear(columns []column, rows int) *linear {
	l := &linear{
		labels:  len(columns),
		weights: make([]int8, rows*len(columns)),
		scales:  make([]float32, len(columns)),
		bias:    make([]float32, len(columns)),
	}
	for label, c := range columns {
		l.scales[label], l.bias[label] = c.scale, c.bias
		for row, weight := range c.weights {
			l.weights[row*l.labels+label] = weight
		}
	}
	return l
}

// joinLinear puts tables over the same rows side by side.
func joinLinear(tables []*linear, rows int) *linear {
	joined := &linear{}
	for _, table := range tables {
		joined.labels += table.labels
		joined.scales = append(joined.scales, table.scales...)
		joined.bias = append(joined.bias, table.bias...)
	}
	joined.weights = make([]int8, 0, rows*joined.labels)
	for row := range rows {
		for _, table := range tables {
			joined.weights = append(joined.weights, table.row(uint32(row))...)
		}
	}
	return joined
}

func (l *linear) row(row uint32) []int8 {
	return l.weights[int(row)*l.labels:][:l.labels]
}

// score overwrites scores, one a label.
func (l *linear) score(scores []float32, d weighted) { l.scoreFrom(scores[:l.labels], d, 0) }

// scoreFrom overwrites scores with those of the labels from a number on.
func (l *linear) scoreFrom(scores []float32, d weighted, from int) {
	clear(scores)
	grouped := len(d.rows) &^ 3
	if hasKernels && grouped > 0 && len(scores) >= kernelColumns {
		addRowGroups(&scores[0], &l.weights[from], &d.rows[0], &d.values[0], grouped/4, l.labels, len(scores))
	} else {
		l.addGroups(scores, d.rows[:grouped], d.values, from)
	}
	for i, row := range d.rows[grouped:] {
		value := d.values[grouped+i]
		for label, weight := range l.row(row)[from:][:len(scores)] {
			scores[label] += float32(value * float32(weight))
		}
	}
	scales, bias := l.scales[from:], l.bias[from:]
	for label := range scores {
		scores[label] = float32(scores[label]*scales[label]) + bias[label]
	}
}

// addGroups takes four rows at a time: the processor fetches them side by side,
// and touches each sum a quarter as often. The conversions forbid fused
// operations, so that every processor rounds alike.
func (l *linear) addGroups(scores []float32, rows []uint32, values []float32, from int) {
	for ; len(rows) >= 4; rows, values = rows[4:], values[4:] {
		v0, v1, v2, v3 := values[0], values[1], values[2], values[3]
		w0, w1, w2, w3 := l.row(rows[0])[from:], l.row(rows[1])[from:], l.row(rows[2])[from:], l.row(rows[3])[from:]
		w0, w1, w2, w3 = w0[:len(scores)], w1[:len(scores)], w2[:len(scores)], w3[:len(scores)]
		for label, sum := range scores {
			scores[label] = sum + (float32(v0*float32(w0[label])) + float32(v1*float32(w1[label])) + float32(v2*float32(w2[label])) + float32(v3*float32(w3[label])))
		}
	}
}

// advantage is the weight of a label less the mean over the labels of its
// classifier, whose scales are given.
func advantage(weights []int8, scales []float32, label int) float32 {
	var sum float32
	weights = weights[:len(scales)]
	for i, scale := range scales {
		sum += scale * float32(weights[i])
	}
	return scales[label]*float32(weights[label]) - sum/float32(len(scales))
}
