package triage

import (
	"time"

	"github.com/google/uuid"

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
	// Monitored is what the owner's monitoring says: MonitoredOK, MonitoredDegraded,
	// MonitoredDown, or "" if nothing is monitored.
	Monitored string
	// Load counts open tickets by route; nil unless an assignment rule asks for it.
	Load map[string]int
	// StatusBefore is the ticket's status as the newest message arrived.
	StatusBefore desk.Status
	// Assigned says that a person has taken the ticket.
	Assigned bool
	// Merged says that the ticket was merged into another one.
	Merged bool
	// Edits are values that a person has set, by field. They are never overwritten.
	Edits map[string]string
	// Previous is what the ticket's current decision says; nil for the first one.
	Previous *Previous
	// Quiet are earlier messages that only thanked, withdrew or answered by
	// themselves: they are no part of what the customer wants.
	Quiet []uuid.UUID
	Now   time.Time
}

// What monitoring can say.
const (
	MonitoredOK       = "ok"
	MonitoredDegraded = "degraded"
	MonitoredDown     = "down"
)

// Previous is what of an earlier decision binds the next one.
type Previous struct {
	Priority int    `json:"priority"`
	Route    string `json:"route"`
}

// Example is a labelled ticket to train from. A label that is absent from Labels
// is unknown, not empty.
type Example struct {
	Input  Input
	Labels map[string]string // by field name
	Weight float64           // by provenance; 1 for a blind label
}
