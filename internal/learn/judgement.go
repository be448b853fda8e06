package learn

// Judgement is what a model that did not see an example says of it.
type Judgement struct {
	// Example is its position in Lesson.Members, or in Options.Validation if
	// there are such.
	Example int
	// Label is the right one, "" for an example out of scope.
	Label      string
	OutOfScope bool
	// Predicted, Confidence, Uncalibrated and Strangeness are as in [Prediction].
	// Calibration was fitted on these examples as a whole.
	Predicted    string
	Confidence   float64
	Uncalibrated float64
	Strangeness  float64
}

// judged is an example with what a model that did not see it computes for it.
type judged struct {
	scored            // class is −1 out of scope
	example int       // its position
	signs   []float64 // of strangeness
}

// judgements says what the finished classifier makes of them.
func (m *member) judgements(examples []judged) []Judgement {
	judgements := make([]Judgement, len(examples))
	for i, example := range examples {
		p := m.predictionOf(example.scores, example.signs)
		judgements[i] = Judgement{
			Example: example.example, OutOfScope: example.class < 0,
			Predicted: p.Labels[0].Label, Confidence: p.Confidence, Uncalibrated: p.Uncalibrated, Strangeness: p.Strangeness,
		}
		if example.class >= 0 {
			judgements[i].Label = m.labels[example.class]
		}
	}
	return judgements
}
