package triage

// applyPolicy sets each field's outcome and the decision's.
func (p *Policy) applyPolicy(decision *Decision, read reading, conflict bool) (reason string) {
	intent := decision.Fields[FieldIntent].Value
	for name, field := range decision.Fields {
		p.judgeField(name, intent, &field)
		if name == FieldIntent || name == FieldRoute {
			p.judgeDoubt(&field, name == FieldIntent && read.outOfScope, name == FieldIntent && len(decision.Secondary) > 0)
		}
		if name == FieldSensitive && field.Value != "" && field.Outcome != Kept {
			field.Outcome, field.Reason = Review, ReasonSensitive
		}
		if name == FieldPriority && conflict && field.Outcome != Off && field.Outcome != Kept {
			field.Outcome, field.Reason = Review, ReasonConflict
		}
		decision.Fields[name] = field
	}
	reason = p.reviewReason(decision, read, conflict)
	switch {
	case reason != "":
		decision.Outcome = Review
	case p.allActedAuto(decision):
		decision.Outcome = Auto
	default:
		decision.Outcome = Suggest
	}
	return reason
}

// judgeField applies mode and threshold to a field of a ticket of an intent.
func (p *Policy) judgeField(name, intent string, field *Field) {
	policy := p.field(name)
	mode := policy.modeFor(intent)
	switch {
	case field.Reason == ReasonSetByPerson:
		field.Outcome = Kept
	case mode == ModeOff:
		field.Outcome, field.Reason = Off, ReasonOff
	case field.Reason == ReasonNotTrained:
		field.Outcome = Suggest
	case field.Reason == ReasonAssigned:
		field.Outcome = Suggest
	case policy.Mode == ModeAuto && mode == ModeSuggest:
		field.Outcome, field.Reason = Suggest, ReasonIntentNotReady
	case mode == ModeSuggest:
		field.Outcome, field.Reason = Suggest, ReasonSuggestOnly
	case stateRank(field.State) < stateRank(Provisional):
		field.Outcome, field.Reason = Suggest, ReasonUncalibrated
	case !(field.Confidence >= policy.Threshold):
		field.Outcome, field.Reason = Suggest, ReasonBelowThreshold
	default:
		field.Outcome, field.Reason = Auto, ""
	}
}

// judgeDoubt sends what is not known well enough to a person. Two wishes in one
// ticket are no doubt between them.
func (p *Policy) judgeDoubt(field *Field, outOfScope, several bool) {
	if field.Outcome == Off || field.Outcome == Kept || field.Reason == ReasonAssigned {
		return
	}
	switch {
	case field.Reason == ReasonNotTrained:
		field.Outcome = Review
	case outOfScope:
		field.Outcome, field.Reason = Review, ReasonOutOfScope
	case field.Confidence >= p.UnsureBelow || several:
	case len(field.Scores) > 1 && field.Scores[0].Probability-field.Scores[1].Probability < p.AmbiguousMargin:
		field.Outcome, field.Reason = Review, ReasonAmbiguous
	default:
		field.Outcome, field.Reason = Review, ReasonUnsure
	}
}

// reviewReason is the weightiest reason for a person to look, "" if none.
func (p *Policy) reviewReason(decision *Decision, read reading, conflict bool) string {
	intent, route := decision.Fields[FieldIntent], decision.Fields[FieldRoute]
	switch {
	case decision.Fields[FieldSensitive].Value != "":
		return ReasonSensitive
	case read.letters < p.MinimumLetters:
		return ReasonTooShort
	case read.unreadable || read.language.code != "" && !p.reads(read.language.code):
		return ReasonUnsupportedLanguage
	case conflict:
		return ReasonConflict
	case intent.Outcome == Review:
		return intent.Reason
	case route.Outcome == Review:
		return route.Reason
	default:
		return ""
	}
}

// allActedAuto holds if the owner lets at least one field be acted upon, and
// each such field is sure enough. A field that waits for labels of this intent holds
// the ticket back as an unsure one does; one that is off for it does not.
func (p *Policy) allActedAuto(decision *Decision) bool {
	acted, intent := 0, decision.Fields[FieldIntent].Value
	for name, field := range decision.Fields {
		policy := p.field(name)
		if policy.Mode != ModeAuto || policy.modeFor(intent) == ModeOff || field.Outcome == Kept {
			continue
		}
		if field.Outcome != Auto {
			return false
		}
		acted++
	}
	return acted > 0
}
