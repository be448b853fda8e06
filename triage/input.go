package triage

import (
	"time"

	"github.com/signalbox/signalbox/desk"
)

// Input is what is known of a ticket when it is decided: nothing that only
// became known later.
type Input struct {
	Ticket   desk.Ticket
	Messages []desk.Message // public ones by sequence; private notes are not read
	Customer *desk.Customer // nil if unknown
	Account  *desk.Account  // nil if unknown
	// RecentTickets counts the customer's other tickets of the last 30 days.
	RecentTickets int
	// IncidentOpen says that the owner has declared an incident.
	IncidentOpen bool
	// OutageReports counts other customers who reported the same of late: with
	// one, a claim that everything is down is believed.
	OutageReports int
	Now           time.Time
}

// Example is a labelled ticket to train from. A label that is absent from Labels
// is unknown, not empty.
type Example struct {
	Input  Input
	Labels map[string]string // by field name
	Weight float64           // by provenance; 1 for a blind label
}
