package triage

import (
	"cmp"
	"slices"

	"github.com/signalbox/signalbox/internal/learn"
)

// noSensitive is how the empty value of the field sensitive is called in
// classifiers, which take no empty label.
const noSensitive = "none"

// fieldModel decides one field. It never changes once it is trained.
type fieldModel struct {
	number  int               // of the text's classifier in the model's panel
	context *learn.Classifier // nil for all fields but the route
	values  []string          // alphabetical, as both classifiers' labels are
	powers  powers
	state   ConfidenceState
	// strangeAbove is the strangeness from which on a text resembles no example.
	strangeAbove float64
}

// predict returns all values, the likeliest first, and the text's strangeness.
func (m *fieldModel) predict(text *learn.Reading, context *learn.Features) ([]Score, float64, error) {
	byText := make([]float64, len(m.values))
	text.LogProbabilities(byText, m.number)
	keepPossible(byText)
	var byContext []float64
	if m.context != nil && context != nil {
		scores, err := m.context.Scores(*context)
		if err != nil {
			return nil, 0, err
		}
		learn.LogSoftmax(scores, scores, m.context.Temperature())
		byContext = keepPossible(scores)
	}
	m.powers.pool(byText, byText, byContext)
	return m.ranked(byText), text.Strangeness(m.number), nil
}

// keepPossible raises logarithms to the lowest that is allowed.
func keepPossible(logarithms []float64) []float64 {
	for i, logarithm := range logarithms {
		logarithms[i] = max(logarithm, lowestLogarithm)
	}
	return logarithms
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
