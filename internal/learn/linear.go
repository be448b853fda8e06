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

// score adds in the order in which linear.score does, so that both agree.
func (c column) score(d weighted) float32 {
	var sum float32
	for i, row := range d.rows {
		sum += d.values[i] * float32(c.weights[row])
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
func (l *linear) score(scores []float32, d weighted) {
	scores = scores[:l.labels]
	clear(scores)
	for i, row := range d.rows {
		factor := d.values[i]
		weights := l.weights[int(row)*l.labels:][:len(scores)]
		for label, weight := range weights {
			scores[label] += factor * float32(weight)
		}
	}
	for label := range scores {
		scores[label] = scores[label]*l.scales[label] + l.bias[label]
	}
}

// advantage is the weight of a label less the mean over the labels of its
// classifier, which stand at from to to.
func (l *linear) advantage(row uint32, from, to, label int) float32 {
	var sum float32
	weights := l.row(row)[from:to]
	for i, weight := range weights {
		sum += l.scales[from+i] * float32(weight)
	}
	return l.scales[from+label]*float32(weights[label]) - sum/float32(len(weights))
}
