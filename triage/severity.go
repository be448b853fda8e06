package triage

// severityOf is the rule: A, several people cannot work or are being harmed; B,
// somebody is blocked or it cannot wait for a day; C, everything else.
func severityOf(kind, urgency, impact string) string {
	several := impact == ImpactTeam || impact == ImpactCompany
	switch {
	case urgency == UrgencyCritical && several && kind != KindAdvisory:
		return SeverityA
	case urgency == UrgencyCritical || urgency == UrgencyHigh:
		return SeverityB
	default:
		return SeverityC
	}
}

// severity adds up the probabilities of all values that lead to each severity. It
// takes the three fields' errors as independent, so its state is at most
// provisional.
func (r reading) severity() Field {
	kind, urgency, impact := r.fields[FieldKind], r.fields[FieldUrgency], r.fields[FieldImpact]
	var totals [3]float64 // by severity, A first
	for _, k := range kind.distribution() {
		for _, u := range urgency.distribution() {
			for _, i := range impact.distribution() {
				totals[severityOf(k.Value, u.Value, i.Value)[0]-'A'] += k.Probability * u.Probability * i.Probability
			}
		}
	}
	value := severityOf(kind.value(), urgency.value(), impact.value())
	field := Field{Value: value, Confidence: min(totals[value[0]-'A'], 1), State: weakest(Provisional, kind.trust(), urgency.trust(), impact.trust())}
	if !urgency.trained || !impact.trained {
		field.Confidence, field.State, field.Reason = 0, Uncalibrated, ReasonNotTrained
		return field
	}
	for i, severity := range []string{SeverityA, SeverityB, SeverityC} {
		if totals[i] > 0 {
			field.Scores = append(field.Scores, Score{severity, min(totals[i], 1)})
		}
	}
	sortScores(field.Scores)
	return field
}
