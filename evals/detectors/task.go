package detectors

import (
	"slices"

	"github.com/signalbox/signalbox/internal/detect"
)

// example is a labelled text of a task.
type example struct {
	id       string
	industry int
	language string
	source   string // the file that it stands in
	class    int
	features detect.Features
}

// task is what one detector learns.
type task struct {
	name     string
	values   []string // alphabetical
	examples []example
}

// general is the number of texts that are of no industry which can be left out.
const general = -2

// newTasks reads the features of all texts once.
func newTasks(industries []Industry) ([]*task, error) {
	reader, err := detect.NewReader()
	if err != nil {
		return nil, err
	}
	fields := []struct {
		name  string
		label func(ticketRow) string
	}{
		{detect.Kind, func(r ticketRow) string { return r.Kind }},
		{detect.Urgency, func(r ticketRow) string { return r.Urgency }},
		{detect.Impact, func(r ticketRow) string { return r.Impact }},
		{detect.Sentiment, func(r ticketRow) string { return r.Sentiment }},
	}
	var tasks []*task
	for _, field := range fields {
		tasks = append(tasks, &task{name: field.name})
	}
	sensitive, acts := &task{name: detect.Sensitive}, &task{name: detect.Act}
	var labels [6][]string
	for number, industry := range industries {
		if industry.General {
			number = general
		}
		read := func(r ticketRow, source string) example {
			return example{id: r.ID, industry: number, language: r.Language, source: source, features: reader.Text(r.text())}
		}
		for _, row := range industry.tickets {
			e := read(row, ticketsFile)
			for i, field := range fields {
				tasks[i].examples = append(tasks[i].examples, e)
				labels[i] = append(labels[i], field.label(row))
			}
			if industry.General && row.Urgency == "critical" {
				continue // Some tell of a break-in, which is sensitive where it is judged.
			}
			sensitive.examples = append(sensitive.examples, e)
			labels[4] = append(labels[4], "")
		}
		for _, row := range industry.sensitive {
			sensitive.examples = append(sensitive.examples, read(row, sensitiveFile))
			labels[4] = append(labels[4], row.Sensitive)
		}
		for _, row := range industry.negatives {
			sensitive.examples = append(sensitive.examples, read(row, negativesFile))
			labels[4] = append(labels[4], "")
		}
		for _, row := range industry.acts {
			features := reader.Act(row.earlier(), row.Body)
			acts.examples = append(acts.examples, example{id: row.ID, industry: number, language: row.Language, source: actsFile, features: features})
			labels[5] = append(labels[5], row.Act)
		}
	}
	tasks = append(tasks, sensitive, acts)
	for i, t := range tasks {
		t.setLabels(labels[i])
	}
	return tasks, nil
}

func (t *task) setLabels(labels []string) {
	t.values = slices.Clone(labels)
	slices.Sort(t.values)
	t.values = slices.Compact(t.values)
	for i, label := range labels {
		t.examples[i].class, _ = slices.BinarySearch(t.values, label)
	}
}
