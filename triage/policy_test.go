package triage

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func TestParsePolicyKeepsDefaults(t *testing.T) {
	t.Parallel()
	policy, err := ParsePolicy([]byte("version: 4\nfields:\n  route: {mode: auto}\n  intent: {threshold: 0.8}\npriority:\n  urgency: {critical: 60}\n"))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	want := DefaultPolicy()
	want.Version = 4
	want.Fields[FieldRoute] = FieldPolicy{Mode: ModeAuto, Threshold: 0.9}
	want.Fields[FieldIntent] = FieldPolicy{Mode: ModeSuggest, Threshold: 0.8}
	want.Priority.Urgency[UrgencyCritical] = 60
	if !reflect.DeepEqual(policy, want) {
		t.Errorf("the policy is %+v, want %+v", policy, want)
	}
	fromJSON, err := ParsePolicy([]byte(`{"version": 4, "fields": {"route": {"mode": "auto"}, "intent": {"threshold": 0.8}}, "priority": {"urgency": {"critical": 60}}}`))
	if err != nil || !reflect.DeepEqual(fromJSON, want) {
		t.Errorf("the same as JSON gives %+v, %v", fromJSON, err)
	}
	if empty, err := ParsePolicy(nil); err != nil || !reflect.DeepEqual(empty, DefaultPolicy()) {
		t.Errorf("nothing gives %+v, %v; want the defaults", empty, err)
	}
}

func TestPolicyNamesTheBadField(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, field string }{
		{"fields: {mood: {mode: auto}}", "fields"},
		{"fields: {route: {mode: always}}", "fields.route.mode"},
		{"fields: {route: {threshold: 0.3}}", "fields.route.threshold"},
		{"fields: {route: {threshold: .nan}}", "fields.route.threshold"},
		{"fields: {sensitive: {mode: auto}}", "fields.sensitive.mode"},
		{"fields: {sensitive: {mode: 'off'}}", "fields.sensitive.mode"},
		{"fields: {language: {mode: auto}}", "fields.language.mode"},
		{"unsure_below: 2", "unsure_below"},
		{"ambiguous_margin: -1", "ambiguous_margin"},
		{"minimum_letters: -3", "minimum_letters"},
		{"languages: [english]", "languages"},
		{"languages: [EN]", "languages"},
		{"priority: {vip: 500}", "priority.vip"},
		{"priority: {tier: {gold: -101}}", "priority.tier.gold"},
		{"priority: {sentiment: {angry: 11}}", "priority.sentiment.angry"},
		{"priority: {renewal_days: 900}", "priority.renewal_days"},
		{"priority: {bands: {high: 90}}", "priority.bands"},
	} {
		_, err := ParsePolicy([]byte(test.text))
		var failure *fault.Error
		if !errors.As(err, &failure) || failure.Field != test.field || failure.Remedy == "" {
			t.Errorf("%s: the error is %v, want one about %s with a remedy", test.text, err, test.field)
		}
	}
	if _, err := ParsePolicy([]byte("treshold: 1")); err == nil || !strings.Contains(err.Error(), "policy") {
		t.Errorf("an unknown key: the error is %v", err)
	}
}

func TestJudgeField(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		mode    Mode
		field   Field
		outcome Outcome
		reason  string
	}{
		{"at the threshold", ModeAuto, Field{Confidence: 0.9, State: Provisional}, Auto, ""},
		{"just below", ModeAuto, Field{Confidence: math.Nextafter(0.9, 0), State: Calibrated}, Suggest, ReasonBelowThreshold},
		{"no number", ModeAuto, Field{Confidence: math.NaN(), State: Calibrated}, Suggest, ReasonBelowThreshold},
		{"uncalibrated", ModeAuto, Field{Confidence: 1, State: Uncalibrated}, Suggest, ReasonUncalibrated},
		{"unknown state", ModeAuto, Field{Confidence: 1, State: "wishful"}, Suggest, ReasonUncalibrated},
		{"suggest", ModeSuggest, Field{Confidence: 1, State: Calibrated}, Suggest, ReasonSuggestOnly},
		{"off", ModeOff, Field{Confidence: 1, State: Calibrated}, Off, ReasonOff},
		{"not trained", ModeAuto, Field{Reason: ReasonNotTrained, State: Uncalibrated}, Suggest, ReasonNotTrained},
	} {
		policy := DefaultPolicy()
		policy.Fields[FieldKind] = FieldPolicy{Mode: test.mode, Threshold: 0.9}
		field := test.field
		policy.judgeField(FieldKind, "refund", &field)
		if field.Outcome != test.outcome || field.Reason != test.reason {
			t.Errorf("%s: %s (%s), want %s (%s)", test.name, field.Outcome, field.Reason, test.outcome, test.reason)
		}
	}
	unlisted := Field{Confidence: 1, State: Calibrated}
	if new(Policy).judgeField(FieldKind, "", &unlisted); unlisted.Outcome != Off {
		t.Errorf("a field that the policy doesn't list is %s, want off", unlisted.Outcome)
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte("fields: {route: {mode: auto, threshold: 0.95}}"))
	f.Add([]byte(`{"priority": {"bands": {"urgent": 90, "high": 60, "normal": 30}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		policy, err := ParsePolicy(text)
		if err != nil {
			return
		}
		if policy.field(FieldSensitive).Mode != ModeSuggest {
			t.Error("a valid policy changes the mode of sensitive")
		}
	})
}

func TestAnIntentAllowsLessThanItsField(t *testing.T) {
	t.Parallel()
	policy, err := ParsePolicy([]byte(`{fields: {route: {mode: auto, target: 0.95, intents: {refund: {mode: suggest, reason: needs 42 more labels}, spam: {mode: "off"}}}, kind: {mode: suggest, intents: {refund: {mode: auto}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		field, intent string
		outcome       Outcome
		reason        string
	}{
		{FieldRoute, "invoice", Auto, ""}, {FieldRoute, "refund", Suggest, ReasonIntentNotReady},
		{FieldRoute, "spam", Off, ReasonOff}, {FieldKind, "refund", Suggest, ReasonSuggestOnly},
	} {
		field := Field{Confidence: 1, State: Calibrated}
		if policy.judgeField(test.field, test.intent, &field); field.Outcome != test.outcome || field.Reason != test.reason {
			t.Errorf("%s of %s: %s (%s), want %s (%s)", test.field, test.intent, field.Outcome, field.Reason, test.outcome, test.reason)
		}
	}
	for _, wrong := range []string{
		`{fields: {route: {intents: {refund: {mode: maybe}}}}}`, `{fields: {route: {target: 2}}}`, `{fields: {sensitive: {intents: {refund: {mode: "off"}}}}}`,
	} {
		if _, err := ParsePolicy([]byte(wrong)); !fault.Is(err, fault.Unprocessable) {
			t.Errorf("%s: %v, want a fault", wrong, err)
		}
	}
}
