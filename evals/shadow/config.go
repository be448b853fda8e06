package shadow

import (
	"fmt"
	"slices"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// Config says what to promise and on what.
type Config struct {
	Target float64         // precision to be reached, 0.5–0.999
	Delta  float64         // the most that the choice may be wrong, 0.001–0.5
	Fields []string        // nil: every labelled field that may act alone
	Policy triage.Policy   // weights of the priority and what is sent to a person
	Known  triage.Taxonomy // the owner's intents and routes, for their names; may be empty
	Seed   uint64
	// Folder keeps the trained model, so that a run that was killed goes on; "" keeps none.
	Folder   string
	Version  string // of the program
	Progress func(stage string, done, total int)
}

// actable are the fields that can act alone and that a history can have labels of.
var actable = []string{
	triage.FieldIntent, triage.FieldRoute, triage.FieldKind, triage.FieldPriority, triage.FieldUrgency, triage.FieldImpact, triage.FieldSentiment,
}

// usual are those of them that are judged without being asked for: what a helpdesk acts on.
var usual = []string{triage.FieldIntent, triage.FieldRoute, triage.FieldKind, triage.FieldPriority}

func (c Config) validate() error {
	switch {
	case !(c.Target >= 0.5 && c.Target <= 0.999):
		return fault.Field(fault.Invalid, "--target", "is out of range", "use 0.5 to 0.999, such as 0.95")
	case !(c.Delta >= 0.001 && c.Delta <= 0.5):
		return fault.Field(fault.Invalid, "--delta", "is out of range", "use 0.001 to 0.5, such as 0.1")
	}
	for _, field := range c.Fields {
		if !slices.Contains(actable, field) {
			return fault.Field(fault.Invalid, "--field", fmt.Sprintf("cannot act alone: %q", field), "use intent, route, kind, priority, urgency, impact or sentiment")
		}
	}
	return nil
}

// fieldsOf lists what is judged: the fields asked for, or the usual ones with labels.
func (c Config) fieldsOf(h *history.History) ([]string, error) {
	labelled := h.Labelled()
	for _, field := range c.Fields {
		if !slices.Contains(labelled, field) {
			return nil, fault.Field(fault.Unprocessable, "--field "+field, "has no label in the history", "name the column: --column "+field+"=NAME")
		}
	}
	if len(c.Fields) > 0 {
		return c.Fields, nil
	}
	var fields []string
	for _, field := range usual {
		if slices.Contains(labelled, field) {
			fields = append(fields, field)
		}
	}
	if len(fields) == 0 {
		return nil, fault.Field(fault.Unprocessable, "--history", "has no column with labels of intent, route, kind or priority", "name one: --column route=NAME; or let signalbox taxonomy propose find categories")
	}
	return fields, nil
}
