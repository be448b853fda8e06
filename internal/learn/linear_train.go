package learn

import (
	"context"
	"math/rand/v2"
)

// linearTask is one training: which documents, which labels, which folds.
type linearTask struct {
	documents []weighted
	squares   []float64
	members   []int // the documents to learn from
	classes   []int // the label of each member
	folds     []int // of each member
	evaluated int
	labels    int
	rows      int
	cost      float64
	seed      uint64
	done      func()
}

// train learns every label from all members, and scores the members of each
// evaluated fold by weights learned without it. Held-out scores come from
// rounded weights, like those that will be served. All problems are independent
// and run side by side on all cores.
func (t *linearTask) train(ctx context.Context) (*linear, [][]float32, error) {
	held := make([][]float32, len(t.members))
	for i, fold := range t.folds {
		if fold < t.evaluated {
			held[i] = make([]float32, t.labels)
		}
	}
	columns := make([]column, t.labels)
	err := parallel(ctx, (t.evaluated+1)*t.labels, func(i int) {
		fold, label := i/t.labels, i%t.labels
		learned := t.column(fold, label)
		if fold == t.evaluated {
			columns[label] = learned
		} else {
			t.scoreFold(held, learned, fold, label)
		}
		t.done()
	})
	if err != nil {
		return nil, nil, err
	}
	return newLinear(columns, t.rows), held, nil
}

// column leaves out one fold; number evaluated leaves out none.
func (t *linearTask) column(fold, label int) column {
	solver := &supportVectors{
		documents: t.documents,
		squares:   t.squares,
		cost:      t.cost,
		random:    rand.New(rand.NewPCG(t.seed, uint64(label))),
		weights:   make([]float32, t.rows+1),
		alphas:    make([]float64, len(t.documents)),
		signs:     make([]int8, len(t.documents)),
	}
	for i, member := range t.members {
		if fold < t.evaluated && t.folds[i] == fold {
			continue
		}
		solver.members = append(solver.members, member)
		solver.signs[member] = -1
		if t.classes[i] == label {
			solver.signs[member] = 1
		}
	}
	return quantise(solver.solve())
}

func (t *linearTask) scoreFold(held [][]float32, learned column, fold, label int) {
	for i, member := range t.members {
		if t.folds[i] == fold {
			held[i][label] = learned.score(t.documents[member])
		}
	}
}
