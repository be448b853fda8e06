package triage

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/internal/detect"
	"github.com/signalbox/signalbox/internal/learn"
)

// training is the state of one call of Train. Fields are trained side by side;
// what they share is only read meanwhile.
type training struct {
	model     *Model
	examples  []Example
	options   Options
	texts     []string
	languages []string
	corpus    *learn.Corpus
	// found holds, by field, what models that didn't see an example say of it,
	// for the route to learn from: what it will be given later is no better.
	found map[string][]string

	progress sync.Mutex
	steps    int // fields that are done
}

// lesson is one field's way through the training.
type lesson struct {
	name    string
	task    *fieldTask // nil if the field can't be trained
	metrics Metrics
	model   *fieldModel
	text    *learn.Classifier
	held    []heldOut
	found   []string
}

func (t *training) run(ctx context.Context) error {
	documents := t.read()
	t.model.dataHash = hashExamples(t.texts, t.examples)
	lessons := make([]*lesson, len(learnedFields))
	labels := 0
	for i, name := range learnedFields {
		lessons[i] = &lesson{name: name}
		lessons[i].task, lessons[i].metrics = t.task(name)
		if lessons[i].task != nil {
			labels += len(lessons[i].task.values)
		}
	}
	if labels > 0 {
		var err error
		options := learn.CorpusOptions{Space: t.model.textSpace(), Labels: labels}
		if t.corpus, err = learn.NewCorpus(ctx, documents, options); err != nil {
			return fmt.Errorf("read the examples: %w", err)
		}
	}
	if err := t.teach(ctx, lessons); err != nil {
		return err
	}
	t.model.bands = t.calibrateBands(lessons)
	return t.collect(lessons)
}

// teach gives all lessons, the route's last.
func (t *training) teach(ctx context.Context, lessons []*lesson) error {
	last := len(lessons) - 1
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, l := range lessons[:last] {
		group.Go(func() error { return t.learn(inner, l) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	t.found = map[string][]string{}
	for _, l := range lessons[:last] {
		if t.found[l.name] = l.found; l.found == nil && lessons[last].task != nil && toldToRoute(l.name) {
			found, err := t.detectedValues(l.name)
			if err != nil {
				return err
			}
			t.found[l.name] = found
		}
	}
	return t.learn(ctx, lessons[last])
}

// toldToRoute says which portable fields are part of the route's context.
func toldToRoute(field string) bool { return field == FieldKind || field == FieldSensitive }

// collect puts what was learned into the model.
func (t *training) collect(lessons []*lesson) error {
	var classifiers []*learn.Classifier
	for _, l := range lessons {
		t.model.metrics[l.name] = l.metrics
		if l.model == nil {
			continue
		}
		l.model.number = len(classifiers)
		classifiers = append(classifiers, l.text)
		t.model.fields[l.name] = l.model
	}
	if len(classifiers) == 0 {
		return nil
	}
	var err error
	t.model.panel, err = learn.NewPanel(classifiers...)
	return err
}

// detect reads an example with the detectors, which know none of the examples.
func (t *training) detect(example int) (detect.Reading, error) {
	text := t.texts[example]
	vector, classes := t.model.embedder.Read(nil, nil, text)
	return t.model.detectors.Read(text, vector, classes)
}

// detectedValues lists, by example, the value that the detector of a field finds:
// what the route is told where the owner has no labels of the field.
func (t *training) detectedValues(name string) ([]string, error) {
	found := make([]string, len(t.examples))
	for i := range t.examples {
		detected, err := t.detect(i)
		if err != nil {
			return nil, err
		}
		found[i] = learnLabel(detected.Scores[name][0].Value)
	}
	return found, nil
}

func (t *training) read() []learn.Document {
	documents := make([]learn.Document, len(t.examples))
	for i, example := range t.examples {
		text := newDocument(example.Input).text
		documents[i] = learn.Document{Text: text, Embedding: t.model.embedder.Embed(text)}
		t.texts = append(t.texts, text)
		language := detectLanguage(text, knownLanguage(example.Input)).code
		t.languages = append(t.languages, language)
		t.model.languages[language]++
	}
	return documents
}
