package triage

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/signalbox/signalbox/internal/detect"
	"github.com/signalbox/signalbox/internal/learn"
)

// evidenceSpans is how many places of the text a factor points to.
const evidenceSpans = 3

// explainedFields are those whose value becomes a factor.
var explainedFields = []string{FieldUrgency, FieldImpact, FieldSentiment}

// addEvidence finds the pieces of the text that speak most for a field's value,
// where that value adds points and moves the priority away from its usual place:
// first the phrases that are known to, then those that the owner's model goes by.
// Text is nil without a model.
func (e *Engine) addEvidence(document document, text *learn.Reading, read *reading) error {
	read.sensitiveEvidence = matchedSpans(document, read.detected, FieldSensitive, read.sensitive)
	for _, name := range explainedFields {
		field, trained := read.fields[name]
		if !trained || !e.policy.Priority.stands(name, field.value()) {
			continue
		}
		field.evidence = matchedSpans(document, read.detected, name, field.value())
		if text != nil && e.model.fields[name] != nil {
			if err := e.addContributions(document, text, name, &field); err != nil {
				return err
			}
		}
		read.fields[name] = field
	}
	return nil
}

// matchedSpans are the places of the phrases that speak for a value.
func matchedSpans(document document, detected detect.Reading, name, value string) []Span {
	var spans []Span
	for _, match := range detected.Matches {
		if match.Field != name || match.Value != value || len(spans) == evidenceSpans || !saysSomething(document.text[match.Start:match.End]) {
			continue
		}
		if span, ok := document.source(match.Start, match.End); ok && !slices.ContainsFunc(spans, span.overlaps) {
			spans = append(spans, span)
		}
	}
	return spans
}

func (e *Engine) addContributions(document document, text *learn.Reading, name string, field *fieldReading) error {
	contributions, err := text.Contributions(e.model.fields[name].number, learnLabel(field.value()), 4*evidenceSpans)
	if err != nil {
		return err
	}
	for _, piece := range contributions {
		if piece.Weight <= 0 || len(field.evidence) == evidenceSpans || !saysSomething(document.text[piece.Start:piece.End]) {
			continue
		}
		span, ok := document.source(piece.Start, piece.End)
		if ok && !slices.ContainsFunc(field.evidence, span.overlaps) {
			field.evidence = append(field.evidence, span)
		}
	}
	return nil
}

// saysSomething reports whether a piece of text has a word that is no function word:
// "when" may weigh a little in a model, but explains nothing to a person.
func saysSomething(piece string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(piece), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if _, function := functionWords[word]; !function && utf8.RuneCountInString(word) > 2 {
			return true
		}
	}
	return false
}

// stands says whether a field's value adds points and is none of the usual ones.
func (w *Weights) stands(field, value string) bool {
	points := w.Sentiment
	switch field {
	case FieldUrgency:
		points = w.Urgency
	case FieldImpact:
		points = w.Impact
	}
	return points[value] > 0 && !slices.Contains(usualValues, value)
}

// usualValues need no evidence: nothing follows from them.
var usualValues = []string{UrgencyNormal, UrgencyLow, ImpactOnePerson, ImpactUnknown, SentimentNeutral, SentimentPositive}

func (s Span) overlaps(other Span) bool {
	return s.MessageID == other.MessageID && s.Start < other.End && other.Start < s.End
}
