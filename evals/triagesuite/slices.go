package triagesuite

import (
	"cmp"
	"slices"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/learn"
)

// A slice that is nearly everything, or nearly nothing, says nothing more.
const mostSlicesADimension = 200

// slices judges the rows of each language, channel and label apart. The label is
// that of the first column, so that a route can be looked at by intent.
func (m *measured) slices() []Slice {
	var all []Slice
	all = append(all, m.sliced("language", func(o outcome) string { return orUnknown(m.run.languages[o.row]) })...)
	if slices.ContainsFunc(m.run.test.rows, func(row dataset.Row) bool { return row.Channel != "" }) {
		all = append(all, m.sliced("channel", func(o outcome) string { return orUnknown(m.run.test.rows[o.row].Channel) })...)
	}
	return append(all, m.sliced(m.run.data.Fields[0], func(o outcome) string {
		return orUnknown(m.run.test.rows[o.row].Labels[0])
	})...)
}

func orUnknown(value string) string {
	if value == "" {
		return "unknown"
	}
	return value
}

func (m *measured) sliced(dimension string, value func(outcome) string) []Slice {
	groups := map[string][]outcome{}
	for _, o := range m.inScope {
		groups[value(o)] = append(groups[value(o)], o)
	}
	list := make([]Slice, 0, len(groups))
	for _, name := range sortedKeys(groups) {
		list = append(list, m.slice(dimension, name, groups[name]))
	}
	slices.SortStableFunc(list, func(a, b Slice) int { return cmp.Compare(b.N, a.N) })
	return list[:min(len(list), mostSlicesADimension)]
}

// middleTarget is the one that slices are judged at.
func (m *measured) middleTarget() int { return len(m.run.config.Targets) / 2 }

func (m *measured) slice(dimension, name string, outcomes []outcome) Slice {
	seeds, at := len(m.batches), m.middleTarget()
	confidences, right := confidencesOf(outcomes)
	hits, acted, kept := 0, 0, 0
	for _, o := range outcomes {
		if o.right() {
			hits++
		}
		if o.acted[at] {
			acted++
			if o.right() {
				kept++
			}
		}
	}
	s := Slice{
		Dimension: dimension, Value: name, N: (len(outcomes) + seeds - 1) / seeds, Accuracy: float64(hits) / float64(len(outcomes)),
		AccuracyInterval: m.shareInterval(hits, len(outcomes)), Target: m.run.config.Targets[at],
		Coverage: float64(acted) / float64(len(outcomes)), Precision: rate(kept, acted),
	}
	if s.N >= fewRows {
		s.ECE = finite(learn.ExpectedCalibrationError(confidences, right, learn.EqualWidth(binCount)))
	}
	if s.N > 1 {
		interval := eceInterval(confidences, right)
		s.ECEInterval = &interval
	}
	return s
}
