package triage

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Explain lists why a decision is as it is, a line each: the reason, the
// factors of the priority, the fields. It holds no text of the ticket.
func Explain(decision Decision) []string {
	lines := []string{decision.Reason}
	sum := 0
	for _, factor := range decision.Factors {
		sum += factor.Points
		lines = append(lines, fmt.Sprintf("%+d %s %s", factor.Points, words(factor.Name), words(factor.Value)))
	}
	total := fmt.Sprintf("= %d priority, %s", decision.Priority, decision.Fields[FieldPriority].Value)
	if sum != decision.Priority {
		total += fmt.Sprintf(" (the sum is %d; priorities go from 0 to 100)", sum)
	}
	lines = append(lines, total)
	for _, name := range policyFields {
		field, decided := decision.Fields[name]
		if !decided || field.Outcome == Off {
			continue
		}
		line := fmt.Sprintf("%s: %s, %s sure, %s", name, fieldValue(field.Value), sureness(field.Confidence, field.State), field.Outcome)
		if field.Reason != "" {
			line += " (" + words(field.Reason) + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

func fieldValue(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

func words(key string) string { return strings.ReplaceAll(key, "_", " ") }

// Quote is a piece of a ticket that a decision points to.
type Quote struct {
	Name string `json:"name"` // of the factor, or the kind of the entity
	Text string `json:"text"`
	Span Span   `json:"span"`
}

// Render resolves the spans of factors and entities to the ticket's text, for a
// reader who may see the ticket. A span that doesn't fit the input, since the
// ticket was erased or is another one, is left out.
func (d Decision) Render(input Input) []Quote {
	sources := map[uuid.UUID]string{uuid.Nil: input.Ticket.Subject}
	for _, message := range customerMessages(input.Messages) {
		sources[message.ID] = message.Body
	}
	var quotes []Quote
	add := func(name string, span Span) {
		text, ok := sources[span.MessageID]
		if !ok || span.Start < 0 || span.End > len(text) || span.Start >= span.End {
			return
		}
		quotes = append(quotes, Quote{Name: name, Text: validText(text[span.Start:span.End]), Span: span})
	}
	for _, factor := range d.Factors {
		for _, span := range factor.Evidence {
			add(factor.Name, span)
		}
	}
	for _, span := range d.Fields[FieldSensitive].Evidence {
		add(FieldSensitive, span)
	}
	for _, entity := range d.Entities {
		add(entity.Kind, entity.Span)
	}
	return quotes
}

func validText(text string) string {
	return strings.ToValidUTF8(text, string(utf8.RuneError))
}
