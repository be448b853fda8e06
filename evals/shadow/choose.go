package shadow

import (
	"fmt"

	"github.com/signalbox/signalbox/internal/learn"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// choose vetoes intents by their evidence, then selects the thresholds of all fields
// together on the calibration block. There a ticket counts for the intent that was
// decided: counting by people's label would let what was right pick the vetoes, and the
// selection would no longer be valid.
func (r *run) choose() {
	needed := promise.NeededCases(r.config.Target, r.config.Delta)
	var cases []promise.Judged
	for _, d := range r.decided {
		if d.newest {
			continue
		}
		if r.labels.of(r.history.Rows[d.row])[triage.FieldIntent] != "" {
			r.evidence[d.intent]++
		}
	}
	vetoed := r.vetoes(needed)
	for _, d := range r.decided {
		if !d.newest {
			cases = append(cases, r.judged(d, vetoed))
		}
	}
	joint := promise.SelectJointly(cases, len(r.fields), r.config.Target, r.config.Delta)
	for i, field := range r.fields {
		joint.Fields[i].Reason = r.reason(field, joint.Fields[i])
		r.report.Result.Fields[field] = Field{Chosen: joint.Fields[i], Vetoed: len(vetoed), StrictNeed: promise.NeededCases(strict, r.config.Delta)}
	}
	r.report.Policy = r.chosenPolicy(joint, vetoed, needed)
	r.report.Model, r.report.Taxonomy = r.model, r.model.Taxonomy()
}

// reason says why a field suggests only. A priority rests on urgency and impact, so that
// labels of priorities alone do not make it surer.
func (r *run) reason(field string, chosen promise.Selection) string {
	switch {
	case chosen.Threshold != nil || r.states[field] == triage.Calibrated || r.states[field] == triage.Provisional:
		return chosen.Reason
	case field == triage.FieldPriority:
		return "its confidence is not calibrated: it takes labels of urgency and impact"
	default:
		return "its confidence is not calibrated: too few labels"
	}
}

// vetoes lists the intents without enough evidence. Without labels of intents there is
// nothing to veto by.
func (r *run) vetoes(needed int) map[string]bool {
	vetoed := map[string]bool{}
	delete(r.evidence, "")
	if len(r.evidence) == 0 {
		return vetoed
	}
	for _, intent := range r.labels.taxonomy.Intents {
		if r.evidence[intent.Key] < needed {
			vetoed[intent.Key] = true
		}
	}
	return vetoed
}

// chosenPolicy is the owner's policy with what was chosen: a field for which nothing can
// be promised only suggests.
func (r *run) chosenPolicy(joint promise.Joint, vetoed map[string]bool, needed int) triage.Policy {
	policy := r.config.Policy
	policy.Fields = map[string]triage.FieldPolicy{}
	for name, field := range r.config.Policy.Fields {
		policy.Fields[name] = field
	}
	for _, field := range []string{triage.FieldIntent, triage.FieldRoute} {
		if r.policy.Fields[field].Mode == triage.ModeOff { // without labels it can only hold others up
			policy.Fields[field] = r.policy.Fields[field]
		}
	}
	intents := map[string]triage.IntentPolicy{}
	for intent := range vetoed {
		intents[intent] = triage.IntentPolicy{Mode: triage.ModeSuggest, Reason: needs(needed - r.evidence[intent])}
	}
	for i, name := range r.fields {
		field := triage.FieldPolicy{Mode: triage.ModeSuggest, Threshold: 0.9, Target: r.config.Target}
		if threshold := joint.Fields[i].Threshold; threshold != nil {
			field.Mode, field.Threshold = triage.ModeAuto, max(*threshold, 0.5)
			if len(intents) > 0 {
				field.Intents = intents
			}
		}
		policy.Fields[name] = field
	}
	return policy
}

func needs(labels int) string {
	if labels == 1 {
		return "needs 1 more label"
	}
	return fmt.Sprintf("needs %d more labels", labels)
}

// verify reads the newest block, once.
func (r *run) verify() {
	needed := promise.NeededCases(r.config.Target, r.config.Delta)
	vetoed := r.vetoes(needed)
	strictest := r.strictest(vetoed)
	tickets := Verified{}
	slices := map[string]map[[2]string]*Verified{}
	for i, field := range r.fields {
		result := r.report.Result.Fields[field]
		result.State = string(r.states[field])
		result.Strictest.Threshold = strictest[i].Threshold
		result.Verified.Threshold = result.Chosen.Threshold
		right, known := 0, 0
		slices[field] = map[[2]string]*Verified{}
		for _, d := range r.decided {
			truth := r.labels.of(r.history.Rows[d.row])[field]
			if !d.newest || truth == "" {
				continue
			}
			known++
			correct := d.values[field] == truth
			if correct {
				right++
			}
			acts := r.acts(d, field, vetoed)
			result.Verified.count(acts && reaches(d.sure[field], result.Chosen.Threshold), correct)
			result.Strictest.count(acts && reaches(d.sure[field], strictest[i].Threshold), correct)
			for _, key := range [][2]string{{"language", d.language}, {"channel", r.history.Rows[d.row].Channel}} {
				if key[1] == "" {
					continue
				}
				if slices[field][key] == nil {
					slices[field][key] = &Verified{}
				}
				slices[field][key].count(acts && reaches(d.sure[field], result.Chosen.Threshold), correct)
			}
		}
		result.Accuracy = float64(right) / float64(max(known, 1))
		result.Verified.finish(r.config.Target)
		result.Strictest.finish(strict)
		result.Curve = r.curve(field, vetoed)
		r.report.Result.Fields[field] = result
	}
	for _, d := range r.decided {
		if d.newest {
			r.countTicket(&tickets, d, vetoed)
		}
	}
	tickets.finish(r.config.Target)
	r.report.Result.Tickets, r.report.Result.Automated = tickets, tickets.Coverage
	r.report.Result.Slices = listSlices(slices, r.config.Target)
}

// strictest chooses thresholds for the strict target on the calibration block.
func (r *run) strictest(vetoed map[string]bool) []promise.Selection {
	selections := make([]promise.Selection, len(r.fields))
	for i := range r.fields {
		var cases []promise.Case
		for _, d := range r.decided {
			if c := r.judged(d, vetoed)[i]; !d.newest && c != nil {
				cases = append(cases, *c)
			}
		}
		selections[i] = promise.Select(cases, strict, r.config.Delta)
	}
	return selections
}

func reaches(sure float64, threshold *float64) bool {
	return threshold != nil && sure >= *threshold
}

// countTicket counts a ticket once: acted on if any field was, right if all those were.
// A ticket of which an acted field is not labelled tells nothing.
func (r *run) countTicket(tickets *Verified, d decided, vetoed map[string]bool) {
	truth := r.labels.of(r.history.Rows[d.row])
	acts, right, labelled := false, true, false
	for _, field := range r.fields {
		labelled = labelled || truth[field] != ""
		if !r.acts(d, field, vetoed) || !reaches(d.sure[field], r.report.Result.Fields[field].Chosen.Threshold) {
			continue
		}
		if truth[field] == "" {
			return
		}
		acts, right = true, right && d.values[field] == truth[field]
	}
	if labelled {
		tickets.count(acts, right)
	}
}

func (v *Verified) count(acted, right bool) {
	v.Tickets++
	if acted {
		v.Acted++
		if right {
			v.Right++
		}
	}
}

func (v *Verified) finish(target float64) {
	v.Coverage = float64(v.Acted) / float64(max(v.Tickets, 1))
	around := learn.Wilson(v.Acted, v.Tickets, 0.95)
	v.CoverageInterval = Range{Low: around.Low, High: around.High}
	v.Kept = true
	if v.Acted > 0 {
		precision := float64(v.Right) / float64(v.Acted)
		around := learn.ClopperPearson(v.Right, v.Acted, 0.95)
		v.Precision, v.PrecisionInterval = &precision, &Range{Low: around.Low, High: around.High}
		v.Kept = precision >= target
	}
}
