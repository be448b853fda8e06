package detect

import (
	"slices"
	"strings"
)

// fieldConcept says for which value of which field a concept speaks.
type fieldConcept struct{ field, value string }

// evidenceConcepts are those whose phrases explain a value to a person.
var evidenceConcepts = map[string]fieldConcept{
	"urgency.stop": {Urgency, "critical"}, "urgency.money": {Urgency, "critical"}, "urgency.damage": {Urgency, "critical"}, "urgency.danger": {Urgency, "critical"},
	"urgency.ongoing": {Urgency, "critical"}, "urgency.deadline": {Urgency, "high"}, "urgency.blocked": {Urgency, "high"},
	"impact.company": {Impact, "company"}, "impact.many": {Impact, "company"}, "impact.team": {Impact, "team"},
	"sentiment.rage": {Sentiment, "angry"}, "sentiment.sorry": {Sentiment, "negative"}, "sentiment.leaving": {Sentiment, "angry"},
}

// fieldConcepts lists by concept what it is evidence for, an empty field for none.
func (r *Reader) fieldConcepts() []fieldConcept {
	fields := make([]fieldConcept, len(r.lexicon.concepts))
	for i, concept := range r.lexicon.concepts {
		fields[i] = evidenceConcepts[concept.name]
		if slices.Contains(sensitiveTopics, concept.section) && !concept.guard {
			fields[i] = fieldConcept{Sensitive, concept.section}
		}
	}
	return fields
}

var sensitiveTopics = strings.Fields("legal security_report self_harm press data_protection")

// mostMatches bounds what one text can make a reading carry.
const mostMatches = 32

// matches lists the finds that are evidence, without those inside another.
func (d *Detectors) matches(s *scratch) []Match {
	var matches []Match
	for _, x := range s.finder.found {
		field := d.fields[x.concept]
		if field.field == "" || x.negated {
			continue
		}
		added := Match{field.field, field.value, int(s.tokens.list[x.from].start), int(s.tokens.list[x.to-1].end)}
		within := func(m Match) bool {
			return m.Field == added.Field && m.Value == added.Value && m.Start <= added.Start && added.End <= m.End
		}
		if slices.ContainsFunc(matches, within) {
			continue
		}
		matches = slices.DeleteFunc(matches, func(m Match) bool {
			return m.Field == added.Field && m.Value == added.Value && added.Start <= m.Start && m.End <= added.End
		})
		if matches = append(matches, added); len(matches) == mostMatches {
			break
		}
	}
	slices.SortStableFunc(matches, func(a, b Match) int { return a.Start - b.Start })
	return matches
}
