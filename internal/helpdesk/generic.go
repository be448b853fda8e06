package helpdesk

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/fault"
)

// The headers of a generic event.
const (
	HeaderTimestamp = "X-Signalbox-Timestamp" // seconds since 1970
	HeaderSignature = "X-Signalbox-Signature" // sha256=<hex of HMAC-SHA256(secret, timestamp "." body)>
	HeaderDelivery  = "X-Signalbox-Delivery"  // optional; the body's event_id comes first
)

// GenericEvent is the documented body of a connection of kind generic.
type GenericEvent struct {
	EventID   string            `json:"event_id,omitempty"`
	Ticket    GenericTicket     `json:"ticket"`
	Message   *GenericMessage   `json:"message,omitempty"`
	Requester *GenericRequester `json:"requester,omitempty"`
	Account   *GenericAccount   `json:"account,omitempty"`
}

// GenericTicket names the ticket in the sender's system.
type GenericTicket struct {
	ID               string `json:"id"`
	URL              string `json:"url,omitempty"`
	Subject          string `json:"subject,omitempty"`
	Status           string `json:"status,omitempty"`  // open, pending, solved or closed
	Channel          string `json:"channel,omitempty"` // email, web, chat, phone …
	RestrictionGroup string `json:"restriction_group,omitempty"`
	Assigned         *bool  `json:"assigned,omitempty"`    // whether a person has taken it; leave out if unknown
	MergedInto       string `json:"merged_into,omitempty"` // the ID of the ticket that this one was merged into
}

// GenericMessage is one message; HTML is turned into text.
type GenericMessage struct {
	ID       string    `json:"id,omitempty"`
	Audience string    `json:"audience,omitempty"` // public (default) or internal
	Author   string    `json:"author,omitempty"`   // customer (default), agent or system
	Body     string    `json:"body"`
	SentAt   time.Time `json:"sent_at,omitzero"`
}

// GenericRequester is who wrote to the desk.
type GenericRequester struct {
	ID       string `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Language string `json:"language,omitempty"`
}

// GenericAccount is the requester's company.
type GenericAccount struct {
	ID               string `json:"id"`
	Name             string `json:"name,omitempty"`
	Tier             string `json:"tier,omitempty"`
	AnnualValueCents int64  `json:"annual_value_cents,omitempty"`
	RenewsOn         string `json:"renews_on,omitempty"` // YYYY-MM-DD
}

// SignGeneric returns the headers' values for a body that is sent at this time.
func SignGeneric(secret, body []byte, at time.Time) (timestamp, signature string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	return timestamp, "sha256=" + hex.EncodeToString(hmacSHA256(secret, []byte(timestamp), []byte("."), body))
}

func verifyGeneric(request Request, secrets [][]byte) error {
	if request.Authenticated {
		return nil
	}
	const how = "send sha256= and the hex of HMAC-SHA256(secret, timestamp + \".\" + raw body)"
	timestamp := request.Header.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fault.Field(fault.Unauthenticated, HeaderTimestamp, "is missing or not a number", "send the time in seconds since 1970")
	}
	given, prefixed := strings.CutPrefix(request.Header.Get(HeaderSignature), "sha256=")
	signature, err := hex.DecodeString(given)
	if !prefixed || err != nil || !signedBy(secrets, signature, []byte(timestamp), []byte("."), request.Body) {
		return errSignature(HeaderSignature, how)
	}
	return withinWindow(HeaderTimestamp, time.Unix(seconds, 0), request.ReceivedAt)
}

func parseGeneric(request Request) (desk.Incoming, error) {
	var event GenericEvent
	if err := json.Unmarshal(request.Body, &event); err != nil {
		return desk.Incoming{}, malformed(err)
	}
	incoming := desk.Incoming{
		DeliveryKey:      firstOf(prefixed("event:", event.EventID), prefixed("delivery:", request.Header.Get(HeaderDelivery))),
		TicketExternalID: bodytext.Line(event.Ticket.ID),
		TicketURL:        webAddress(event.Ticket.URL),
		Subject:          bodytext.Line(event.Ticket.Subject),
		Channel:          bodytext.Line(event.Ticket.Channel),
		RestrictionGroup: bodytext.Line(event.Ticket.RestrictionGroup),
		Assigned:         event.Ticket.Assigned,
		MergedInto:       bodytext.Line(event.Ticket.MergedInto),
	}
	var err error
	if incoming.Status, err = status(event.Ticket.Status); err != nil {
		return incoming, err
	}
	if incoming.Message, err = event.Message.incoming(request.ReceivedAt); err != nil {
		return incoming, err
	}
	if event.Requester != nil {
		incoming.Requester = requester(event.Requester.ID, event.Requester.Name, event.Requester.Email, event.Requester.Language)
	}
	incoming.Account, err = event.Account.incoming()
	return incoming, err
}

func (m *GenericMessage) incoming(received time.Time) (desk.IncomingMessage, error) {
	if m == nil {
		return desk.IncomingMessage{}, nil
	}
	audience, author := desk.Audience(firstOf(m.Audience, "public")), desk.AuthorKind(firstOf(m.Author, "customer"))
	if audience != desk.Public && audience != desk.Internal {
		return desk.IncomingMessage{}, fault.Field(fault.Unprocessable, "message.audience", "is unknown", "send public or internal")
	}
	if author != desk.ByCustomer && author != desk.ByAgent && author != desk.BySystem {
		return desk.IncomingMessage{}, fault.Field(fault.Unprocessable, "message.author", "is unknown", "send customer, agent or system")
	}
	return message(m.ID, audience, author, m.Body, firstTime(m.SentAt, received)), nil
}

func (a *GenericAccount) incoming() (*desk.IncomingAccount, error) {
	if a == nil || a.ID == "" {
		return nil, nil
	}
	account := &desk.IncomingAccount{ExternalID: bodytext.Line(a.ID), Name: bodytext.Line(a.Name), Tier: bodytext.Line(a.Tier), AnnualValueCents: max(a.AnnualValueCents, 0)}
	if a.RenewsOn != "" {
		day, err := time.Parse(time.DateOnly, a.RenewsOn)
		if err != nil {
			return nil, fault.Field(fault.Unprocessable, "account.renews_on", "is not a date", "send YYYY-MM-DD")
		}
		account.RenewsOn = &day
	}
	return account, nil
}
