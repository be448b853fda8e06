package samplecompany

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// event is the body that a connection of kind generic receives.
type event struct {
	EventID   string         `json:"event_id"`
	Ticket    eventTicket    `json:"ticket"`
	Message   eventMessage   `json:"message"`
	Requester eventRequester `json:"requester"`
	Account   eventAccount   `json:"account"`
}

type eventTicket struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
	Status  string `json:"status"`
	Channel string `json:"channel"`
}

type eventMessage struct {
	ID       string    `json:"id"`
	Audience string    `json:"audience"`
	Author   string    `json:"author"`
	Body     string    `json:"body"`
	SentAt   time.Time `json:"sent_at"`
}

type eventRequester struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Language string `json:"language"`
}

type eventAccount struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	Tier             string `json:"tier"`
	AnnualValueCents int64  `json:"annual_value_cents"`
	RenewsOn         string `json:"renews_on,omitempty"`
}

// Events returns the JSON bodies that a helpdesk would send for a ticket, one a
// message in order. A ticket's bodies are always the same, so that sending them
// twice is a replay.
func (c *Company) Events(ticket Ticket) ([][]byte, error) {
	customer, known := c.customers[ticket.CustomerID]
	if !known {
		return nil, fmt.Errorf("events of ticket %s: customer %q is unknown", ticket.ID, ticket.CustomerID)
	}
	account := c.accounts[customer.AccountID]
	bodies := make([][]byte, len(ticket.Messages))
	for i, message := range ticket.Messages {
		body, err := json.Marshal(event{
			EventID: "event-" + messageID(ticket, i),
			Ticket:  eventTicket{ID: ticket.ID, Subject: ticket.Subject, Status: "open", Channel: ticket.Channel},
			Message: eventMessage{
				ID: messageID(ticket, i), Audience: "public", Author: message.Author, Body: message.Body, SentAt: message.SentAt,
			},
			Requester: eventRequester{ID: customer.ID, Name: customer.Name, Email: customer.Email, Language: customer.Language},
			Account: eventAccount{
				ID: account.ID, Name: account.Name, Tier: account.Tier, AnnualValueCents: account.AnnualValueEuro * 100, RenewsOn: account.RenewsOn,
			},
		})
		if err != nil {
			return nil, fmt.Errorf("events of ticket %s: %w", ticket.ID, err)
		}
		bodies[i] = body
	}
	return bodies, nil
}

// messageID names the message of this index within its ticket.
func messageID(ticket Ticket, index int) string { return ticket.ID + "-" + strconv.Itoa(index+1) }
