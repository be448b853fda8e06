package triage

import (
	"slices"

	"github.com/google/uuid"
)

// Explanation says why a decision is as it is, for a reader who sees the ticket.
type Explanation struct {
	DecisionID uuid.UUID           `json:"decision_id"`
	TicketID   uuid.UUID           `json:"ticket_id"`
	Erased     bool                `json:"erased"` // then nothing can be quoted
	Outcome    Outcome             `json:"outcome"`
	Reason     string              `json:"reason"`
	Priority   int                 `json:"priority"`
	Factors    []QuotedFactor      `json:"factors"`           // they sum to the priority, which is kept within 0 and 100
	Changes    []Change            `json:"changes,omitempty"` // what would change the band
	Fields     map[string]Field    `json:"fields"`            // each with its top five scores
	Secondary  []Score             `json:"secondary,omitempty"`
	Rules      []AppliedRule       `json:"rules,omitempty"`
	Proposals  []Proposal          `json:"proposals,omitempty"`
	Named      []Quote             `json:"named,omitempty"`   // the entities
	Pieces     map[string]Weighing `json:"pieces,omitempty"`  // of intent and route
	Nearest    []Nearest           `json:"nearest,omitempty"` // tickets that the model was trained with
	Notes      []string            `json:"notes,omitempty"`   // what could not be shown, and why
}

// QuotedFactor is a summand of the priority with the words that speak for it.
type QuotedFactor struct {
	Name   string   `json:"name"`
	Value  string   `json:"value"`
	Points int      `json:"points"`
	Quotes []string `json:"quotes,omitempty"`
}

// Weighing is what of the text speaks for and against a value, strongest first.
type Weighing struct {
	Value   string  `json:"value"`
	For     []Piece `json:"for,omitempty"`
	Against []Piece `json:"against,omitempty"`
}

// Piece is a piece of the ticket's text. Weight is in units of the classifier's score.
type Piece struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight"`
}

// explain fills in what the record alone tells.
func (r Recorded) explain() Explanation {
	d := r.Decision
	explanation := Explanation{
		DecisionID: d.ID, TicketID: d.TicketID, Erased: r.Erased, Outcome: d.Outcome, Reason: d.Reason, Priority: d.Priority,
		Changes: d.Changes, Fields: d.Fields, Secondary: d.Secondary, Rules: d.Rules, Proposals: d.Proposals, Factors: []QuotedFactor{},
	}
	for _, factor := range d.Factors {
		quoted := QuotedFactor{Name: factor.Name, Value: factor.Value, Points: factor.Points}
		for _, quote := range (Decision{Factors: []Factor{factor}}).Render(r.Input()) {
			quoted.Quotes = append(quoted.Quotes, quote.Text)
		}
		explanation.Factors = append(explanation.Factors, quoted)
	}
	explanation.Named = Decision{Entities: d.Entities}.Render(r.Input())
	if r.Erased {
		explanation.Notes = append(explanation.Notes, "the ticket was erased: its text cannot be quoted or compared")
	}
	return explanation
}

// text is what models read of the ticket as it was decided.
func (r Recorded) text() document {
	act := ActMoreInformation
	if field := r.Decision.Fields[FieldAct]; field.Confidence >= actFloor {
		act = field.Value
	}
	return newDocument(withoutQuiet(r.Input(), act))
}

// weighedFields are those whose words are shown.
var weighedFields = []string{FieldIntent, FieldRoute}

const (
	shownPieces = 5
	readPieces  = 40 // the strongest of both signs, from which the shown ones are taken
)

// weigh finds the pieces of the text that speak most for and against the chosen
// intent and route. A value that the model doesn't know, since a person or a rule
// gave it, has none.
func (m *Model) weigh(text document, fields map[string]Field) (map[string]Weighing, error) {
	if m.panel == nil || text.text == "" {
		return nil, nil
	}
	read, err := m.read(text.text)
	if err != nil {
		return nil, err
	}
	defer read.Release()
	weighed := map[string]Weighing{}
	for _, name := range weighedFields {
		model, value := m.fields[name], fields[name].Value
		if model == nil || !slices.Contains(model.values, value) {
			continue
		}
		contributions, err := read.Contributions(model.number, value, readPieces)
		if err != nil {
			return nil, err
		}
		weighing := Weighing{Value: value}
		for _, c := range contributions {
			piece := Piece{validText(text.text[c.Start:c.End]), c.Weight}
			switch {
			case c.Weight > 0 && len(weighing.For) < shownPieces:
				weighing.For = append(weighing.For, piece)
			case c.Weight < 0 && len(weighing.Against) < shownPieces:
				weighing.Against = append(weighing.Against, piece)
			}
		}
		weighed[name] = weighing
	}
	return weighed, nil
}
