package triage

import "fmt"

// UnknownIntents lists the intents that the policy speaks of and the taxonomy doesn't
// know, in order. They have no effect, so a policy may hold them: intents come and go.
func (p Policy) UnknownIntents(taxonomy Taxonomy) []string {
	unknown := map[string]bool{}
	for _, field := range p.Fields {
		for intent := range field.Intents {
			if _, known := taxonomy.Intent(intent); !known {
				unknown[intent] = true
			}
		}
	}
	return sortedKeys(unknown)
}

// isLine says whether a text can stand in a line that people read: the reason of a
// decision holds the owner's words for why an intent is not ready.
func isLine(text string) bool {
	for _, r := range text {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == '\ufffd' {
			return false
		}
	}
	return true
}

// notKey is the fault of an intent that no taxonomy can have.
func notKey(path string) error {
	return invalidPolicy(path, "names what is no key of an intent", fmt.Sprintf("use keys of the taxonomy, such as %q", "refund"))
}
