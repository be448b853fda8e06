package triage

import "github.com/signalbox/signalbox/desk"

// IntakeText is the text that models read of a ticket with one message, whose
// quotes and signature are cut off already.
func IntakeText(subject, body string) string {
	return newDocument(Input{
		Ticket:   desk.Ticket{Subject: subject},
		Messages: []desk.Message{{Audience: desk.Public, AuthorKind: desk.ByCustomer, Sequence: 1, Body: body}},
	}).text
}

// DetectLanguage returns the ISO 639-1 code of a text, "" if unknown, as decisions
// have it. The confidence of 0 to 1 is a rule of thumb.
func DetectLanguage(text string) (code string, confidence float64) {
	found := detectLanguage(text, "")
	return found.code, found.confidence
}
