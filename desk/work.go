package desk

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Work is an outbox row: something that a state change has started. Its payload
// holds IDs only.
type Work struct {
	ID         uuid.UUID       `json:"id"`
	Kind       string          `json:"kind"`
	Payload    json.RawMessage `json:"payload"`
	State      WorkState       `json:"state"`
	Reason     string          `json:"reason,omitempty"` // why it failed
	Attempts   int             `json:"attempts"`         // how often it was handed to the queue
	Reopened   bool            `json:"reopened"`         // a person retried it, and it was not handed out since
	CreatedAt  time.Time       `json:"created_at"`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
}

// WorkState says where work stands.
type WorkState string

// The states of work. Failed work waits for a person to retry it.
const (
	WorkOpen   WorkState = "open"
	WorkDone   WorkState = "done"
	WorkFailed WorkState = "failed"
)

// Backlog is how much work waits and how much has failed.
type Backlog struct {
	Open   int64
	Failed int64
	Lag    time.Duration // age of the oldest open work that was not handed out yet
}
