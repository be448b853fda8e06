package triage

import "testing"

func TestSensitiveFieldWeighsModelAndPhrase(t *testing.T) {
	t.Parallel()
	learned := func(scores ...Score) reading {
		return reading{fields: map[string]fieldReading{FieldSensitive: {trained: true, state: Calibrated, scores: scores}}}
	}
	phrase := func(r reading, topic string) reading {
		r.sensitive = topic
		return r
	}
	unsure := learned(Score{"", 0.7}, Score{SensitiveLegal, 0.2}, Score{SensitivePress, 0.1})
	calm := learned(Score{"", 0.95}, Score{SensitiveLegal, 0.05})
	for _, test := range []struct {
		name       string
		read       reading
		value      string
		confidence float64
		state      ConfidenceState
	}{
		{"several topics add up", unsure, SensitiveLegal, 0.2, Calibrated},
		{"the model goes before a phrase", phrase(unsure, SensitivePress), SensitiveLegal, 0.2, Calibrated},
		{"nothing", calm, "", 0.95, Calibrated},
		{"a phrase of a known topic", phrase(calm, SensitiveLegal), SensitiveLegal, 0.05, Uncalibrated},
		{"a phrase of an unknown topic", phrase(calm, SensitiveSelfHarm), SensitiveSelfHarm, 0, Uncalibrated},
		{"a phrase without a model", phrase(reading{}, SensitivePress), SensitivePress, 0, Uncalibrated},
		{"neither", reading{}, "", 0, Uncalibrated},
	} {
		got := test.read.sensitiveField()
		if got.Value != test.value || got.Confidence != test.confidence || got.State != test.state {
			t.Errorf("%s: %q at %v (%s), want %q at %v (%s)", test.name,
				got.Value, got.Confidence, got.State, test.value, test.confidence, test.state)
		}
	}
}

func TestWeakestState(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		states []ConfidenceState
		want   ConfidenceState
	}{
		{nil, Calibrated},
		{[]ConfidenceState{Calibrated, Provisional}, Provisional},
		{[]ConfidenceState{Uncalibrated, Calibrated, Provisional}, Uncalibrated},
	} {
		if got := weakest(test.states...); got != test.want {
			t.Errorf("the weakest of %v is %s, want %s", test.states, got, test.want)
		}
	}
}
