package triage

import (
	"slices"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

// CheckValue returns an Unprocessable fault unless a person may say that this field
// has this value: an intent or a route of the taxonomy, or one of the fixed values.
func (t Taxonomy) CheckValue(field, value string) error {
	allowed := allowedValues(t)
	allowed[FieldPriority] = []string{BandUrgent, BandHigh, BandNormal, BandLow}
	values, decided := allowed[field]
	if !decided {
		return fault.Field(fault.Unprocessable, "field", "is not one that people correct", "name intent, route, kind, urgency, impact, sentiment, sensitive or priority")
	}
	if !slices.Contains(values, value) {
		return fault.Field(fault.Unprocessable, "value", "is none of the values of this field", "use "+strings.Join(values, ", "))
	}
	return nil
}
