package learn

import (
	"fmt"
	"slices"
)

// calibrate completes the panel's only member by examples that it did not learn
// from, and returns what it makes of them.
func (t *training) calibrate(panel *Panel, held []heldOut, combined [][]float64) ([]Judgement, error) {
	m := &panel.members[0]
	examples := t.judgedHeldOut(m, held, combined)
	if slices.ContainsFunc(t.options.Validation, func(e Example) bool { return !e.OutOfScope }) {
		var err error
		if examples, err = t.judgedValidation(panel); err != nil {
			return nil, err
		}
	}
	m.calibrator = chooseCalibrator(inScope(examples))
	m.strangeness = fitStrangeness(examples, t.options.InScopeCost)
	return m.judgements(examples), nil
}

func (t *training) judgedHeldOut(m *member, held []heldOut, combined [][]float64) []judged {
	var examples []judged
	distances := t.heldOutDistances()
	for i, scores := range combined {
		if scores != nil {
			examples = append(examples, judged{scored{scores, t.known(held[i].class)}, i, m.signs(scores, held[i].scores, distances[i])})
		}
	}
	return examples
}

// known is the class, or −1 out of scope.
func (t *training) known(class int) int {
	if class == len(t.labels) {
		return -1
	}
	return class
}

// judgedValidation leaves out labels that the classifier doesn't have.
func (t *training) judgedValidation(panel *Panel) ([]judged, error) {
	var examples []judged
	m := &panel.members[0]
	for i, example := range t.options.Validation {
		class, found := slices.BinarySearch(t.labels, example.Label)
		if example.OutOfScope {
			class = -1
		} else if !found {
			continue
		}
		reading, err := panel.Read(example.Text, example.Embedding)
		if err != nil {
			return nil, fmt.Errorf("validation example %d: %w", i, err)
		}
		scores := slices.Clone(reading.Scores(0))
		examples = append(examples, judged{scored{scores, class}, i, m.signs(scores, reading.parts.scores, reading.distance(0))})
		reading.Release()
	}
	return examples, nil
}

func inScope(examples []judged) []scored {
	var known []scored
	for _, example := range examples {
		if example.class >= 0 {
			known = append(known, example.scored)
		}
	}
	return known
}
