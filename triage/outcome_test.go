package triage

import "testing"

func TestJudgeDoubt(t *testing.T) {
	t.Parallel()
	policy := DefaultPolicy()
	scores := func(first, second float64) []Score { return []Score{{"a", first}, {"b", second}} }
	for _, test := range []struct {
		name       string
		field      Field
		outOfScope bool
		outcome    Outcome
		reason     string
	}{
		{"sure", Field{Confidence: 0.8, Scores: scores(0.8, 0.1), Outcome: Auto}, false, Auto, ""},
		{"close, but sure enough", Field{Confidence: 0.48, Scores: scores(0.48, 0.47), Outcome: Suggest}, false, Suggest, ""},
		{"two alike", Field{Confidence: 0.3, Scores: scores(0.3, 0.28)}, false, Review, ReasonAmbiguous},
		{"one ahead, unsure", Field{Confidence: 0.39, Scores: scores(0.39, 0.1)}, false, Review, ReasonUnsure},
		{"strange", Field{Confidence: 0.99, Scores: scores(0.99, 0.01)}, true, Review, ReasonOutOfScope},
		{"not trained", Field{Reason: ReasonNotTrained}, false, Review, ReasonNotTrained},
		{"switched off", Field{Outcome: Off, Reason: ReasonOff}, true, Off, ReasonOff},
	} {
		field := test.field
		policy.judgeDoubt(&field, test.outOfScope, false)
		if field.Outcome != test.outcome || field.Reason != test.reason {
			t.Errorf("%s: %s (%s), want %s (%s)", test.name, field.Outcome, field.Reason, test.outcome, test.reason)
		}
	}
}

func TestReviewReasonsHaveAnOrder(t *testing.T) {
	t.Parallel()
	policy := DefaultPolicy()
	policy.Languages = []string{"en"}
	unsure := Field{Outcome: Review, Reason: ReasonUnsure}
	decision := &Decision{Fields: map[string]Field{FieldSensitive: {Value: SensitiveLegal}, FieldIntent: unsure, FieldRoute: {Outcome: Review, Reason: ReasonAmbiguous}}}
	read := reading{language: detectedLanguage{code: "fr"}}
	expect := func(conflict bool, want string) {
		t.Helper()
		if got := policy.reviewReason(decision, read, conflict); got != want {
			t.Errorf("the reason is %q, want %q", got, want)
		}
	}
	expect(true, ReasonSensitive)
	decision.Fields[FieldSensitive] = Field{}
	expect(true, ReasonTooShort)
	read.letters = policy.MinimumLetters
	expect(true, ReasonUnsupportedLanguage)
	read.language.code = "en"
	expect(true, ReasonConflict)
	expect(false, ReasonUnsure)
	decision.Fields[FieldIntent] = Field{Outcome: Suggest}
	expect(false, ReasonAmbiguous)
	decision.Fields[FieldRoute] = Field{Outcome: Auto}
	expect(false, "")
}
