package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
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
}

// Options of Train. The zero value of a field means its default.
type Options struct {
	// Seed makes the training repeatable.
	Seed uint64
	// Space defaults to DefaultSpace of the first embedding's dimension.
	Space Space
	// Cost of the support vector machine, above 0; by default 0.5.
	Cost float64
	// Ridge is the penalty of the regression, above 0; by default 0.3.
	Ridge float64
	// Progress is told, one call at a time, how many steps are done.
	Progress func(done, total int)
}

func (o Options) withDefaults(examples []Example) Options {
	if o.Space == (Space{}) {
		dimension := 0
		for _, example := range examples {
			dimension = max(dimension, len(example.Embedding))
		}
		o.Space = DefaultSpace(dimension)
	}
	if o.Cost == 0 {
		o.Cost = 0.5
	}
	if o.Ridge == 0 {
		o.Ridge = 0.3
	}
	return o
}

// Validate names the field that is out of range.
func (o Options) Validate() error {
	if !(o.Cost > 0 && o.Cost <= 1e6) {
		return fmt.Errorf("learn: Options.Cost is %v: use a number above 0, such as 0.5", o.Cost)
	}
	if !(o.Ridge > 0 && o.Ridge <= 1e6) {
		return fmt.Errorf("learn: Options.Ridge is %v: use a number above 0, such as 0.3", o.Ridge)
	}
	return o.Space.Validate()
}

// Train learns a classifier. It needs at least two labels, at most
// MaximumLabels, and better five or more examples of each. Errors are
// ErrExamples, ErrSpace, those of Options.Validate, and the context's.
func Train(ctx context.Context, examples []Example, options Options) (*Classifier, error) {
	options = options.withDefaults(examples)
	if err := options.Validate(); err != nil {
		return nil, err
	}
	labels, classes, err := numberLabels(examples)
	if err != nil {
		return nil, err
	}
	extractor, err := NewExtractor(options.Space)
	if err != nil {
		return nil, err
	}
	t := &training{examples: examples, options: options, extractor: extractor, labels: labels, classes: classes}
	return t.run(ctx)
}

// numberLabels returns the labels in order and the number of each example's.
func numberLabels(examples []Example) (labels []string, classes []int, err error) {
	for _, example := range examples {
		labels = append(labels, example.Label)
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
	classes = make([]int, len(examples))
	for i, example := range examples {
		classes[i], _ = slices.BinarySearch(labels, example.Label)
	}
	return labels, classes, nil
}

// training is the state of one call of Train.
type training struct {
	examples  []Example
	options   Options
	extractor *Extractor
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

func (t *training) run(ctx context.Context) (*Classifier, error) {
	t.folds = stratifiedFolds(t.classes, len(t.labels), t.options.Seed)
	t.evaluated = evaluatedFolds(len(t.examples))
	t.total = (t.evaluated+1)*len(t.labels) + 1
	counts, err := t.count(ctx)
	if err != nil {
		return nil, err
	}
	c := &Classifier{extractor: t.extractor, labels: t.labels, temperature: 1}
	held := make([]heldOut, len(t.examples))
	if err := t.trainTerms(ctx, c, counts, held); err != nil {
		return nil, fmt.Errorf("train on n-grams: %w", err)
	}
	if err := t.trainFourier(ctx, c, held); err != nil {
		return nil, fmt.Errorf("train on embeddings: %w", err)
	}
	t.step()
	t.weigh(c, held)
	return c, nil
}

func (t *training) count(ctx context.Context) ([]Vector, error) {
	counts := make([]Vector, len(t.examples))
	for i, example := range t.examples {
		if n := len(example.Embedding); n != 0 && n != t.options.Space.Embedding {
			return nil, fmt.Errorf("%w: example %d has an embedding of %d dimensions, not %d", ErrSpace, i, n, t.options.Space.Embedding)
		}
	}
	err := parallel(ctx, len(counts), func(i int) {
		counts[i] = t.options.Space.Hasher.Counts(t.examples[i].Text)
	})
	return counts, err
}

// weigh fits the weights of the parts on the held-out scores.
func (t *training) weigh(c *Classifier, held []heldOut) {
	var usable []heldOut
	for i := range held {
		if t.folds[i] < t.evaluated {
			held[i].class = t.classes[i]
			usable = append(usable, held[i])
		}
	}
	c.weights = fitWeights(usable, [partCount]bool{true, c.ridge != nil})
}
