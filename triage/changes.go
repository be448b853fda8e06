package triage

// maximumChanges bounds what is listed: more would explain less.
const maximumChanges = 6

// changes lists what single fact would put the ticket into another band, by the
// same sum that gave the priority.
func (w *Weights) changes(input Input, read reading, result assessment) []Change {
	var found []Change
	band := w.Bands.band(result.priority)
	try := func(factor, value string, priority int) {
		if to := w.Bands.band(priority); to != band && len(found) < maximumChanges {
			found = append(found, Change{Factor: factor, Value: value, Priority: priority, Band: to})
		}
	}
	if result.conflict {
		confirmed := input
		confirmed.IncidentOpen = true
		try(FactorOpenIncident, "yes", w.sum(confirmed, read).priority)
	}
	urgency, impact, sentiment := read.fields[FieldUrgency], read.fields[FieldImpact], read.fields[FieldSentiment].value()
	for _, value := range fixedValues[FieldUrgency] {
		if value != urgency.value() {
			try(FieldUrgency, value, w.priorityOf(result, surely(value), impact, sentiment))
		}
	}
	for _, value := range fixedValues[FieldImpact] {
		if value != impact.value() {
			try(FieldImpact, value, w.priorityOf(result, urgency, surely(value), sentiment))
		}
	}
	return found
}

// surely is a field of which the value is known.
func surely(value string) fieldReading {
	return fieldReading{trained: true, scores: []Score{{value, 1}}}
}

// priorityOf is the priority that the facts of an assessment give with other values.
func (w *Weights) priorityOf(result assessment, urgency, impact fieldReading, sentiment string) int {
	urgencyPoints, impactPoints := w.expectedPoints(urgency, impact)
	base := clampPriority(urgencyPoints + impactPoints + result.fixed)
	priority := base + w.tonePoints(base, sentiment)
	if result.conflict {
		priority = w.bandLower(priority)
	}
	return priority
}
