package triagesuite

import (
	"cmp"
	"slices"
)

// mostConfusions bounds the list of pairs.
const mostConfusions = 500

type tally struct{ actual, predicted, right int }

func tallies(outcomes []outcome) map[string]*tally {
	all := map[string]*tally{}
	of := func(label string) *tally {
		if all[label] == nil {
			all[label] = &tally{}
		}
		return all[label]
	}
	for _, o := range outcomes {
		of(o.label).actual++
		of(o.predicted).predicted++
		if o.right() {
			of(o.label).right++
		}
	}
	return all
}

// f1 is the harmonic mean of precision and recall, 0 where nothing was right.
func (t tally) f1() float64 { return 2 * float64(t.right) / float64(t.actual+t.predicted) }

// macroF1 is the mean over all labels that occur or were said.
func macroF1(outcomes []outcome) float64 {
	var sum float64
	all := tallies(outcomes)
	for _, label := range sortedKeys(all) {
		sum += all[label].f1()
	}
	return sum / float64(len(all))
}

func classes(outcomes []outcome) []Class {
	all := tallies(outcomes)
	list := make([]Class, 0, len(all))
	for _, label := range sortedKeys(all) {
		t := all[label]
		list = append(list, Class{
			Label: label, N: t.actual, Predicted: t.predicted, F1: t.f1(),
			Precision: rate(t.right, t.predicted), Recall: rate(t.right, t.actual),
		})
	}
	return list
}

// confusions lists the pairs that were mistaken most often.
func confusions(outcomes []outcome) []Confused {
	pairs, actual := map[[2]string]int{}, map[string]int{}
	for _, o := range outcomes {
		actual[o.label]++
		if !o.right() {
			pairs[[2]string{o.label, o.predicted}]++
		}
	}
	list := make([]Confused, 0, len(pairs))
	for pair, count := range pairs {
		list = append(list, Confused{pair[0], pair[1], count, float64(count) / float64(actual[pair[0]])})
	}
	slices.SortFunc(list, func(a, b Confused) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Predicted, b.Predicted))
	})
	return list[:min(len(list), mostConfusions)]
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
