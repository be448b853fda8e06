package learn

import (
	"context"
	"slices"
)

// kernel holds the features of some examples and all products of two of them.
type kernel struct {
	rows     [][]float32
	products triangle
}

func newKernel(ctx context.Context, fourier *fourierMap, embeddings [][]float32) (*kernel, error) {
	k := &kernel{rows: make([][]float32, len(embeddings)), products: newTriangle(len(embeddings))}
	for i, embedding := range embeddings {
		k.rows[i] = make([]float32, fourier.size())
		fourier.features(k.rows[i], embedding)
	}
	return k, addGram(ctx, k.products, k.rows)
}

// of is the kernel of some of the examples, given in ascending order.
func (k *kernel) of(members []int) *kernel {
	if len(members) == len(k.rows) {
		return k
	}
	chosen := &kernel{rows: make([][]float32, len(members)), products: newTriangle(len(members))}
	for i, member := range members {
		chosen.rows[i] = k.rows[member]
		for j := range i + 1 {
			chosen.products[i][j] = k.products[member][members[j]]
		}
	}
	return chosen
}

// with is the kernel with some more examples at the end.
func (k *kernel) with(fourier *fourierMap, embeddings [][]float32) *kernel {
	grown := &kernel{rows: slices.Clip(k.rows), products: slices.Clip(k.products)}
	for _, embedding := range embeddings {
		row := make([]float32, fourier.size())
		fourier.features(row, embedding)
		grown.rows = append(grown.rows, row)
		products := make([]float64, len(grown.rows))
		for i, other := range grown.rows {
			products[i] = float64(dotPairs(other, other, row, row)[0])
		}
		grown.products = append(grown.products, products)
	}
	return grown
}

// trainDual works on the kernel matrix of the examples.
func (t *ridgeTask) trainDual(ctx context.Context) (*ridge, [][]float32, error) {
	known := t.kernel
	if known == nil {
		var err error
		if known, err = newKernel(ctx, t.fourier, t.embeddings); err != nil {
			return nil, nil, err
		}
	}
	everyone := make([]int, len(t.embeddings))
	for i := range everyone {
		everyone[i] = i
	}
	held := make([][]float32, len(everyone))
	failures := make([]error, t.evaluated+1)
	model := t.newRidge()
	err := parallel(ctx, t.evaluated+1, func(fold int) {
		if fold == t.evaluated {
			failures[fold] = t.combineRows(model, known.products, known.rows, everyone)
			return
		}
		failures[fold] = t.holdOut(held, known.products, fold)
	})
	if err = firstError(err, failures); err != nil {
		return nil, nil, err
	}
	return model, held, nil
}

// solveDual returns the weight of each member a label.
func (t *ridgeTask) solveDual(kernel triangle, members []int) ([][]float64, error) {
	factor := newTriangle(len(members))
	for i, row := range factor {
		for j := range row {
			row[j] = kernel[members[i]][members[j]]
		}
		row[i] += t.penalty
	}
	if err := factor.factor(); err != nil {
		return nil, err
	}
	alphas := make([][]float64, t.labels)
	for label := range alphas {
		alphas[label] = make([]float64, len(members))
		for i, member := range members {
			alphas[label][i] = -1
			if t.classes[member] == label {
				alphas[label][i] = 1
			}
		}
		factor.solve(alphas[label])
	}
	return alphas, nil
}

func (t *ridgeTask) combineRows(model *ridge, kernel triangle, rows [][]float32, members []int) error {
	alphas, err := t.solveDual(kernel, members)
	if err != nil {
		return err
	}
	sum := make([]float64, t.fourier.size())
	for label, alpha := range alphas {
		clear(sum)
		for i, row := range rows {
			for j, x := range row {
				sum[j] += alpha[i] * float64(x)
			}
		}
		model.set(label, sum)
	}
	return nil
}

func (t *ridgeTask) holdOut(held [][]float32, kernel triangle, fold int) error {
	var members []int
	for i, f := range t.folds {
		if f != fold {
			members = append(members, i)
		}
	}
	alphas, err := t.solveDual(kernel, members)
	if err != nil {
		return err
	}
	for _, example := range t.inFold(fold) {
		held[example] = make([]float32, t.labels)
		for label, alpha := range alphas {
			var sum float64
			for i, member := range members {
				sum += alpha[i] * kernel[max(example, member)][min(example, member)]
			}
			held[example][label] = float32(sum)
		}
	}
	return nil
}
