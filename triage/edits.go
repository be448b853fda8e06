package triage

// applyEdits puts what a person has set in the place of what the models say, so
// that everything that follows from it follows from the person's word.
func (r *reading) applyEdits(edits map[string]string) {
	for field, value := range edits {
		if field == FieldPriority || field == FieldSensitive || field == FieldLanguage {
			continue
		}
		r.fields[field] = fieldReading{trained: true, state: Calibrated, byPerson: true, scores: []Score{{value, 1}}}
	}
}

// keepEdits marks the fields that are left: the band of the priority, into which the
// sum is moved, and the sensitive topic.
func (e *Engine) keepEdits(decision *Decision, input Input) {
	if band, edited := input.Edits[FieldPriority]; edited {
		kept := e.policy.Priority.Bands.into(decision.Priority, band)
		if kept != decision.Priority {
			decision.Factors = append(decision.Factors, Factor{Name: FactorKept, Value: ReasonSetByPerson, Points: kept - pointsOf(decision.Factors)})
			decision.Priority = kept
		}
		decision.Fields[FieldPriority] = setByPerson(band)
	}
	// "Nothing sensitive" was said of earlier messages; it must not hide a later one.
	topic, edited := input.Edits[FieldSensitive]
	if further := len(customerMessages(input.Messages)) > 1; edited && (topic != "" || !further || decision.Fields[FieldSensitive].Value == "") {
		decision.Fields[FieldSensitive] = setByPerson(topic)
	}
}

func setByPerson(value string) Field {
	return Field{Value: value, Confidence: 1, State: Calibrated, Reason: ReasonSetByPerson}
}

// into moves a priority into a band, as little as possible.
func (b Bands) into(priority int, band string) int {
	switch band {
	case BandUrgent:
		return max(priority, b.Urgent)
	case BandHigh:
		return min(max(priority, b.High), b.Urgent-1)
	case BandNormal:
		return min(max(priority, b.Normal), b.High-1)
	default:
		return min(priority, b.Normal-1)
	}
}
