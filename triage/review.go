package triage

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// AskedField is a field of which a person is asked what is right. Of a blind question
// only its name is given.
type AskedField struct {
	Field  string          `json:"field"`
	Value  string          `json:"value,omitempty"` // what was decided
	State  ConfidenceState `json:"state,omitempty"`
	Reason string          `json:"reason,omitempty"`
	Scores []Score         `json:"scores,omitempty"` // the likeliest first
}

// Unsure is a ticket that was left to a person, with what was thought of it.
type Unsure struct {
	TicketID   uuid.UUID    `json:"ticket_id"`
	DecisionID uuid.UUID    `json:"decision_id"`
	Reason     string       `json:"reason"`
	Priority   int          `json:"priority"`
	Subject    string       `json:"subject"`
	Body       string       `json:"body"` // of the customer's newest message
	Fields     []AskedField `json:"fields"`
	DecidedAt  time.Time    `json:"decided_at"`
}

// BlindQuestion is a ticket of the blind sample as it was known at intake: without what
// was decided, what came later, and what anybody said.
type BlindQuestion struct {
	TicketID uuid.UUID    `json:"ticket_id"`
	Reading  int          `json:"reading"` // 1, or 2 of a ticket that two people answer
	Subject  string       `json:"subject"`
	Messages []string     `json:"messages"`
	Channel  string       `json:"channel,omitempty"`
	Tier     string       `json:"tier,omitempty"`
	Language string       `json:"language,omitempty"`
	Fields   []AskedField `json:"fields"`
	DrawnAt  time.Time    `json:"drawn_at"`
}

// BlindQueue is what a person may answer of the blind sample today.
type BlindQueue struct {
	Questions []BlindQuestion `json:"questions"`
	// LeftToday is how many answers are left of the daily minutes, for everybody together.
	LeftToday int `json:"left_today"`
	// Waiting is how many of the sample wait for an answer, whoever gives it.
	Waiting int `json:"waiting"`
}

// Reviewed says which fields an answer has labelled. Repeated: it was given before, so
// nothing was stored again.
type Reviewed struct {
	TicketID uuid.UUID `json:"ticket_id"`
	Fields   []string  `json:"fields"`
	Repeated bool      `json:"repeated"`
}

// topScores is how many candidates a question shows.
const topScores = 2

// Asked lists what a person is asked of a decision that was left to them: the fields
// that need one, else what the ticket is about and who should have it. all shows every
// score that is known, else the top two.
func (d Decision) Asked(all bool) []AskedField {
	var asked []AskedField
	for _, wanted := range []bool{true, false} {
		for _, name := range policyFields {
			field, decided := d.Fields[name]
			needs := field.Outcome == Review || !wanted && (name == FieldIntent || name == FieldRoute) && field.Outcome != Off && field.Outcome != Kept
			if !decided || !needs || !slices.Contains(Answerable(), name) {
				continue
			}
			scores := field.Scores
			if !all {
				scores = scores[:min(len(scores), topScores)]
			}
			asked = append(asked, AskedField{Field: name, Value: field.Value, State: field.State, Reason: field.Reason, Scores: scores})
		}
		if len(asked) > 0 {
			break
		}
	}
	return asked
}
