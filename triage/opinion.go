package triage

import (
	"math"
	"slices"

	"github.com/signalbox/signalbox/internal/detect"
	"github.com/signalbox/signalbox/internal/learn"
)

// portableFields are read by the shipped detectors, with or without a model of the
// owner's.
var portableFields = []string{detect.Kind, detect.Urgency, detect.Impact, detect.Sentiment, detect.Sensitive}

// detectors read what needs no examples of the owner's.
type detectors interface {
	Read(text string, embedding []float32, classes []byte) (detect.Reading, error)
	Act(earlier []detect.Message, text string) []detect.Score
	// ThanksFloor is the probability from which on thanks are believed.
	ThanksFloor() float64
}

// detect reads the document with the detectors. Their word on a field stands until
// the owner's model is asked.
func (e *Engine) detect(document document, seen seen, read *reading) error {
	if e.detectors == nil {
		return nil
	}
	var err error
	if read.detected, err = e.detectors.Read(document.text, seen.vector, seen.classes); err != nil {
		return err
	}
	for _, name := range portableFields {
		if scores := read.detected.Scores[name]; scores != nil {
			read.fields[name] = fieldReading{trained: true, portable: true, state: Uncalibrated, scores: scoresOf(scores)}
		}
	}
	read.sensitive = read.detected.Sensitive
	return nil
}

// opinion is what else than the text's own model says of a field, as logarithms of
// probabilities in the order of the model's values: for the route its context, for
// portable fields the detectors. It is nil where nothing else speaks.
func (e *Engine) opinion(name string, model *fieldModel, input Input, read reading) ([]float64, error) {
	if model.context == nil {
		return opinionOf(read.detected.Scores[name], model.values), nil
	}
	value := func(field string) string {
		if !read.fields[field].trained {
			return ""
		}
		return learnLabel(read.fields[field].value())
	}
	text := contextOf(input, read.language.code, value(FieldIntent), value(FieldKind), value(FieldSensitive)).text()
	context, err := model.context.Read(text, nil)
	if err != nil {
		return nil, err
	}
	defer context.Release()
	scores := slices.Clone(context.Scores(0))
	learn.LogSoftmax(scores, scores, model.context.Temperature())
	return keepPossible(scores), nil
}

// opinionOf orders scores by a model's values.
func opinionOf(scores []detect.Score, values []string) []float64 {
	if scores == nil {
		return nil
	}
	logarithms := make([]float64, len(values))
	for i, value := range values {
		logarithms[i] = lowestLogarithm
		for _, score := range scores {
			if learnLabel(score.Value) == value && score.Probability > 0 {
				logarithms[i] = math.Log(score.Probability)
			}
		}
	}
	return keepPossible(logarithms)
}
