package triage

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func TestAVetoHoldsTheTicketBackAndSaysWhy(t *testing.T) {
	t.Parallel()
	input := typicalTicket()
	free, err := engineWith(t, Calibrated, autoPolicy(0.5)).Decide(input)
	if err != nil || free.Outcome != Auto {
		t.Fatalf("without a veto: %s, %v: the test needs a ticket that is auto", free.Outcome, err)
	}
	intent := free.Fields[FieldIntent].Value
	policy := autoPolicy(0.5)
	route := policy.Fields[FieldRoute]
	route.Intents = map[string]IntentPolicy{intent: {Mode: ModeSuggest, Reason: "needs 42 more labels"}, "gone": {Mode: ModeOff}}
	policy.Fields[FieldRoute] = route
	vetoed, err := engineWith(t, Calibrated, policy).Decide(input)
	if err != nil {
		t.Fatal(err)
	}
	if field := vetoed.Fields[FieldRoute]; vetoed.Outcome != Suggest || field.Outcome != Suggest || field.Reason != ReasonIntentNotReady {
		t.Errorf("vetoed: %s, route %s (%s)", vetoed.Outcome, field.Outcome, field.Reason)
	}
	if !strings.Contains(vetoed.Reason, "needs 42 more labels") {
		t.Errorf("the reason line is %q", vetoed.Reason)
	}
	if unknown := policy.UnknownIntents(testModel(t).taxonomy); !reflect.DeepEqual(unknown, []string{"gone"}) {
		t.Errorf("unknown intents: %v, want gone", unknown)
	}
	route.Intents = map[string]IntentPolicy{intent: {Mode: ModeOff}}
	policy.Fields[FieldRoute] = route
	if off, err := engineWith(t, Calibrated, policy).Decide(input); err != nil || off.Outcome != Auto || off.Fields[FieldRoute].Outcome != Off {
		t.Errorf("off for the intent: %s, route %s, %v; want the rest to act", off.Outcome, off.Fields[FieldRoute].Outcome, err)
	}
}

func TestPolicyNamesTheBadIntent(t *testing.T) {
	t.Parallel()
	for text, field := range map[string]string{
		"fields: {route: {intents: {Refund: {mode: suggest}}}}":                          "fields.route.intents",
		"fields: {route: {intents: {refund: {reason: later}}}}":                          "fields.route.intents.refund.mode",
		"fields: {route: {intents: {refund: {mode: suggest, reason: \"two\\nlines\"}}}}": "fields.route.intents.refund.reason",
		"fields: {act: {intents: {refund: {mode: auto}}}}":                               "fields.act.intents.refund.mode",
	} {
		_, err := ParsePolicy([]byte(text))
		var failure *fault.Error
		if !errors.As(err, &failure) || failure.Field != field {
			t.Errorf("%s: the error is %v, want one about %s", text, err, field)
		}
	}
}
