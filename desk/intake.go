package desk

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
)

// The longest texts that are stored, in bytes. Longer ones are refused with the
// field's name: cutting would lose what somebody wrote.
const (
	MaxSubjectBytes    = 2_000
	MaxBodyBytes       = 1 << 20
	MaxExternalIDBytes = 200
)

// Incoming is one helpdesk event after verification and parsing: a new ticket or
// a further message. Texts are valid UTF-8 without NUL, as plain text.
type Incoming struct {
	ConnectionID uuid.UUID
	SiteID       uuid.UUID // tickets from a site's form; zero otherwise
	DeliveryKey  string    // what a replay has in common with its first delivery
	Raw          []byte    // the body as received, kept until the delivery expires
	ContentType  string
	Ignore       string // why this event starts no work, if it does not; then only the delivery is stored
	Poison       string // why this event could not be read, though its signature is right; as Ignore, but shown to the owner

	TicketExternalID string
	TicketURL        string
	Subject          string
	Status           Status // "" leaves it as it is (open for a new ticket)
	Channel          string
	RestrictionGroup string
	Assigned         *bool  // whether a person has taken the ticket; nil if the event doesn't say
	MergedInto       string // the external ID of the ticket that this one was merged into, if so

	Message   IncomingMessage
	Requester Requester
	Account   *IncomingAccount // what the helpdesk says of the account, if anything
}

// IncomingMessage is the text of an event. An event without one only updates the ticket.
type IncomingMessage struct {
	ExternalID string
	Audience   Audience
	AuthorKind AuthorKind
	Body       string
	Quoted     string
	Signature  string
	SentAt     time.Time
}

// Requester is the person as the source names them.
type Requester struct {
	Subject  string // stable ID at the source; falls back to the lower-case e-mail address
	Name     string
	Email    string
	Language string
}

// IncomingAccount is the account as the helpdesk names it.
type IncomingAccount struct {
	ExternalID       string
	Name             string
	Tier             string
	AnnualValueCents int64
	RenewsOn         *time.Time
}

// Receipt is what an accepted event is answered with. A replay gets the same one.
type Receipt struct {
	DeliveryID uuid.UUID
	TicketID   uuid.UUID // zero if the event was ignored
	MessageID  uuid.UUID // zero if the event carried no message
	Ignored    string    // why nothing was done, if so
	Replayed   bool
}

// IntakeStore writes ticket, message, delivery and outbox row in one transaction.
type IntakeStore interface {
	Receive(ctx context.Context, incoming Incoming, keepRaw time.Duration) (Receipt, error)
}

// Intake accepts events.
type Intake struct {
	store   IntakeStore
	keepRaw time.Duration
	nudge   func()
}

// NewIntake returns an Intake that keeps raw payloads for keepRaw and calls nudge
// after each commit, so that the relay need not wait for its next poll.
func NewIntake(store IntakeStore, keepRaw time.Duration, nudge func()) *Intake {
	return &Intake{store: store, keepRaw: keepRaw, nudge: nudge}
}

// Receive checks an event and stores it. Once it returns without error the event
// is never lost. An event that was received before is answered as it was then.
func (i *Intake) Receive(ctx context.Context, incoming Incoming) (Receipt, error) {
	if err := incoming.Validate(); err != nil {
		return Receipt{}, err
	}
	receipt, err := i.store.Receive(ctx, incoming, i.keepRaw)
	if err != nil {
		return Receipt{}, err
	}
	if !receipt.Replayed {
		i.nudge()
	}
	return receipt, nil
}

// Validate names the first field that cannot be stored.
func (in Incoming) Validate() error {
	if in.DeliveryKey == "" {
		return fault.Field(fault.Unprocessable, "delivery", "has no key", "send a delivery ID")
	}
	if in.Ignore != "" || in.Poison != "" {
		return nil
	}
	for _, limit := range in.limits() {
		if len(limit.text) > limit.most {
			return fault.Field(fault.Unprocessable, limit.field, "is too long", "shorten it")
		}
		if !utf8.ValidString(limit.text) || strings.ContainsRune(limit.text, 0) {
			return fault.Field(fault.Unprocessable, limit.field, "is not valid UTF-8 text", "send UTF-8 without NUL")
		}
	}
	switch {
	case in.TicketExternalID == "":
		return fault.Field(fault.Unprocessable, "ticket.id", "is missing", "send the ticket's ID in your helpdesk")
	case strings.TrimSpace(in.Subject) == "" && strings.TrimSpace(in.Message.Body+in.Message.Quoted) == "":
		return fault.Field(fault.Unprocessable, "message.body", "is empty, and so is the subject", "send the text of the ticket")
	}
	return nil
}

// limit is the longest that a text may be, in bytes.
type limit struct {
	field, text string
	most        int
}

// limits lists the texts to store. The ticket's address is bounded by its parser.
func (in Incoming) limits() []limit {
	limits := []limit{
		{"subject", in.Subject, MaxSubjectBytes},
		{"message.body", in.Message.Body, MaxBodyBytes},
		{"message.quoted", in.Message.Quoted, MaxBodyBytes},
		{"message.signature", in.Message.Signature, MaxBodyBytes},
		{"message.id", in.Message.ExternalID, MaxExternalIDBytes},
		{"ticket.id", in.TicketExternalID, MaxExternalIDBytes},
		{"ticket.channel", in.Channel, MaxExternalIDBytes},
		{"ticket.merged_into", in.MergedInto, MaxExternalIDBytes},
		{"ticket.restriction_group", in.RestrictionGroup, MaxExternalIDBytes},
		{"requester.id", in.Requester.Subject, MaxExternalIDBytes},
		{"requester.email", in.Requester.Email, 320},
		{"requester.name", in.Requester.Name, MaxSubjectBytes},
		{"requester.language", in.Requester.Language, MaxExternalIDBytes},
	}
	if in.Account != nil {
		limits = append(limits, limit{"account.id", in.Account.ExternalID, MaxExternalIDBytes},
			limit{"account.name", in.Account.Name, MaxSubjectBytes}, limit{"account.tier", in.Account.Tier, MaxExternalIDBytes})
	}
	return limits
}
