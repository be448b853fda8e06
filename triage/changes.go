package triage

// maximumChanges bounds what is listed: more would explain less.
const maximumChanges = 6

// changes lists what single fact would put the ticket into another band, by the
// same sum that gave the priority.
func (w Weights) changes(input Input, read reading, result assessment) []Change {
	var found []Change
	band := w.Bands.band(result.priority)
	try := func(factor, value string, other assessment) {
		if to := w.Bands.band(other.priority); to != band && len(found) < maximumChanges {
			found = append(found, Change{Factor: factor, Value: value, Priority: other.priority, Band: to})
		}
	}
	if result.conflict {
		confirmed := input
		confirmed.IncidentOpen = true
		try(FactorOpenIncident, "yes", w.sum(confirmed, read))
	}
	for _, field := range []string{FieldUrgency, FieldImpact} {
		for _, value := range fixedValues[field] {
			if value != read.fields[field].value() {
				try(field, value, w.sum(input, read.with(field, value)))
			}
		}
	}
	return found
}

// with is the reading with another value of a field.
func (r reading) with(field, value string) reading {
	fields := make(map[string]fieldReading, len(r.fields))
	for name, read := range r.fields {
		fields[name] = read
	}
	changed := fields[field]
	changed.trained, changed.scores, changed.evidence = true, []Score{{value, 1}}, nil
	fields[field] = changed
	r.fields = fields
	return r
}
