package triage

import "github.com/signalbox/signalbox/internal/fault"

// NamedValue is a value that a person may give, with the name that people read.
type NamedValue struct {
	Value string `json:"value"`
	Name  string `json:"name"`
}

// Values lists what a person may say of a field, in the order of the owner's list.
func (t Taxonomy) Values(field string) ([]NamedValue, error) {
	var values []NamedValue
	switch field {
	case FieldIntent:
		for _, intent := range t.Intents {
			values = append(values, NamedValue{intent.Key, intent.Name})
		}
	case FieldRoute:
		for _, route := range t.Routes {
			values = append(values, NamedValue{route.Key, route.Name})
		}
	case FieldPriority:
		for _, band := range []string{BandUrgent, BandHigh, BandNormal, BandLow} {
			values = append(values, NamedValue{band, band})
		}
	default:
		for _, value := range fixedValues[field] {
			named := NamedValue{value, value}
			if value == "" {
				named.Name = "none"
			}
			values = append(values, named)
		}
	}
	if len(values) == 0 {
		return nil, fault.Field(fault.Unprocessable, "field", "is not one that people correct", "name intent, route, kind, urgency, impact, sentiment, sensitive or priority")
	}
	return values, nil
}
