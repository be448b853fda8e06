package triage

import "testing"

func TestIntakeTextIsWhatModelsRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ subject, body, want string }{
		{"Re: AW: Invoice", " Where is it?\n", "Invoice\nWhere is it?"},
		{"", "Where is it?", "Where is it?"},
		{"", "", ""},
	} {
		if got := IntakeText(test.subject, test.body); got != test.want {
			t.Errorf("%q and %q give %q, want %q", test.subject, test.body, got, test.want)
		}
	}
}

func TestDetectLanguageOfAText(t *testing.T) {
	t.Parallel()
	if code, confidence := DetectLanguage("Wo ist die Rechnung, die ich gestern nicht bekommen habe?"); code != "de" || confidence <= 0.5 {
		t.Errorf("got %q with %v, want German", code, confidence)
	}
	if code, _ := DetectLanguage(""); code != "" {
		t.Errorf("got %q of nothing", code)
	}
}
