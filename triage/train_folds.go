package triage

import (
	"context"
	"slices"

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
	options := learn.Options{Descriptions: learn.DescribeLabels(f.values, f.training.model.embedder.Embed)}
	text, err := f.teach(ctx, f.training.corpus, f.members, options)
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
	return f.judge(text, context.HeldOut)
}

// teach gives all classifiers of the field the same folds.
func (f *fieldTask) teach(ctx context.Context, corpus *learn.Corpus, members []int, options learn.Options) (learn.Trained, error) {
	lesson := learn.Lesson{Members: members, Folds: f.folds, HeldOut: evaluatedFolds(len(members))}
	for _, class := range f.classes {
		lesson.Labels = append(lesson.Labels, f.values[class])
	}
	options.Seed = f.training.options.Seed
	return corpus.Train(ctx, lesson, options)
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
	return f.teach(ctx, corpus, everyone, learn.Options{})
}

// judge turns held-out scores, by the text and by the other opinion, into logarithms
// of probabilities.
func (f *fieldTask) judge(text learn.Trained, context [][]float64) ([]heldOut, error) {
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
			judged.other = make([]float64, len(scores))
			learn.LogSoftmax(judged.other, context[i], 1)
			keepPossible(judged.other)
		} else if slices.Contains(portableFields, f.name) {
			detected, err := f.training.detect(member)
			if err != nil {
				return nil, err
			}
			judged.other = opinionOf(detected.Scores[f.name], f.values)
		}
		held = append(held, judged)
	}
	return held, nil
}

// foundValues lists, by example, the value that a model found without having
// seen it; "" where none did.
func (f *fieldTask) foundValues(held []heldOut, fitted powers, examples int) []string {
	found := make([]string, examples)
	probabilities := make([]float64, len(f.values))
	for _, example := range held {
		fitted.pool(probabilities, example.text, example.other)
		found[example.member] = f.values[indexOfLargest(probabilities)]
	}
	return found
}
