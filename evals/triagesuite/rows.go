package triagesuite

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/signalbox/signalbox/evals"
)

// worstErrors is how many errors a page shows of each field.
const worstErrors = 25

// rows are the outcomes of every test row, for a later run to compare itself with.
func (m *measured) rows() []evals.Row {
	var rows []evals.Row
	at := m.middleTarget()
	for _, b := range m.batches {
		for _, o := range slices.Concat(b.inScope, b.outside) {
			row := m.run.test.rows[o.row]
			rows = append(rows, evals.Row{
				Row: rowHash(m.run.test.texts[o.row]), Seed: b.seed, Field: m.name, Label: o.label, Predicted: o.predicted,
				Correct: o.right(), OutOfScope: o.outOfScope, Confidence: o.confidence,
				Language: m.run.languages[o.row], Channel: row.Channel, Acted: o.acted[at],
			})
		}
	}
	return rows
}

// worst lists the errors of the first seed that were made with most confidence.
func (m *measured) worst() []WorstError {
	wrong := slices.DeleteFunc(slices.Clone(m.batches[0].inScope), outcome.right)
	slices.SortStableFunc(wrong, func(a, b outcome) int { return cmp.Compare(b.confidence, a.confidence) })
	var list []WorstError
	for _, o := range wrong[:min(len(wrong), worstErrors)] {
		row := m.run.test.rows[o.row]
		list = append(list, WorstError{
			Field: m.name, Text: m.run.test.texts[o.row], Label: o.label, Predicted: o.predicted, Confidence: o.confidence,
			Place: fmt.Sprintf("%s, line %d", row.File, row.Line),
		})
	}
	return list
}
