package samplecompany

import (
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/triage"
)

// recentWindow is how far back other tickets of a customer count.
const recentWindow = 30 * 24 * time.Hour

// namespace makes the IDs that a database would have drawn, always the same.
var namespace = uuid.MustParse("6d1a4a0e-0f5c-5b39-9e0c-2f9b8d1c7a40")

func idOf(name string) uuid.UUID { return uuid.NewSHA1(namespace, []byte(name)) }

// Examples pairs tickets with their labels, as what triage trains from or is
// judged on.
func (c *Company) Examples(tickets []Ticket) []triage.Example {
	examples := make([]triage.Example, len(tickets))
	for i, ticket := range tickets {
		examples[i] = triage.Example{Input: c.Input(ticket), Labels: c.labels[ticket.ID].Fields(), Weight: 1}
	}
	return examples
}

// Input is what is known of a ticket when its first message arrives, which is
// what the labels speak of: no later message and no later ticket.
func (c *Company) Input(ticket Ticket) triage.Input {
	first := ticket.Messages[0]
	parts := bodytext.FromAny(first.Body)
	customer := c.customers[ticket.CustomerID]
	account := c.accounts[customer.AccountID].desk()
	customerID := idOf(customer.ID)
	return triage.Input{
		Ticket: desk.Ticket{
			ID: idOf(ticket.ID), ExternalID: ticket.ID, CustomerID: &customerID, AccountID: &account.ID, Subject: ticket.Subject,
			Status: desk.StatusOpen, Channel: ticket.Channel, MessageCount: 1, CreatedAt: ticket.CreatedAt, UpdatedAt: ticket.CreatedAt,
		},
		Messages: []desk.Message{{
			ID: idOf(messageID(ticket, 0)), TicketID: idOf(ticket.ID), Audience: desk.Public, Sequence: 1, AuthorKind: desk.ByCustomer,
			Body: parts.Body, Quoted: parts.Quoted, Signature: parts.Signature, SentAt: first.SentAt,
		}},
		Customer: &desk.Customer{
			ID: customerID, AccountID: &account.ID, Name: customer.Name, Email: customer.Email, EmailVerified: true,
			Role: customer.Role, VIP: customer.VIP, Language: customer.Language, TimeZone: customer.TimeZone,
		},
		Account: &account, RecentTickets: c.recentTickets(ticket), Now: ticket.CreatedAt,
	}
}

func (c *Company) recentTickets(ticket Ticket) int {
	count := 0
	for _, other := range c.Tickets {
		age := ticket.CreatedAt.Sub(other.CreatedAt)
		if other.ID != ticket.ID && other.CustomerID == ticket.CustomerID && age >= 0 && age < recentWindow {
			count++
		}
	}
	return count
}

func (a Account) desk() desk.Account {
	account := desk.Account{ID: idOf(a.ID), ExternalID: a.ID, Name: a.Name, Tier: a.Tier, AnnualValueCents: a.AnnualValueEuro * 100}
	if day, err := time.Parse(time.DateOnly, a.RenewsOn); err == nil {
		account.RenewsOn = &day
	}
	return account
}
