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
	// calibration follows the pooling; it is none before there are labels enough.
	calibration learn.Calibration
	state       ConfidenceState
	// strangeAbove is the strangeness from which on a text resembles no example.
	strangeAbove float64
}

// predict returns all values, the likeliest first, and the text's strangeness. Other
// is another opinion, nil if there is none.
func (m *fieldModel) predict(text *learn.Reading, other []float64) ([]Score, float64) {
	byText := make([]float64, len(m.values))
	text.LogProbabilities(byText, m.number)
	keepPossible(byText)
	m.powers.score(byText, byText, other)
	m.calibration.Apply(byText, byText)
	return m.ranked(byText), text.Strangeness(m.number)
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
