package triage

import "testing"

func TestSeverityRule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ kind, urgency, impact, want string }{
		{KindBreakFix, UrgencyCritical, ImpactCompany, SeverityA}, {KindBreakFix, UrgencyCritical, ImpactTeam, SeverityA},
		{KindBreakFix, UrgencyCritical, ImpactOnePerson, SeverityB}, {KindAdvisory, UrgencyCritical, ImpactCompany, SeverityB},
		{KindBreakFix, UrgencyHigh, ImpactCompany, SeverityB}, {KindBreakFix, UrgencyNormal, ImpactCompany, SeverityC},
		{KindAdvisory, UrgencyLow, ImpactUnknown, SeverityC},
	} {
		if got := severityOf(test.kind, test.urgency, test.impact); got != test.want {
			t.Errorf("%v: severity %s", test, got)
		}
	}
}

func TestSeverityAddsUpWhatLeadsToIt(t *testing.T) {
	t.Parallel()
	read := sure(UrgencyCritical, ImpactCompany, SentimentNeutral)
	read.fields[FieldImpact] = fieldReading{trained: true, state: Calibrated, scores: []Score{{ImpactCompany, 0.5}, {ImpactTeam, 0.3}, {ImpactOnePerson, 0.2}}}
	got := read.severity()
	if got.Value != SeverityA || got.Confidence < 0.7999 || got.Confidence > 0.8001 || got.State != Provisional {
		t.Errorf("the severity is %+v, want A with 0.8", got)
	}
	delete(read.fields, FieldImpact)
	if got := read.severity(); got.Reason != ReasonNotTrained || got.State != Uncalibrated {
		t.Errorf("without impact: %+v", got)
	}
}

func TestChangesComeFromTheSameSum(t *testing.T) {
	t.Parallel()
	weights := DefaultWeights()
	read := sure(UrgencyHigh, ImpactTeam, SentimentNeutral)
	input := account("free")
	for _, change := range weights.changes(input, read, weights.assess(input, read)) {
		got := weights.assess(input, read.with(change.Factor, change.Value))
		if got.priority != change.Priority || weights.Bands.band(got.priority) != change.Band || change.Band == BandHigh {
			t.Errorf("%+v: the sum gives %d", change, got.priority)
		}
	}
	read.outage = []Span{{End: 3}}
	claimed := weights.assess(input, sureOutage())
	if changes := weights.changes(input, sureOutage(), claimed); len(changes) == 0 || changes[0].Factor != FactorOpenIncident || changes[0].Band != BandUrgent {
		t.Errorf("an unconfirmed outage would change with %+v, want an open incident first", changes)
	}
}

func sureOutage() reading {
	read := sure(UrgencyCritical, ImpactCompany, SentimentNeutral)
	read.outage = []Span{{End: 3}}
	return read
}

// with is the reading with another value of a field.
func (r reading) with(field, value string) reading {
	fields := make(map[string]fieldReading, len(r.fields))
	for name, read := range r.fields {
		fields[name] = read
	}
	changed := fields[field]
	changed.trained, changed.scores, changed.evidence = true, []Score{{value, 1}}, nil
	fields[field] = changed
	r.fields = fields
	return r
}
