package triage

import (
	"strings"
	"testing"

	"github.com/signalbox/signalbox/desk"
)

func TestContextTellsItsFactsApart(t *testing.T) {
	t.Parallel()
	base := routeContext{tier: "business", language: "en", intent: "a", kind: "b"}
	same := base
	if base.text() != same.text() {
		t.Error("the same context has two texts")
	}
	if words := strings.Fields(base.text()); len(words) != 10 {
		t.Errorf("there are %d words, want ten", len(words))
	}
	for name, other := range map[string]routeContext{
		"tier":     {tier: "free", language: "en", intent: "a", kind: "b"},
		"language": {tier: "business", language: "de", intent: "a", kind: "b"},
		"shifted":  {tier: "business", language: "en", intent: "ab", kind: ""},
	} {
		if other.text() == base.text() {
			t.Errorf("another context (%s) has the same text", name)
		}
	}
}

func TestContextFoldsTheTier(t *testing.T) {
	t.Parallel()
	input := Input{Account: &desk.Account{Tier: " Enterprise "}}
	if got := contextOf(input, "en", "", "", "").tier; got != "enterprise" {
		t.Errorf("the tier is %q, want enterprise", got)
	}
	if got := contextOf(Input{}, "en", "", "", "").tier; got != "" {
		t.Errorf("without an account the tier is %q", got)
	}
}
