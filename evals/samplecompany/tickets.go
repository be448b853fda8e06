package samplecompany

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// trainingShare is how much of the tickets, the oldest ones, a model learns from.
const trainingShare = 0.75

// Ticket is a case as a customer wrote it.
type Ticket struct {
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"created_at"`
	CustomerID string    `json:"customer_id"`
	Channel    string    `json:"channel"`  // email, web or chat
	Language   string    `json:"language"` // en, de or fr: of the first message
	Subject    string    `json:"subject"`
	Messages   []Message `json:"messages"` // oldest first, one or more, the first from the customer
}

// Message is one contribution to a ticket, as sent: with quotes and signature.
type Message struct {
	Author string    `json:"author"` // customer or agent
	SentAt time.Time `json:"sent_at"`
	Body   string    `json:"body"`
}

// Split returns the older three quarters of the tickets to learn from and the
// newer quarter to be judged on, so that nothing is learned from the future.
func (c *Company) Split() (train, test []Ticket) {
	cut := int(trainingShare * float64(len(c.Tickets)))
	return c.Tickets[:cut], c.Tickets[cut:]
}

func (c *Company) readTickets() error {
	known := map[string]bool{}
	err := readFolder(c.files, "tickets", func(ticket Ticket) error {
		if _, exists := c.customers[ticket.CustomerID]; !exists {
			return fmt.Errorf("customer_id %q is in no row of customers.csv", ticket.CustomerID)
		}
		if err := errors.Join(unique(ticket.ID, known), ticket.validate()); err != nil {
			return err
		}
		known[ticket.ID] = true
		c.Tickets = append(c.Tickets, ticket)
		return nil
	})
	slices.SortStableFunc(c.Tickets, func(a, b Ticket) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
	})
	if err == nil && len(c.Tickets) == 0 {
		return errors.New("tickets: there are none")
	}
	return err
}

func (t Ticket) validate() error {
	if len(t.Messages) == 0 || t.Messages[0].Author != "customer" || !t.Messages[0].SentAt.Equal(t.CreatedAt) {
		return errors.New("messages must begin with the customer's, sent at created_at")
	}
	before := t.CreatedAt
	for i, message := range t.Messages {
		if err := oneOf(fmt.Sprintf("messages[%d].author", i), message.Author, "customer", "agent"); err != nil {
			return err
		}
		if strings.TrimSpace(message.Body) == "" || message.SentAt.Before(before) {
			return fmt.Errorf("messages[%d] is empty or older than the one before", i)
		}
		before = message.SentAt
	}
	return errors.Join(
		oneOf("channel", t.Channel, "email", "web", "chat"),
		oneOf("language", t.Language, "en", "de", "fr"),
	)
}
