package copilot

import (
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

// Brief is what the sidebar shows for a ticket.
type Brief struct {
	TicketID uuid.UUID           `json:"ticket_id"`
	Summary  string              `json:"summary"`
	Decision *triage.Decision    `json:"decision,omitempty"`
	Why      []string            `json:"why"` // the decision's factors as lines for a person
	Articles []retrieval.Passage `json:"articles"`
	Similar  []SimilarTicket     `json:"similar_tickets"`
	Draft    *Draft              `json:"draft,omitempty"`
	Notes    []string            `json:"notes,omitempty"` // what could not be done, such as a model that is down
}

// SimilarTicket is a ticket that the agent may see and that reads alike.
type SimilarTicket struct {
	TicketID   uuid.UUID   `json:"ticket_id"`
	Subject    string      `json:"subject"`
	Status     desk.Status `json:"status"`
	Intent     string      `json:"intent,omitempty"`
	Similarity float64     `json:"similarity"` // cosine, 0–1
	CreatedAt  time.Time   `json:"created_at"`
}

// Draft is a proposed reply. Nothing of it is ever sent without an agent.
type Draft struct {
	Sentences []DraftSentence `json:"sentences"`
	WrittenBy string          `json:"written_by"` // built-in, or the model's name
}

// DraftSentence is one sentence with what it rests on.
type DraftSentence struct {
	Text              string               `json:"text"`
	Citations         []retrieval.Citation `json:"citations,omitempty"`
	Audience          desk.Audience        `json:"audience"`           // internal if any source is
	NeedsConfirmation bool                 `json:"needs_confirmation"` // the agent must confirm it: it rests on internal text, or on no source at all
}
