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

// train fills in the lesson's models. It returns what models that didn't see an
// example say of it.
func (f *fieldTask) train(ctx context.Context, l *lesson) ([]heldOut, error) {
	text, err := f.teach(ctx, f.training.corpus, f.members)
	if err != nil {
		return nil, err
	}
	l.text, l.model = text.Classifier, &fieldModel{values: f.values}
	var context learn.Trained
	if f.name == FieldRoute {
		if context, err = f.teachContext(ctx); err != nil {
			return nil, err
		}
		l.model.context = context.Classifier
	}
	return f.judge(text, context.HeldOut), nil
}

// teach gives all classifiers of the field the same folds.
func (f *fieldTask) teach(ctx context.Context, corpus *learn.Corpus, members []int) (learn.Trained, error) {
	lesson := learn.Lesson{Members: members, Folds: f.folds, HeldOut: evaluatedFolds(len(members))}
	for _, class := range f.classes {
		lesson.Labels = append(lesson.Labels, f.values[class])
	}
	return corpus.Train(ctx, lesson, learn.Options{Seed: f.training.options.Seed})
}

func (f *fieldTask) teachContext(ctx context.Context) (learn.Trained, error) {
	documents, everyone := make([]learn.Document, len(f.members)), make([]int, len(f.members))
	for i, member := range f.members {
		documents[i].Text, everyone[i] = f.training.context(member), i
	}
	corpus, err := learn.NewCorpus(ctx, documents, learn.CorpusOptions{Space: contextSpace(), Labels: len(f.values)})
	if err != nil {
		return learn.Trained{}, err
	}
	return f.teach(ctx, corpus, everyone)
}

// judge turns held-out scores, by the text and for the route by the context,
// into logarithms of probabilities.
func (f *fieldTask) judge(text learn.Trained, context [][]float64) []heldOut {
	var held []heldOut
	for _, judgement := range text.Judgements {
		i := judgement.Example
		scores := text.HeldOut[i]
		member := f.members[i]
		judged := heldOut{class: f.classes[i], fold: f.folds[i], member: member, judges: f.training.examples[member].Weight == 1}
		judged.text = make([]float64, len(scores))
		judged.strange = judgement.Strangeness
		learn.LogSoftmax(judged.text, scores, 1)
		keepPossible(judged.text)
		if context != nil {
			judged.context = make([]float64, len(scores))
			learn.LogSoftmax(judged.context, context[i], 1)
			keepPossible(judged.context)
		}
		held = append(held, judged)
	}
	return held
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
