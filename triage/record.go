package triage

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// Follow is work that a decision starts: it is written in the decision's own
// transaction. Payload holds IDs only.
type Follow struct {
	Kind    string
	Payload json.RawMessage
}

// Queued is a ticket as a list shows it: with what its current decision says.
// Without a decision Outcome is empty and Priority is -1.
type Queued struct {
	Ticket   desk.Ticket `json:"ticket"`
	Outcome  Outcome     `json:"outcome,omitempty"`
	Intent   string      `json:"intent,omitempty"`
	Route    string      `json:"route,omitempty"`
	Priority int         `json:"priority"`
}

// QueueOrder says what comes first in a list of tickets.
type QueueOrder string

// The orders of a list.
const (
	NewestFirst   QueueOrder = "newest"
	PriorityFirst QueueOrder = "priority" // of equal ones, who has waited longest
)

// QueueFilter narrows a list of tickets. Empty fields do not.
type QueueFilter struct {
	Status  desk.Status
	Outcome Outcome
	Intent  string
	Route   string
	Order   QueueOrder // "" is NewestFirst
	After   string     // the cursor that came with the page before
	Limit   int        // 1–200; 0 is 50
}

// Provenance says how a label came about. Only Blind and ImportedHistory labels
// may judge the service, since it has not influenced them.
type Provenance string

// The provenances of a label.
const (
	Blind               Provenance = "blind"
	Override            Provenance = "override"
	ConfirmedSuggestion Provenance = "confirmed_suggestion"
	ImportedHistory     Provenance = "imported_history"
)

// Label is what a person says a field's value is.
type Label struct {
	ID         uuid.UUID      `json:"id"`
	TicketID   uuid.UUID      `json:"ticket_id"`
	DecisionID *uuid.UUID     `json:"decision_id,omitempty"`
	Field      string         `json:"field"`
	Value      string         `json:"value"`
	Replaced   string         `json:"replaced,omitempty"` // what the decision said
	Provenance Provenance     `json:"provenance"`
	ActorKind  desk.ActorKind `json:"actor_kind"`
	ActorID    *uuid.UUID     `json:"actor_id,omitempty"`
	CreatedAt  time.Time      `json:"created_at"`
}

// ModelRecord describes a stored model without its artifact.
type ModelRecord struct {
	ID            uuid.UUID       `json:"id"`
	Kind          string          `json:"kind"` // triage …
	Version       int             `json:"version"`
	SchemaVersion int             `json:"schema_version"`
	State         string          `json:"state"` // candidate, current or retired
	TaxonomyHash  []byte          `json:"taxonomy_hash"`
	DataHash      []byte          `json:"data_hash"`
	Metrics       json.RawMessage `json:"metrics"`
	CreatedAt     time.Time       `json:"created_at"`
	PromotedAt    *time.Time      `json:"promoted_at,omitempty"`
}
