package learn

import "context"

// moments are the sums that a ridge regression needs of some examples: the
// outer products of their features, and the sums of the features a label.
type moments struct {
	gram triangle
	sums [][]float64
}

func newMoments(size, labels int) *moments {
	m := &moments{gram: newTriangle(size), sums: make([][]float64, labels)}
	for label := range m.sums {
		m.sums[label] = make([]float64, size)
	}
	return m
}

func (m *moments) add(other *moments) {
	for i, row := range other.gram {
		for j, x := range row {
			m.gram[i][j] += x
		}
	}
	for label, sum := range other.sums {
		for i, x := range sum {
			m.sums[label][i] += x
		}
	}
}

// trainPrimal computes moments a fold once: what a held-out fold's model needs
// is the total less that fold.
func (t *ridgeTask) trainPrimal(ctx context.Context) (*ridge, [][]float32, error) {
	total := newMoments(t.fourier.size(), t.labels)
	groups := make([]*moments, t.evaluated+1)
	for fold := range groups {
		groups[fold] = newMoments(t.fourier.size(), t.labels)
		if err := t.accumulate(ctx, groups[fold], t.inFold(fold)); err != nil {
			return nil, nil, err
		}
		total.add(groups[fold])
	}
	models := make([]*ridge, t.evaluated+1)
	failures := make([]error, len(models))
	err := parallel(ctx, len(models), func(fold int) {
		left := &moments{sums: newMoments(0, t.labels).sums}
		if fold < t.evaluated {
			left = groups[fold]
		}
		models[fold], failures[fold] = t.solvePrimal(total, left)
	})
	if err = firstError(err, failures); err != nil {
		return nil, nil, err
	}
	held := make([][]float32, len(t.embeddings))
	for fold := range t.evaluated {
		t.scoreFold(held, models[fold], fold)
	}
	return models[t.evaluated], held, nil
}

func (t *ridgeTask) accumulate(ctx context.Context, m *moments, members []int) error {
	for len(members) > 0 {
		chunk := members[:min(gramChunk, len(members))]
		members = members[len(chunk):]
		rows := t.features(chunk)
		if err := addGram(ctx, m.gram, transpose(rows)); err != nil {
			return err
		}
		for i, example := range chunk {
			sum := m.sums[t.classes[example]]
			for j, x := range rows[i] {
				sum[j] += float64(x)
			}
		}
	}
	return nil
}

// solvePrimal solves (ΦᵀΦ + λ)·w = Φᵀy for each label on total less left. With
// targets of ±1, Φᵀy is twice the label's sum less the sum over all labels.
func (t *ridgeTask) solvePrimal(total, left *moments) (*ridge, error) {
	factor := total.gram.minus(left.gram, t.penalty)
	if err := factor.factor(); err != nil {
		return nil, err
	}
	sums := newMoments(0, t.labels).sums
	all := make([]float64, t.fourier.size())
	for label := range sums {
		sums[label] = append([]float64(nil), total.sums[label]...)
		for i, x := range left.sums[label] {
			sums[label][i] -= x
		}
		for i, x := range sums[label] {
			all[i] += x
		}
	}
	model := t.newRidge()
	for label, sum := range sums {
		for i := range sum {
			sum[i] = 2*sum[i] - all[i]
		}
		factor.solve(sum)
		model.set(label, sum)
	}
	return model, nil
}

func (t *ridgeTask) scoreFold(held [][]float32, model *ridge, fold int) {
	features := make([]float32, t.fourier.size())
	for _, example := range t.inFold(fold) {
		t.fourier.features(features, t.embeddings[example])
		held[example] = make([]float32, t.labels)
		model.score(held[example], features, 0)
	}
}

func transpose(rows [][]float32) [][]float32 {
	columns := make([][]float32, len(rows[0]))
	for j := range columns {
		columns[j] = make([]float32, len(rows))
		for i, row := range rows {
			columns[j][i] = row[j]
		}
	}
	return columns
}

func firstError(err error, others []error) error {
	for _, other := range others {
		if err == nil {
			err = other
		}
	}
	return err
}
