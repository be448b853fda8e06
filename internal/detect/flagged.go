package detect

import "slices"

// fewestWords is how many words a text needs for its probability to count: in less,
// such as a bare "GDPR?", a phrase that names a topic decides.
const fewestWords = 4

// namingConcepts name a topic by themselves.
var namingConcepts = []string{"self_harm.direct", "legal.lawyer", "data_protection.law", "security_report.phishing", "press.person"}

// flagged is the sensitive topic that a person has to look at, "" if there is none:
// if all topics together are likely enough, the likeliest of those that a phrase
// speaks for or, without any phrase, of all.
func (d *Detectors) flagged(s *scratch, reading Reading, floor float64) string {
	if len(s.tokens.list) < fewestWords {
		return d.named(s)
	}
	if quiet := reading.probability(Sensitive, ""); 1-quiet < floor {
		return ""
	}
	likeliest := ""
	for _, score := range reading.Scores[Sensitive] {
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

func (d *Detectors) named(s *scratch) string {
	for _, x := range s.finder.found {
		concept := d.reader.lexicon.concepts[x.concept]
		if slices.Contains(namingConcepts, concept.name) && !x.negated {
			return concept.section
		}
	}
	return ""
}

func (r Reading) probability(detector, value string) float64 {
	for _, score := range r.Scores[detector] {
		if score.Value == value {
			return score.Probability
		}
	}
	return 0
}
