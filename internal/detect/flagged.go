package detect

import (
	"slices"
	"strings"
)

// fewestWords is how many words a text needs for its probability to count: in less,
// such as a bare "GDPR?", a phrase that names a topic decides.
const fewestWords = 4

// namingConcepts name a topic by themselves in a short text.
var namingConcepts = []string{"self_harm.direct", "legal.lawyer", "data_protection.law", "security_report.phishing", "press.person"}

// surely is the topic that the text found last names in a way that needs no model,
// "" if it doesn't.
func (s *scratch) surely(l *lexicon) string {
	for _, x := range s.finder.found {
		concept := &l.concepts[x.concept]
		short := len(s.tokens.list) < fewestWords && slices.Contains(namingConcepts, concept.name)
		if !x.negated && (short || strings.HasSuffix(concept.name, ".sure")) {
			return concept.section
		}
	}
	return ""
}

// flagged is the sensitive topic that a person has to look at, "" if there is none:
// what the text says plainly or, if all topics together are likely enough, the
// likeliest of those that a phrase speaks for or, without any phrase, of all.
func (d *Detectors) flagged(s *scratch, reading Reading, floor float64) string {
	if topic := s.surely(d.reader.lexicon); topic != "" || len(s.tokens.list) < fewestWords {
		return topic
	}
	scores := reading.Scores[Sensitive]
	if quiet := slices.IndexFunc(scores, func(score Score) bool { return score.Value == "" }); 1-scores[quiet].Probability < floor {
		return ""
	}
	likeliest := ""
	for _, score := range scores {
		switch {
		case score.Value == "":
		case slices.ContainsFunc(reading.Matches, func(m Match) bool { return m.Field == Sensitive && m.Value == score.Value }):
			return score.Value
		case likeliest == "":
			likeliest = score.Value
		}
	}
	return likeliest
}
