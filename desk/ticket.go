package desk

import (
	"time"

	"github.com/google/uuid"
)

// Audience says who may read a text.
type Audience string

// The two audiences. A second brand's public would be a third value.
const (
	Public   Audience = "public"
	Internal Audience = "internal"
)

// AuthorKind says who wrote a message.
type AuthorKind string

// The kinds of author.
const (
	ByCustomer AuthorKind = "customer"
	ByAgent    AuthorKind = "agent"
	BySystem   AuthorKind = "system"
)

// Status is where a ticket stands in its life.
type Status string

// The statuses, after what every helpdesk has.
const (
	StatusOpen    Status = "open"
	StatusPending Status = "pending"
	StatusSolved  Status = "solved"
	StatusClosed  Status = "closed"
)

// Ticket is a customer's case.
type Ticket struct {
	ID                uuid.UUID  `json:"id"`
	ConnectionID      *uuid.UUID `json:"connection_id,omitempty"`
	SiteID            *uuid.UUID `json:"site_id,omitempty"`
	ExternalID        string     `json:"external_id"`
	ExternalURL       string     `json:"external_url,omitempty"`
	CustomerID        *uuid.UUID `json:"customer_id,omitempty"`
	AccountID         *uuid.UUID `json:"account_id,omitempty"`
	RestrictionGroup  string     `json:"restriction_group,omitempty"`
	Subject           string     `json:"subject"`
	Status            Status     `json:"status"`
	Channel           string     `json:"channel,omitempty"`
	MessageCount      int        `json:"message_count"`
	CurrentDecisionID *uuid.UUID `json:"current_decision_id,omitempty"`
	CreatedAt         time.Time  `json:"created_at"`
	UpdatedAt         time.Time  `json:"updated_at"`
}

// Message is one contribution to a ticket. Quoted and Signature were cut from
// Body, and are kept because a person may need them.
type Message struct {
	ID         uuid.UUID  `json:"id"`
	TicketID   uuid.UUID  `json:"ticket_id"`
	Audience   Audience   `json:"audience"`
	Sequence   int        `json:"sequence"` // 1, 2, 3 … within the ticket
	AuthorKind AuthorKind `json:"author_kind"`
	Body       string     `json:"body"`
	Quoted     string     `json:"quoted,omitempty"`
	Signature  string     `json:"signature,omitempty"`
	SentAt     time.Time  `json:"sent_at"`
}

// Account is the customer's company.
type Account struct {
	ID               uuid.UUID  `json:"id"`
	ExternalID       string     `json:"external_id,omitempty"`
	Name             string     `json:"name"`
	Tier             string     `json:"tier,omitempty"` // the owner's word: free, starter, business, enterprise …
	AnnualValueCents int64      `json:"annual_value_cents,omitempty"`
	RenewsOn         *time.Time `json:"renews_on,omitempty"`
}

// Customer is a person who writes to the desk.
type Customer struct {
	ID            uuid.UUID  `json:"id"`
	AccountID     *uuid.UUID `json:"account_id,omitempty"`
	Name          string     `json:"name,omitempty"`
	Email         string     `json:"email,omitempty"`
	EmailVerified bool       `json:"email_verified"`
	Role          string     `json:"role"` // member or admin of the account
	VIP           bool       `json:"vip"`
	Language      string     `json:"language,omitempty"` // BCP 47
	TimeZone      string     `json:"time_zone,omitempty"`
}
