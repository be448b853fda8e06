package triagebench

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/triage"
)

// Source makes tickets of any length from the sample company's newer ones.
type Source struct {
	tickets []triage.Input
	words   []string // of all their texts, one after the other
	starts  []int    // where each ticket's words begin
}

// NewSource reads the tickets that SampleModel does not learn from.
func NewSource(company *samplecompany.Company) *Source {
	_, newer := company.Split()
	source := &Source{}
	for _, ticket := range newer {
		input := company.Input(ticket)
		source.tickets = append(source.tickets, input)
		source.starts = append(source.starts, len(source.words))
		source.words = append(source.words, strings.Fields(input.Ticket.Subject+" "+input.Messages[0].Body)...)
	}
	return source
}

// Inputs returns tickets whose subject and message have this many words together.
// Where they need more words than a ticket has, the next tickets' follow.
func (s *Source) Inputs(words, count int) []triage.Input {
	inputs := make([]triage.Input, count)
	for i := range inputs {
		of := i % len(s.tickets)
		from := s.starts[of] + i/len(s.tickets)
		text := make([]string, words)
		for k := range text {
			text[k] = s.words[(from+k)%len(s.words)]
		}
		subject := min(words, 4)
		input := s.tickets[of]
		input.Ticket.ID = uuid.NewSHA1(input.Ticket.ID, fmt.Append(nil, i, words))
		input.Ticket.Subject = strings.Join(text[:subject], " ")
		input.Messages = append(input.Messages[:0:0], input.Messages[0])
		input.Messages[0].Body = strings.Join(text[subject:], " ")
		inputs[i] = input
	}
	return inputs
}

// SampleModel trains on the sample company's older tickets.
func SampleModel(ctx context.Context, company *samplecompany.Company) (*triage.Model, error) {
	past, _ := company.Split()
	return triage.Train(ctx, company.Examples(past), company.Taxonomy, triage.Options{Seed: 1})
}
