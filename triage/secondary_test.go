package triage

import (
	"slices"
	"testing"
)

// Two requests in one ticket are two intents, and neither is an ambiguity.
func TestTwoRequestsAreTwoIntents(t *testing.T) {
	t.Parallel()
	engine := testEngine(t, DefaultPolicy())
	for _, test := range []struct{ text, one, other string }{
		{"Why was I charged twice for the meter? Also, can you tell me why my password is refused by the portal?", "bill_question", "portal_access"},
		{"Please cancel our lease, we are moving out in June. And could you send the invoice for May again?", "contract_end", "bill_question"},
	} {
		decision, err := engine.Decide(ticket("Two things", test.text))
		if err != nil {
			t.Fatal(err)
		}
		found := []string{decision.Fields[FieldIntent].Value}
		for _, second := range decision.Secondary {
			found = append(found, second.Value)
		}
		if !slices.Contains(found, test.one) || !slices.Contains(found, test.other) {
			t.Errorf("%q: found %v", test.text, found)
		}
		if reason := decision.Fields[FieldIntent].Reason; reason == ReasonAmbiguous {
			t.Errorf("%q is called ambiguous", test.text)
		}
	}
	decision, err := engine.Decide(ticket("Invoice", "Why was I charged twice? Please send the invoice for May again."))
	if err != nil || len(decision.Secondary) > 0 {
		t.Errorf("one intent in two sentences has the others %v, %v", decision.Secondary, err)
	}
}
