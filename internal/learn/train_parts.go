package learn

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// training is the state of one lesson. Its slices run over the members.
type training struct {
	corpus    *Corpus
	options   Options
	members   []int
	labels    []string
	classes   []int
	folds     []int
	evaluated int

	progress    sync.Mutex
	done, total int
}

func (t *training) step() {
	t.progress.Lock()
	defer t.progress.Unlock()
	t.done++
	if t.options.Progress != nil {
		t.options.Progress(t.done, t.total)
	}
}

// columns counts the labels and, if anything is out of scope, one for that.
func (t *training) columns() int { return len(t.labels) + int(indicator(t.outside())) }

func (t *training) outside() bool { return slices.Contains(t.classes, len(t.labels)) }

func (t *training) run(ctx context.Context) (Trained, error) {
	t.total = (t.evaluated+1)*(t.columns()+1) + 1
	panel := &Panel{extractor: t.corpus.extractor, terms: t.corpus.terms}
	held := make([]heldOut, len(t.members))
	var err error
	if panel.linear, err = t.trainTerms(ctx, held); err != nil {
		return Trained{}, fmt.Errorf("train on n-grams: %w", err)
	}
	if panel.ridge, err = t.trainFourier(ctx, held); err != nil {
		return Trained{}, fmt.Errorf("train on embeddings: %w", err)
	}
	if panel.network, err = t.trainNetwork(ctx, held); err != nil {
		return Trained{}, fmt.Errorf("train the network: %w", err)
	}
	parts := [partCount]bool{true, panel.ridge != nil, panel.network != nil}
	weights := fitWeights(t.heldOutBut(held, -1), parts)
	if weights[partNetwork] == 0 {
		panel.network = nil // It would cost time and memory for nothing.
	}
	panel.members = []member{{
		labels: t.labels, outside: t.outside(), weights: weights, temperature: 1,
		centroids: t.newCentroids(t.corpus.pick(t.members), -1),
	}}
	trained := Trained{Classifier: &Classifier{panel}, HeldOut: t.crossFitted(held, parts, weights)}
	if trained.Judgements, err = t.calibrate(panel, held, trained.HeldOut); err != nil {
		return Trained{}, err
	}
	t.step()
	return trained, nil
}

// trainTerms learns the n-gram part. The frequencies come from all texts of the
// corpus: they know no labels.
func (t *training) trainTerms(ctx context.Context, held []heldOut) (*linear, error) {
	task := &linearTask{
		documents: t.corpus.documents, squares: t.corpus.squares,
		members: t.members, classes: t.classes, folds: t.folds, evaluated: t.evaluated,
		labels: t.columns(), rows: len(t.corpus.terms.idf),
		cost: t.options.Cost, seed: t.options.Seed, done: t.step,
	}
	model, scores, err := task.train(ctx)
	if err != nil {
		return nil, err
	}
	for i := range held {
		held[i].class, held[i].scores[partTerms] = t.classes[i], scores[i]
	}
	return model, nil
}

// trainFourier learns the embedding part, if the space has one.
func (t *training) trainFourier(ctx context.Context, held []heldOut) (*ridge, error) {
	if t.corpus.extractor.fourier == nil {
		return nil, nil
	}
	task := &ridgeTask{
		fourier: t.corpus.extractor.fourier, embeddings: t.corpus.pick(t.members),
		classes: t.classes, labels: t.columns(), penalty: t.options.Ridge,
		folds: t.folds, evaluated: t.evaluated,
	}
	if t.corpus.kernel != nil {
		task.kernel = t.corpus.kernel.of(t.members)
	}
	model, scores, err := task.train(ctx)
	if err != nil {
		return nil, err
	}
	for i := range held {
		held[i].scores[partFourier] = scores[i]
	}
	return model, nil
}

// trainNetwork learns the network.
func (t *training) trainNetwork(ctx context.Context, held []heldOut) (*network, error) {
	task := &networkTask{
		subset: t.corpus.frequent, width: t.corpus.extractor.space.Embedding, embeddings: t.corpus.pick(t.members),
		classes: t.classes, columns: t.columns(), units: networkUnits(len(t.labels)),
		folds: t.folds, evaluated: t.evaluated, seed: t.options.Seed, done: t.step,
	}
	for _, member := range t.members {
		task.documents = append(task.documents, t.corpus.documents[member])
	}
	model, scores, err := task.train(ctx)
	if err != nil {
		return nil, err
	}
	for i := range held {
		held[i].scores[partNetwork] = scores[i]
	}
	return model, nil
}

// heldOutBut lists the held-out members in scope that are not in a fold.
func (t *training) heldOutBut(held []heldOut, fold int) []heldOut {
	var usable []heldOut
	for i, f := range t.folds {
		if f < t.evaluated && f != fold && held[i].class < len(t.labels) {
			usable = append(usable, held[i].inScope(len(t.labels)))
		}
	}
	return usable
}

// crossFitted combines the parts of each held-out fold with weights fitted on
// the other folds, whose models saw this one: its labels reach its scores only
// by these two numbers. If only one fold is held out, it takes the weights fitted
// on itself.
func (t *training) crossFitted(held []heldOut, parts [partCount]bool, fallback [partCount]float64) [][]float64 {
	scores := make([][]float64, len(held))
	for fold := range t.evaluated {
		weights := fallback
		if t.evaluated > 1 {
			weights = fitWeights(t.heldOutBut(held, fold), parts)
		}
		for i, f := range t.folds {
			if f == fold {
				scores[i] = combine(make([]float64, len(t.labels)), held[i].scores, weights)
			}
		}
	}
	return scores
}
