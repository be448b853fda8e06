package triage

import (
	"cmp"
	"math"
	"slices"

	"github.com/signalbox/signalbox/internal/learn"
)

// noSensitive is how the empty value of the field sensitive is called in
// classifiers, which take no empty label.
const noSensitive = "none"

// fieldModel decides one field. It never changes once it is trained.
type fieldModel struct {
	text    *learn.Classifier
	context *learn.Classifier // nil for all fields but the route
	values  []string          // alphabetical, as both classifiers' labels are
	powers  powers
	state   ConfidenceState
	// strangeAbove is the energy from which on a text resembles no example.
	strangeAbove float64
}

// predict returns all values, the likeliest first, and the energy of the text.
func (m *fieldModel) predict(features learn.Features, context *learn.Features) ([]Score, float64, error) {
	prediction, err := m.text.PredictFeatures(features)
	if err != nil {
		return nil, 0, err
	}
	text := m.logarithms(prediction)
	var byContext []float64
	if m.context != nil && context != nil {
		contextual, err := m.context.PredictFeatures(*context)
		if err != nil {
			return nil, 0, err
		}
		byContext = m.logarithms(contextual)
	}
	probabilities := make([]float64, len(m.values))
	m.powers.pool(probabilities, text, byContext)
	return m.ranked(probabilities), prediction.Energy, nil
}

func (m *fieldModel) ranked(probabilities []float64) []Score {
	scores := make([]Score, len(m.values))
	for i, value := range m.values {
		if value == noSensitive {
			value = ""
		}
		scores[i] = Score{Value: value, Probability: probabilities[i]}
	}
	slices.SortStableFunc(scores, func(a, b Score) int { return cmp.Compare(b.Probability, a.Probability) })
	return scores
}

func (m *fieldModel) logarithms(prediction learn.Prediction) []float64 {
	return logarithmsOf(m.values, prediction)
}

// logarithmsOf puts a prediction into the order of values. A value that the
// model does not know gets the lowest logarithm.
func logarithmsOf(values []string, prediction learn.Prediction) []float64 {
	logarithms := make([]float64, len(values))
	for i := range logarithms {
		logarithms[i] = lowestLogarithm
	}
	for _, label := range prediction.Labels {
		if i, found := slices.BinarySearch(values, label.Label); found {
			logarithms[i] = max(math.Log(label.P), lowestLogarithm)
		}
	}
	return logarithms
}
