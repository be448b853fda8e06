package triage

import (
	"time"

	"github.com/google/uuid"
)

// PastTicket is a ticket from before Signalbox, with what people made of it.
type PastTicket struct {
	// ID follows from what the source calls the ticket, so that a second import of it
	// changes nothing.
	ID         uuid.UUID
	ExternalID string
	// Person stands for who wrote; several tickets may have the same one.
	Person     uuid.UUID
	Email      string
	Subject    string
	Body       string
	Channel    string
	Language   string
	Role       string
	Tier       string
	VIP        bool
	ReceivedAt time.Time
	Labels     []PastLabel
}

// PastLabel is a value that people left, and what stood there at intake ("" if that is
// unknown or the same).
type PastLabel struct {
	Field, Value, AtIntake string
	At                     time.Time
}
