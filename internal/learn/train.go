package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	// MaximumLabels is how many labels one classifier can have.
	MaximumLabels = 200
	// weightBudget is the size of the n-gram weights in bytes, which keeps an
	// encoded classifier under MaximumEncodedBytes.
	weightBudget = 12 << 20
)

// ErrExamples is returned for examples that nothing can be learned from.
var ErrExamples = errors.New("learn: unusable examples")

// Example is a text with the label that it should get. Embedding is nil when
// none is known, and else has the dimension of Options.Space.
type Example struct {
	Text      string
	Embedding []float32
	Label     string
	// OutOfScope marks a text that belongs to no label; Label is ignored.
	OutOfScope bool
}

// Options of Train. The zero value of a field means its default.
type Options struct {
	// Seed makes the training repeatable.
	Seed uint64
	// Space defaults to DefaultSpace of the first embedding's dimension. Lessons
	// of a corpus take that of the corpus.
	Space Space
	// Cost of the support vector machine, above 0; by default 1.
	Cost float64
	// Ridge is the penalty of the regression, above 0; by default 0.3.
	Ridge float64
	// Validation examples take no part in the training. If there are any in
	// scope, they decide calibration, out-of-scope combination and threshold
	// instead of examples that were held out in turn.
	Validation []Example
	// InScopeCost is the share of in-scope texts, from 0 to 1, that may be
	// labelled right and yet stand above the strangeness threshold; by default
	// 0.015.
	InScopeCost float64
	// Descriptions are texts that say what a label means, such as those of
	// DescribeLabels. They are learned as examples of labels that have at most
	// fifteen, if that helps held-out examples by their embeddings.
	Descriptions map[string]Document
	// Progress is told, one call at a time, how many steps are done.
	Progress func(done, total int)
}

func (o Options) withDefaults() Options {
	if o.Cost == 0 {
		o.Cost = 1
	}
	if o.Ridge == 0 {
		o.Ridge = 0.3
	}
	if o.InScopeCost == 0 {
		o.InScopeCost = 0.015
	}
	return o
}

// Validate names the field that is out of range.
func (o Options) Validate() error {
	if !(o.Cost > 0 && o.Cost <= 1e6) {
		return fmt.Errorf("learn: Options.Cost is %v: use a number above 0, such as 1", o.Cost)
	}
	if !(o.Ridge > 0 && o.Ridge <= 1e6) {
		return fmt.Errorf("learn: Options.Ridge is %v: use a number above 0, such as 0.3", o.Ridge)
	}
	if !(o.InScopeCost > 0 && o.InScopeCost <= 1) {
		return fmt.Errorf("learn: Options.InScopeCost is %v: use a share above 0, such as 0.015", o.InScopeCost)
	}
	return nil
}

// Train learns a classifier. It needs at least two labels, at most
// MaximumLabels, and better five or more examples of each. Errors are
// ErrExamples, ErrSpace, those of Options.Validate, and the context's.
func Train(ctx context.Context, examples []Example, options Options) (*Classifier, error) {
	trained, err := TrainJudged(ctx, examples, options)
	return trained.Classifier, err
}

// TrainJudged is Train that returns what models said of examples that they had
// not seen, too, so that the caller can choose thresholds of its own.
func TrainJudged(ctx context.Context, examples []Example, options Options) (Trained, error) {
	lesson := Lesson{Members: make([]int, len(examples)), Labels: make([]string, len(examples)), OutOfScope: make([]bool, len(examples))}
	documents := make([]Document, len(examples))
	for i, example := range examples {
		lesson.Members[i], lesson.Labels[i], lesson.OutOfScope[i] = i, example.Label, example.OutOfScope
		documents[i] = Document{Text: example.Text, Embedding: example.Embedding}
	}
	labels, _, err := lesson.numbered()
	if err != nil {
		return Trained{}, err
	}
	if err := options.withDefaults().Validate(); err != nil {
		return Trained{}, err
	}
	corpus, err := NewCorpus(ctx, documents, CorpusOptions{Space: options.Space, Labels: len(labels)})
	if err != nil {
		return Trained{}, err
	}
	return corpus.Train(ctx, lesson, options)
}

// Trained is a classifier with what models that did not see an example say of it.
type Trained struct {
	Classifier *Classifier
	// HeldOut are scores by position in Lesson.Members and label. Both parts of a
	// score come from models of the other folds; the two weights that combine
	// them are fitted on the other folds' scores. It is nil for members of folds
	// that weren't held out.
	HeldOut [][]float64
	// Judgements are of the held-out members or, if there are such, of the
	// validation examples, in their order.
	Judgements []Judgement
}

// Train learns a classifier from some texts of the corpus, as the function Train
// does from examples of its own.
func (c *Corpus) Train(ctx context.Context, lesson Lesson, options Options) (Trained, error) {
	options = options.withDefaults()
	if err := options.Validate(); err != nil {
		return Trained{}, err
	}
	if err := lesson.Validate(len(c.documents)); err != nil {
		return Trained{}, err
	}
	labels, classes, err := lesson.numbered()
	if err != nil {
		return Trained{}, err
	}
	t := &training{corpus: c, options: options, members: lesson.Members, labels: labels, classes: classes, folds: lesson.Folds, evaluated: lesson.HeldOut}
	if t.folds == nil {
		t.folds = stratifiedFolds(classes, len(labels)+1, options.Seed)
	}
	if t.evaluated == 0 {
		t.evaluated = evaluatedFolds(len(classes))
	}
	t.evaluated = min(t.evaluated, slices.Max(t.folds)+1)
	if t, err = t.described(ctx); err != nil {
		return Trained{}, err
	}
	trained, err := t.run(ctx)
	if err == nil {
		trained.HeldOut = trained.HeldOut[:len(lesson.Members)]
	}
	return trained, err
}

// numbered returns the labels in order and the number of each member's. Members
// out of scope have the number after the last label's.
func (l Lesson) numbered() (labels []string, classes []int, err error) {
	for i, label := range l.Labels {
		if !l.outside(i) {
			labels = append(labels, label)
		}
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	for _, label := range labels {
		if len(label) > maximumLabelBytes {
			return nil, nil, fmt.Errorf("%w: a label has %d bytes, over %d", ErrExamples, len(label), maximumLabelBytes)
		}
	}
	if len(labels) < 2 || len(labels) > MaximumLabels {
		return nil, nil, fmt.Errorf("%w: %d labels, where 2 to %d can be told apart", ErrExamples, len(labels), MaximumLabels)
	}
	classes = make([]int, len(l.Labels))
	for i, label := range l.Labels {
		if classes[i] = len(labels); !l.outside(i) {
			classes[i], _ = slices.BinarySearch(labels, label)
		}
	}
	return labels, classes, nil
}

// LabelText reads a label's name as words, such as "card arrival" for
// "card_arrival". Where a label has few examples, its name or, better, a sentence
// that describes it serves as one more.
func LabelText(label string) string {
	return strings.Join(strings.FieldsFunc(label, func(r rune) bool { return r == '_' || r == '-' || r == '/' || r == ' ' }), " ")
}
