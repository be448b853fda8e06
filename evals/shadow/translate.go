package shadow

import (
	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/triage"
)

// Translation turns what people wrote in a history into values of fields.
type Translation struct {
	labels *labels
	rows   []history.Row
}

// Translate makes keys of the values in the rows. Those that the owner's taxonomy knows
// by key or name keep its keys.
func Translate(rows []history.Row, known triage.Taxonomy) Translation {
	return Translation{newLabels(rows, known), rows}
}

// Taxonomy is the known one with what the history has beyond it.
func (t Translation) Taxonomy(known triage.Taxonomy) triage.Taxonomy {
	all := triage.Taxonomy{Routes: append([]triage.Route(nil), known.Routes...), Intents: append([]triage.Intent(nil), known.Intents...)}
	for _, route := range t.labels.taxonomy.Routes {
		if _, there := known.Route(route.Key); !there && (len(all.Routes) == 0 || route.Key != spareRoute) && len(all.Routes) < mostRoutes {
			all.Routes = append(all.Routes, route)
		}
	}
	for _, intent := range t.labels.taxonomy.Intents {
		if _, there := known.Intent(intent.Key); !there && len(all.Intents) < mostIntents {
			all.Intents = append(all.Intents, intent)
		}
	}
	return all
}

// spareRoute is what a history without routes gets.
const spareRoute = "inbox"

// Labels are a row's labels by field, without those that the taxonomy does not have;
// left names their fields.
func (t Translation) Labels(row history.Row, taxonomy triage.Taxonomy) (values map[string]string, left []string) {
	values = t.labels.of(row)
	for _, field := range []string{triage.FieldIntent, triage.FieldRoute} {
		value, labelled := values[field]
		if !labelled {
			continue
		}
		there := false
		if field == triage.FieldIntent {
			_, there = taxonomy.Intent(value)
		} else {
			_, there = taxonomy.Route(value)
		}
		if !there {
			delete(values, field)
			left = append(left, field)
		}
	}
	return values, left
}

// Value is what a written value of a field means, "" if it means nothing.
func (t Translation) Value(field, written string) string { return t.labels.value(field, written) }

// Warnings tell which labels are none of their field's values.
func (t Translation) Warnings() []string { return t.labels.warnings(t.rows) }
