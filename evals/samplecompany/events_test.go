package samplecompany

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/helpdesk"
)

// Every event must be accepted as a real helpdesk's would be.
func TestEventsAreAccepted(t *testing.T) {
	t.Parallel()
	company := load(t)
	deliveries := map[string]bool{}
	for _, ticket := range company.Tickets {
		bodies, err := company.Events(ticket)
		must(t, err)
		if len(bodies) != len(ticket.Messages) {
			t.Fatalf("ticket %s: %d events, want one for each of %d messages", ticket.ID, len(bodies), len(ticket.Messages))
		}
		for i, body := range bodies {
			incoming := receive(t, body)
			must(t, incoming.Validate())
			checkIncoming(t, company, ticket, i, incoming)
			if deliveries[incoming.DeliveryKey] {
				t.Errorf("ticket %s, message %d: delivery %s was used before, want one of its own", ticket.ID, i, incoming.DeliveryKey)
			}
			deliveries[incoming.DeliveryKey] = true
		}
	}
}

// receive signs a body and hands it to the connection.
func receive(t *testing.T, body []byte) desk.Incoming {
	t.Helper()
	secret, now := []byte("secret of the tests"), time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	timestamp, signature := helpdesk.SignGeneric(secret, body, now)
	header := http.Header{}
	header.Set(helpdesk.HeaderTimestamp, timestamp)
	header.Set(helpdesk.HeaderSignature, signature)
	connection := desk.Connection{ID: uuid.New(), Kind: "generic", Secrets: [][]byte{secret}}
	incoming, err := helpdesk.Receive(connection, helpdesk.Request{Header: header, Body: body, ReceivedAt: now})
	must(t, err)
	return incoming
}

func checkIncoming(t *testing.T, company *Company, ticket Ticket, i int, incoming desk.Incoming) {
	t.Helper()
	customer, _ := company.Customer(ticket.CustomerID)
	account, _ := company.Account(customer.AccountID)
	message := ticket.Messages[i]
	switch {
	case incoming.TicketExternalID != ticket.ID || incoming.Channel != ticket.Channel:
		t.Errorf("ticket %s arrives as %s by %s, want %s", ticket.ID, incoming.TicketExternalID, incoming.Channel, ticket.Channel)
	case string(incoming.Message.AuthorKind) != message.Author || !incoming.Message.SentAt.Equal(message.SentAt) || incoming.Message.Body == "":
		t.Errorf("ticket %s, message %d arrives from %s at %v, want %s at %v with a body", ticket.ID, i,
			incoming.Message.AuthorKind, incoming.Message.SentAt, message.Author, message.SentAt)
	case incoming.Requester.Subject != customer.ID || incoming.Requester.Email != customer.Email:
		t.Errorf("ticket %s: requester %+v, want customer %s", ticket.ID, incoming.Requester, customer.ID)
	case incoming.Account.Tier != account.Tier || incoming.Account.AnnualValueCents != 100*account.AnnualValueEuro:
		t.Errorf("ticket %s: account %+v, want %s of %d cents", ticket.ID, incoming.Account, account.Tier, 100*account.AnnualValueEuro)
	case (incoming.Account.RenewsOn == nil) != (account.RenewsOn == ""):
		t.Errorf("ticket %s: renewal %v, want %q", ticket.ID, incoming.Account.RenewsOn, account.RenewsOn)
	}
}

func TestEventsAreStable(t *testing.T) {
	t.Parallel()
	company := load(t)
	first, err := company.Events(company.Tickets[0])
	must(t, err)
	again, err := company.Events(company.Tickets[0])
	must(t, err)
	if !bytes.Equal(first[0], again[0]) {
		t.Errorf("the same ticket sends %s and then %s, want the same bytes", first[0], again[0])
	}
}

func TestEventsOfAStranger(t *testing.T) {
	t.Parallel()
	if _, err := load(t).Events(Ticket{ID: "x", CustomerID: "nobody"}); err == nil {
		t.Error("events of a ticket without a known customer, want an error")
	}
}
