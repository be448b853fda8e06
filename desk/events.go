package desk

import "github.com/google/uuid"

// TicketReceived says that a ticket has a new message to be decided. It carries
// IDs only; the outbox row's payload is its JSON.
type TicketReceived struct {
	TicketID  uuid.UUID `json:"ticket_id"`
	MessageID uuid.UUID `json:"message_id"` // the cause of the decision
}

// TicketReceivedKind is the outbox kind of TicketReceived.
const TicketReceivedKind = "ticket:triage"
