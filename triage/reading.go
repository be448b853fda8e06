package triage

import "github.com/signalbox/signalbox/internal/detect"

// fieldReading is what a field's model says of a ticket, before any policy.
type fieldReading struct {
	trained  bool
	state    ConfidenceState
	scores   []Score // all values, the likeliest first; they sum to one
	evidence []Span
	byPerson bool    // a person has set it
	portable bool    // it comes from the shipped detectors alone
	floor    float64 // the confidence from which on thanks are believed
}

// value is the likeliest one, "" if the field is not trained.
func (r fieldReading) value() string {
	if len(r.scores) == 0 {
		return ""
	}
	return r.scores[0].Value
}

func (r fieldReading) confidence() float64 {
	if len(r.scores) == 0 {
		return 0
	}
	return r.scores[0].Probability
}

// distribution is scores, or certainty of an unknown value without any.
func (r fieldReading) distribution() []Score {
	if len(r.scores) == 0 {
		return []Score{{Value: "", Probability: 1}}
	}
	return r.scores
}

// trust is the state of the field.
func (r fieldReading) trust() ConfidenceState {
	switch {
	case !r.trained:
		return Uncalibrated
	case r.byPerson:
		return Calibrated
	}
	return r.state
}

// shownScores is how many candidates a decision keeps.
const shownScores = 5

func (r fieldReading) field() Field {
	field := Field{Value: r.value(), Confidence: r.confidence(), State: Uncalibrated}
	if !r.trained {
		field.Reason = ReasonNotTrained
		return field
	}
	if r.byPerson {
		return setByPerson(r.value())
	}
	field.State = r.state
	field.Scores = append([]Score(nil), r.scores[:min(len(r.scores), shownScores)]...)
	return field
}

// reading is everything that is read from a ticket, before any policy.
type reading struct {
	fields     map[string]fieldReading
	language   detectedLanguage
	letters    int
	outOfScope bool
	unreadable bool   // in a language of which the model has learned nothing
	outage     []Span // phrases that claim an outage
	secondary  []Score

	detected          detect.Reading
	sensitive         string // the topic that the detector reports, "" if none
	sensitiveEvidence []Span
}

// sensitiveFloor is the probability of any sensitive topic from which on the
// likeliest of them is taken: to miss one costs more than to look in vain.
const sensitiveFloor = 0.25

// sensitiveField takes the model's word or, where it sees nothing, the detector's,
// whose own floor is lower. The confidence stays the model's.
func (r reading) sensitiveField() Field {
	learned := r.fields[FieldSensitive]
	field := learned.field()
	field.Evidence = r.sensitiveEvidence
	best, total := Score{}, 0.0
	for _, score := range learned.scores {
		if score.Value == "" {
			continue
		}
		total += score.Probability
		if score.Probability > best.Probability {
			best = score
		}
	}
	switch {
	case learned.portable && r.sensitive != "":
		field.Value, field.Confidence = r.sensitive, probabilityOf(learned.scores, r.sensitive)
	case learned.portable:
		field.Value, field.Confidence = "", probabilityOf(learned.scores, "")
	case total >= sensitiveFloor:
		field.Value, field.Confidence = best.Value, best.Probability
	case r.sensitive != "":
		field.Value, field.Confidence, field.State = r.sensitive, probabilityOf(learned.scores, r.sensitive), Uncalibrated
	}
	return field
}

// stateRank orders the states by what they are worth.
func stateRank(state ConfidenceState) int {
	switch state {
	case Calibrated:
		return 2
	case Provisional:
		return 1
	default:
		return 0
	}
}

func weakest(states ...ConfidenceState) ConfidenceState {
	weak := Calibrated
	for _, state := range states {
		if stateRank(state) < stateRank(weak) {
			weak = state
		}
	}
	return weak
}
