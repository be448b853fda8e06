package triage

import (
	"context"
	"slices"

	"github.com/signalbox/signalbox/internal/learn"
)

// fewestLabels is how many examples a value needs to be learned at all.
const fewestLabels = 3

// inScopeShare is the share of known tickets that are not taken for strange
// ones: the price of finding those is that two in a hundred go to a person.
const inScopeShare = 0.98

// training is the state of one call of Train.
type training struct {
	model      *Model
	examples   []Example
	options    Options
	texts      []string
	embeddings [][]float32
	languages  []string
	// found holds, by field, what models that didn't see an example say of it,
	// for the route to learn from: what it will be given later is no better.
	found map[string][]string
	steps int // fields that are done
}

func (t *training) read() {
	for _, example := range t.examples {
		document := newDocument(example.Input)
		t.texts = append(t.texts, document.text)
		t.embeddings = append(t.embeddings, t.model.embedder.Embed(document.text))
		t.languages = append(t.languages, detectLanguage(document.text, knownLanguage(example.Input)).code)
	}
}

// field trains one field, or notes why it can't be.
func (t *training) field(ctx context.Context, name string) error {
	defer t.step()
	task, metrics := t.task(name)
	if metrics.Skipped != "" {
		t.model.metrics[name] = metrics
		return nil
	}
	held, err := task.holdOut(ctx)
	if err != nil {
		return err
	}
	model, err := task.fit(ctx, task.all())
	if err != nil {
		return err
	}
	judges := slices.DeleteFunc(slices.Clone(held), func(h heldOut) bool { return !h.judges })
	model.powers = fitPowers(orElse(judges, held))
	measured := measure(judges, len(task.values))
	measured.Labels, measured.LeftOut = metrics.Labels, metrics.LeftOut
	model.state, model.strangeAbove = measured.State, energyQuantile(orElse(judges, held), inScopeShare)
	t.model.fields[name], t.model.metrics[name] = model, measured
	t.found[name] = task.foundValues(held, model.powers, len(t.examples))
	return nil
}

// orElse prefers labels that may judge, and takes all where there are too few
// to fit even one number.
func orElse(judges, all []heldOut) []heldOut {
	if len(judges) < 20 {
		return all
	}
	return judges
}

func (t *training) step() {
	t.steps++
	if t.options.Progress != nil {
		t.options.Progress(t.steps, len(learnedFields))
	}
}

// task collects the examples of a field, without values that have too few.
func (t *training) task(name string) (*fieldTask, Metrics) {
	counts := map[string]int{}
	for _, example := range t.examples {
		if value, labelled := example.Labels[name]; labelled {
			counts[value]++
		}
	}
	task := &fieldTask{name: name, training: t}
	var metrics Metrics
	for _, value := range sortedKeys(counts) {
		if counts[value] < fewestLabels {
			metrics.LeftOut = append(metrics.LeftOut, value)
			continue
		}
		task.values = append(task.values, learnLabel(value))
	}
	slices.Sort(task.values)
	if len(task.values) < 2 {
		return nil, Metrics{State: Uncalibrated, LeftOut: metrics.LeftOut, Skipped: "fewer than two values have three labels"}
	}
	for i, example := range t.examples {
		value, labelled := example.Labels[name]
		if class, kept := slices.BinarySearch(task.values, learnLabel(value)); labelled && kept {
			task.members = append(task.members, i)
			task.classes = append(task.classes, class)
		}
	}
	metrics.Labels = len(task.members)
	texts := make([]string, len(task.members))
	for i, member := range task.members {
		texts[i] = t.texts[member]
	}
	task.folds = assignFolds(texts, task.classes, t.options.Seed)
	return task, metrics
}

func learnLabel(value string) string {
	if value == "" {
		return noSensitive
	}
	return value
}

// context is what the route's model is told of an example beside its text.
func (t *training) context(example int) string {
	found := func(field string) string {
		if values := t.found[field]; values != nil {
			return values[example]
		}
		return ""
	}
	return contextOf(t.examples[example].Input, t.languages[example],
		found(FieldIntent), found(FieldKind), found(FieldSensitive)).text()
}

func (t *training) learnOptions(space learn.Space) learn.Options {
	return learn.Options{Seed: t.options.Seed, Space: space}
}
