package learn

import "context"

// trainTerms learns the n-gram part, and scores the held-out folds by models of
// the others. The frequencies come from all examples: they know no labels.
func (t *training) trainTerms(ctx context.Context, c *Classifier, counts []Vector, held []heldOut) error {
	limit := weightBudget / (len(t.labels) + 8)
	c.terms = fitTermSpace(t.options.Space.Hasher.Buckets, counts, limit)
	task := &linearTask{
		documents: make([]weighted, len(counts)),
		classes:   t.classes,
		labels:    len(t.labels),
		rows:      len(c.terms.idf),
		cost:      t.options.Cost,
		seed:      t.options.Seed,
		done:      t.step,
	}
	if err := parallel(ctx, len(counts), func(i int) {
		task.documents[i] = c.terms.weigh(weighted{}, counts[i])
	}); err != nil {
		return err
	}
	for fold := range t.evaluated {
		if err := t.holdOutTerms(ctx, task, fold, held); err != nil {
			return err
		}
	}
	var err error
	c.linear, err = task.train(ctx, t.outside(-1))
	return err
}

func (t *training) holdOutTerms(ctx context.Context, task *linearTask, fold int, held []heldOut) error {
	model, err := task.train(ctx, t.outside(fold))
	if err != nil {
		return err
	}
	for i, f := range t.folds {
		if f == fold {
			held[i].scores[partTerms] = make([]float32, len(t.labels))
			model.score(held[i].scores[partTerms], task.documents[i])
		}
	}
	return nil
}

// outside lists the examples that are not in the fold.
func (t *training) outside(fold int) []int {
	members := make([]int, 0, len(t.folds))
	for i, f := range t.folds {
		if f != fold {
			members = append(members, i)
		}
	}
	return members
}

// trainFourier learns the embedding part, if the space has one.
func (t *training) trainFourier(ctx context.Context, c *Classifier, held []heldOut) error {
	if t.extractor.fourier == nil {
		return nil
	}
	task := &ridgeTask{
		fourier:    t.extractor.fourier,
		embeddings: make([][]float32, len(t.examples)),
		classes:    t.classes,
		labels:     len(t.labels),
		penalty:    t.options.Ridge,
		folds:      t.folds,
		evaluated:  t.evaluated,
	}
	for i, example := range t.examples {
		task.embeddings[i] = example.Embedding
	}
	model, scores, err := task.train(ctx)
	if err != nil {
		return err
	}
	c.ridge = model
	for i := range held {
		held[i].scores[partFourier] = scores[i]
	}
	return nil
}
