package triage

import (
	"math"
	"slices"

	"github.com/signalbox/signalbox/internal/learn"
)

// bandModel makes the confidence of the priority's band true: the fields that it is
// summed from err together, which their product does not know.
type bandModel struct {
	Labels      int               `json:"labels"` // tickets that judged
	Calibration learn.Calibration `json:"calibration"`
}

func (b bandModel) valid() bool { return b.Labels == 0 || b.Labels > 0 && b.Calibration.Valid() }

// calibrate replaces the probabilities of the bands, and the confidence and its state.
func (b bandModel) calibrate(result *assessment, w Weights) {
	if b.Labels < provisionalLabels || sum(result.bands) == 0 {
		return
	}
	b.Calibration.Apply(result.bands, logarithms(result.bands))
	result.confidence = result.bands[slices.Index(bandOrder, w.Bands.band(result.priority))]
	if stateFor(b.Labels) == Calibrated && stateRank(result.state) > 0 {
		result.state = Calibrated
	}
}

func logarithms(probabilities []float64) []float64 {
	logs := make([]float64, len(probabilities))
	for i, p := range probabilities {
		logs[i] = max(math.Log(p), lowestLogarithm)
	}
	return logs
}

func sum(values []float64) float64 {
	total := 0.0
	for _, x := range values {
		total += x
	}
	return total
}

// calibrateBands compares, for tickets whose urgency and impact are labelled, the band
// that follows from the labels with what models that did not see the ticket say.
func (t *training) calibrateBands(lessons []*lesson) bandModel {
	w := DefaultWeights()
	if t.options.Weights != nil {
		w = *t.options.Weights
	}
	urgency, impact := t.heldOutBy(lessons, FieldUrgency), t.heldOutBy(lessons, FieldImpact)
	var scores [][]float64
	var classes []int
	for member := range t.examples {
		u, known := urgency[member]
		i, both := impact[member]
		if !known || !both {
			continue
		}
		input := t.examples[member].Input
		labels := t.examples[member].Labels
		truth := w.sum(input, certainly(labels[FieldUrgency], labels[FieldImpact]))
		result := w.sum(input, reading{fields: map[string]fieldReading{FieldUrgency: u, FieldImpact: i}})
		scores = append(scores, logarithms(w.bandProbabilities(result, u, i)))
		classes = append(classes, slices.Index(bandOrder, w.Bands.band(truth.priority)))
	}
	if len(scores) < provisionalLabels {
		return bandModel{}
	}
	return bandModel{Labels: len(scores), Calibration: learn.ChooseCalibration(scores, classes)}
}

// heldOutBy reads, by example, a field's held-out scores as a decision would; only
// examples whose labels may judge.
func (t *training) heldOutBy(lessons []*lesson, name string) map[int]fieldReading {
	read := map[int]fieldReading{}
	for _, l := range lessons {
		if l.name != name || l.model == nil {
			continue
		}
		for _, held := range l.held {
			if !held.judges {
				continue
			}
			probabilities := make([]float64, len(l.model.values))
			l.model.powers.score(probabilities, held.text, held.other)
			l.model.calibration.Apply(probabilities, probabilities)
			read[held.member] = fieldReading{trained: true, state: l.model.state, scores: l.model.ranked(probabilities)}
		}
	}
	return read
}

// certainly is a reading of two values that are known.
func certainly(urgency, impact string) reading {
	return reading{fields: map[string]fieldReading{FieldUrgency: surely(urgency), FieldImpact: surely(impact)}}
}
