package triage

import (
	"time"

	"github.com/google/uuid"
)

// Outcome says who acts on a decision.
type Outcome string

// The outcomes, from acting alone to leaving it to a person.
const (
	Auto    Outcome = "auto"
	Suggest Outcome = "suggest"
	Review  Outcome = "review"
	// Off is the outcome of a field that the owner has switched off; no decision has it.
	Off Outcome = "off"
	// Kept is the outcome of a field that a person has set; no decision has it.
	Kept Outcome = "kept"
)

// The fields that are decided. Each has a value, a confidence and its state.
const (
	FieldIntent    = "intent"
	FieldRoute     = "route"
	FieldKind      = "kind"
	FieldUrgency   = "urgency"
	FieldImpact    = "impact"
	FieldSentiment = "sentiment"
	FieldSensitive = "sensitive" // "" or legal, security_report, self_harm, press, data_protection
	FieldLanguage  = "language"
	FieldPriority  = "priority" // the band: urgent, high, normal, low
	FieldSeverity  = "severity" // A, B or C, by rule over kind, urgency and impact
	FieldAct       = "act"      // what the newest message does to the thread
)

// ConfidenceState says what a confidence is worth.
type ConfidenceState string

// The states: uncalibrated ones are shown as low, medium or high, never as a
// percentage, and are never acted upon.
const (
	Uncalibrated ConfidenceState = "uncalibrated"
	Provisional  ConfidenceState = "provisional"
	Calibrated   ConfidenceState = "calibrated"
)

// Field is one decided value.
type Field struct {
	Value      string          `json:"value"`
	Confidence float64         `json:"confidence"` // probability that Value is right, 0–1
	State      ConfidenceState `json:"state"`
	Outcome    Outcome         `json:"outcome"`
	Reason     string          `json:"reason,omitempty"` // why it is not auto: below_threshold, ambiguous, out_of_scope …
	Scores     []Score         `json:"scores,omitempty"` // the top five
	// Evidence are the places that speak for a sensitive topic; other fields have
	// theirs in the factors.
	Evidence []Span `json:"evidence,omitempty"`
}

// Score is a candidate value with its probability, 0–1.
type Score struct {
	Value       string  `json:"value"`
	Probability float64 `json:"probability"`
}

// Span is a place in a ticket: bytes [Start, End) of the body of message
// MessageID, or of the subject if that is the zero UUID.
type Span struct {
	MessageID uuid.UUID `json:"message_id"`
	Start     int       `json:"start"`
	End       int       `json:"end"`
}

// Factor is one summand of the priority.
type Factor struct {
	Name     string `json:"name"`   // urgency, impact, account_tier, renewal_near …
	Value    string `json:"value"`  // what was found: critical, company, enterprise …
	Points   int    `json:"points"` // added to the priority; may be negative
	Evidence []Span `json:"evidence,omitempty"`
}

// Entity is something named in a ticket: an error code, a version, an order number.
type Entity struct {
	Kind string `json:"kind"` // error_code, version, order_number, url, stack_trace …
	Span Span   `json:"span"`
}

// Versions says what made a decision, so that it can be replayed.
type Versions struct {
	Features int       `json:"features"`
	Model    int       `json:"model"`
	ModelID  uuid.UUID `json:"model_id"`
	Taxonomy string    `json:"taxonomy"`           // hash of the intents and routes
	Policy   int64     `json:"policy"`             // of the setting; 0 for the default, before any was stored
	HashKey  string    `json:"hash_key,omitempty"` // names the key of the input hash
	// Detectors is the version of the portable detectors.
	Detectors string `json:"detectors,omitempty"`
}

// AppliedRule is an assignment rule that changed the route.
type AppliedRule struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Proposal is something for a person to do; nothing of it is done alone.
type Proposal struct {
	Kind  string `json:"kind"`            // one of the Propose constants
	Value string `json:"value,omitempty"` // the route for reroute, the kind of entity for link
}

// Change is a single fact that would put the ticket into another band.
type Change struct {
	Factor   string `json:"factor"`
	Value    string `json:"value"`
	Priority int    `json:"priority"` // what it would be, 0–100
	Band     string `json:"band"`
}

// Details are the parts of a decision that only a reader of the whole record needs.
type Details struct {
	// Secondary are intents that the customer also has, likeliest first.
	Secondary []Score `json:"secondary,omitempty"`
	// Rules are the assignment rules that changed the route, in their order.
	Rules []AppliedRule `json:"rules,omitempty"`
	// Proposals are what a person should consider.
	Proposals []Proposal `json:"proposals,omitempty"`
	// Level is what the helpdesk calls the band.
	Level string `json:"level,omitempty"`
	// Changes say what would move the ticket into another band.
	Changes []Change `json:"changes,omitempty"`
	// Thresholds are those in force, by field that may act alone.
	Thresholds map[string]float64 `json:"thresholds,omitempty"`
	// Facts are what was known beside the text; nil once the person was erased.
	Facts *Facts `json:"facts,omitempty"`
}

// Decision is what triage says about a ticket as it stands.
type Decision struct {
	ID              uuid.UUID        `json:"id"`
	TicketID        uuid.UUID        `json:"ticket_id"`
	CauseID         uuid.UUID        `json:"cause_id"`         // the message that asked for it
	ThroughSequence int              `json:"through_sequence"` // the newest message that it has read
	Outcome         Outcome          `json:"outcome"`
	Reason          string           `json:"reason"`   // one line for a person
	Priority        int              `json:"priority"` // 0–100
	Fields          map[string]Field `json:"fields"`
	Factors         []Factor         `json:"factors"`
	Entities        []Entity         `json:"entities"`
	Versions        Versions         `json:"versions"`
	InputHash       []byte           `json:"input_hash"` // keyed, so that it says nothing about the text
	Details
	Latency   time.Duration `json:"latency_ns"`
	CreatedAt time.Time     `json:"created_at"`
}
