package triage

import (
	"context"
	"fmt"
	"slices"
)

// fewestLabels is how many examples a value needs to be learned at all.
const fewestLabels = 3

// inScopeShare is the share of known tickets that are not taken for strange
// ones: the price of finding those is that three in a hundred go to a person.
const inScopeShare = 0.97

// learn trains one field, unless its metrics say why it can't be.
func (t *training) learn(ctx context.Context, l *lesson) error {
	defer t.step()
	if err := ctx.Err(); err != nil || l.task == nil {
		return err
	}
	held, err := l.task.train(ctx, l)
	if err != nil {
		return fmt.Errorf("train %s: %w", l.name, err)
	}
	judges := slices.DeleteFunc(slices.Clone(held), func(h heldOut) bool { return !h.judges })
	l.model.powers = fitPowers(orElse(judges, held))
	l.model.calibration = chooseCalibration(judges, l.model.powers)
	measured := measure(judges, len(l.task.values))
	measured.Calibration = l.model.calibration.Kind
	measured.Labels, measured.LeftOut = l.metrics.Labels, l.metrics.LeftOut
	l.metrics = measured
	l.model.state, l.model.strangeAbove = measured.State, strangeQuantile(orElse(judges, held), inScopeShare)
	l.held = held
	l.found = l.task.foundValues(held, l.model.powers, len(t.examples))
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
	t.progress.Lock()
	defer t.progress.Unlock()
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
