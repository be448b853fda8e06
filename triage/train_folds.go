package triage

import (
	"context"

	"github.com/signalbox/signalbox/internal/learn"
)

// fieldTask is the training of one field. Its slices run over the members.
type fieldTask struct {
	name     string
	training *training
	values   []string // alphabetical
	members  []int    // numbers of examples
	classes  []int    // numbers of values
	folds    []int
}

func (f *fieldTask) all() []int {
	all := make([]int, len(f.members))
	for i := range all {
		all[i] = i
	}
	return all
}

// fit trains on some of the members.
func (f *fieldTask) fit(ctx context.Context, chosen []int) (*fieldModel, error) {
	t := f.training
	model := &fieldModel{values: f.values}
	texts := make([]learn.Example, len(chosen))
	contexts := make([]learn.Example, len(chosen))
	for i, at := range chosen {
		member, label := f.members[at], f.values[f.classes[at]]
		texts[i] = learn.Example{Text: t.texts[member], Embedding: t.embeddings[member], Label: label}
		if f.name == FieldRoute {
			contexts[i] = learn.Example{Text: t.context(member), Label: label}
		}
	}
	var err error
	if model.text, err = learn.Train(ctx, texts, t.learnOptions(t.model.extractor.Space())); err != nil {
		return nil, err
	}
	if f.name == FieldRoute {
		model.context, err = learn.Train(ctx, contexts, t.learnOptions(contextSpace()))
	}
	return model, err
}

// holdOut lets models judge the folds that they didn't see.
func (f *fieldTask) holdOut(ctx context.Context) ([]heldOut, error) {
	var held []heldOut
	for fold := range evaluatedFolds(len(f.members)) {
		inside, outside, values := f.split(fold)
		if len(inside) == 0 || values < 2 {
			continue
		}
		model, err := f.fit(ctx, outside)
		if err != nil {
			return nil, err
		}
		for _, at := range inside {
			judged, err := f.judge(model, at)
			if err != nil {
				return nil, err
			}
			held = append(held, judged)
		}
	}
	return held, nil
}

// split also counts the values that are left to learn from.
func (f *fieldTask) split(fold int) (inside, outside []int, values int) {
	seen := map[int]bool{}
	for at, own := range f.folds {
		if own == fold {
			inside = append(inside, at)
			continue
		}
		outside = append(outside, at)
		seen[f.classes[at]] = true
	}
	return inside, outside, len(seen)
}

func (f *fieldTask) judge(model *fieldModel, at int) (heldOut, error) {
	t, member := f.training, f.members[at]
	judged := heldOut{class: f.classes[at], fold: f.folds[at], member: member, judges: t.examples[member].Weight == 1}
	prediction, err := model.text.Predict(t.texts[member], t.embeddings[member])
	if err != nil {
		return heldOut{}, err
	}
	judged.text, judged.energy = logarithmsOf(f.values, prediction), prediction.Energy
	if model.context != nil {
		contextual, err := model.context.Predict(t.context(member), nil)
		if err != nil {
			return heldOut{}, err
		}
		judged.context = logarithmsOf(f.values, contextual)
	}
	return judged, nil
}

// foundValues lists, by example, the value that a model found without having
// seen it; "" where none did.
func (f *fieldTask) foundValues(held []heldOut, fitted powers, examples int) []string {
	found := make([]string, examples)
	probabilities := make([]float64, len(f.values))
	for _, example := range held {
		fitted.pool(probabilities, example.text, example.context)
		found[example.member] = f.values[indexOfLargest(probabilities)]
	}
	return found
}
