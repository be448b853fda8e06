package learn

import (
	"context"
	"math"
	"math/rand/v2"
)

// linear holds one weight vector a label over the rows of a term space, as
// signed bytes with one scale a row. A row lies together for all labels, so that
// scoring reads memory once an n-gram. Held-out scores come from rounded weights
// too: calibration sees what is stored.
type linear struct {
	labels  int
	weights []int8 // row-major: rows × labels
	scales  []float32
	bias    []float32
}

// linearTask is one training: which documents, which labels, which part of the
// examples.
type linearTask struct {
	documents []weighted
	classes   []int // the label of each document
	labels    int
	rows      int
	cost      float64
	seed      uint64
	done      func()
}

// train learns from the members, the labels side by side on all cores.
func (t *linearTask) train(ctx context.Context, members []int) (*linear, error) {
	squares := squaredLengths(t.documents)
	columns := make([][]float32, t.labels)
	err := parallel(ctx, t.labels, func(label int) {
		solver := &supportVectors{
			documents: t.documents,
			members:   members,
			squares:   squares,
			cost:      t.cost,
			random:    rand.New(rand.NewPCG(t.seed, uint64(label))),
			weights:   make([]float32, t.rows+1),
			alphas:    make([]float64, len(t.documents)),
		}
		columns[label] = solver.solve(func(document int) bool { return t.classes[document] == label })
		t.done()
	})
	if err != nil {
		return nil, err
	}
	return quantise(columns, t.rows), nil
}

func quantise(columns [][]float32, rows int) *linear {
	l := &linear{
		labels:  len(columns),
		weights: make([]int8, rows*len(columns)),
		scales:  make([]float32, rows),
		bias:    make([]float32, len(columns)),
	}
	for row := range rows {
		var largest float32
		for _, column := range columns {
			largest = max(largest, column[row], -column[row])
		}
		if largest == 0 {
			continue
		}
		l.scales[row] = largest / math.MaxInt8
		for label, column := range columns {
			l.weights[row*l.labels+label] = int8(math.Round(float64(column[row] / l.scales[row])))
		}
	}
	for label, column := range columns {
		l.bias[label] = column[rows]
	}
	return l
}

// score overwrites scores, one a label.
func (l *linear) score(scores []float32, d weighted) {
	copy(scores, l.bias)
	scores = scores[:l.labels]
	for i, row := range d.rows {
		factor := d.values[i] * l.scales[row]
		weights := l.weights[int(row)*l.labels:][:len(scores)]
		for label, weight := range weights {
			scores[label] += factor * float32(weight)
		}
	}
}

func (l *linear) weight(row uint32, label int) float32 {
	return l.scales[row] * float32(l.weights[int(row)*l.labels+label])
}
