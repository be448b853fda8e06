package promise

import "math"

// Judged is one case of several fields; nil is a field without a label, or one that may
// not act on this case.
type Judged []*Case

// Joint is what SelectJointly chose.
type Joint struct {
	Fields []Selection `json:"fields"`
	// Whole is the promise per case: whatever was acted on was right in all of it.
	Whole Selection `json:"whole"`
}

// tightenings is how many steps stricter than by itself a field's threshold may become
// for the promise per case.
const tightenings = 8

// SelectJointly chooses a threshold for each of several fields, and keeps the promise
// per field and per case: of all that was acted on, every field was right. Everything
// that is chosen shares delta (Bonferroni): each field's threshold, and the last step.
// That step is a fixed sequence too: all thresholds from strict to loose, from the first
// that could pass on, until cases are no longer wholly right often enough.
func SelectJointly(cases []Judged, fields int, target, delta float64) Joint {
	joint := Joint{Fields: make([]Selection, fields), Whole: Selection{Target: target, Delta: delta, Cases: len(cases), PValue: 1}}
	if fields == 1 {
		joint.Fields[0] = Select(column(cases, 0), target, delta)
		joint.Whole = joint.Fields[0]
		return joint
	}
	each := delta / float64(fields+1)
	for field := range fields {
		joint.Fields[field] = Select(column(cases, field), target, each)
	}
	loosest := joint.Fields
	for tighter := tightenings; tighter >= 0; tighter-- {
		tightened := tighten(cases, loosest, tighter)
		whole := wholly(cases, tightened)
		if whole.acted < NeededCases(target, each) {
			continue // so few cannot reject, however right they are
		}
		joint.Whole.Tested++
		if whole.pValue(target) > each {
			break
		}
		joint.Fields = tightened
		joint.Whole.Acted, joint.Whole.Right, joint.Whole.PValue = whole.acted, whole.right, whole.pValue(target)
	}
	if joint.Whole.Acted == 0 {
		joint.Fields = strongest(loosest)
		joint.Whole.Reason = "several fields together do not reach the target"
		for _, field := range joint.Fields {
			if field.Threshold != nil { // alone, the promise per field is the one per case
				joint.Whole.Acted, joint.Whole.Right, joint.Whole.PValue = field.Acted, field.Right, field.PValue
			}
		}
	}
	return joint
}

// column lists the cases of one field.
func column(cases []Judged, field int) []Case {
	var listed []Case
	for _, judged := range cases {
		if judged[field] != nil {
			listed = append(listed, *judged[field])
		}
	}
	return listed
}

// tighten raises every threshold so that it covers so many steps less of its coverage.
func tighten(cases []Judged, fields []Selection, tighter int) []Selection {
	tightened := make([]Selection, len(fields))
	for i, field := range fields {
		tightened[i] = field
		if field.Threshold == nil || tighter == 0 {
			continue
		}
		wanted := field.Acted - field.Acted*tighter/(tightenings+1)
		for _, step := range gridOf(column(cases, i)) {
			if step.acted <= wanted || tightened[i].Acted == field.Acted {
				threshold := step.threshold
				tightened[i].Threshold, tightened[i].Acted, tightened[i].Right, tightened[i].PValue = &threshold, step.acted, step.right, step.pValue(field.Target)
			}
		}
	}
	return tightened
}

// wholly counts the cases on which at least one field acts, and those in which all that
// act are right.
func wholly(cases []Judged, fields []Selection) (whole step) {
	for _, judged := range cases {
		acts, right := false, true
		for i, c := range judged {
			if c != nil && fields[i].Threshold != nil && c.Confidence >= *fields[i].Threshold {
				acts, right = true, right && c.Right
			}
		}
		if acts {
			whole.acted++
			if right {
				whole.right++
			}
		}
	}
	return whole
}

// strongest leaves a threshold to the one field that acts most.
func strongest(fields []Selection) []Selection {
	best, most := -1, 0
	for i, field := range fields {
		if field.Threshold != nil && field.Acted > most {
			best, most = i, field.Acted
		}
	}
	kept := make([]Selection, len(fields))
	for i, field := range fields {
		if kept[i] = field; i != best && field.Threshold != nil {
			kept[i].Threshold, kept[i].Acted, kept[i].Right, kept[i].PValue = nil, 0, 0, math.Max(field.PValue, 0)
			kept[i].Reason = "would break the promise per ticket beside a field that covers more"
		}
	}
	return kept
}
