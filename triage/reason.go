package triage

import (
	"fmt"
	"math"
	"strings"
)

// reasonLine says in one line why the decision is as it is. It names fields,
// values and facts of the account, never text from the ticket.
func (e *Engine) reasonLine(decision Decision, input Input, read reading, reason string) string {
	return e.subjectClause(decision, input) + "; " + e.outcomeClause(decision, read, reason)
}

func (e *Engine) subjectClause(decision Decision, input Input) string {
	intent := decision.Fields[FieldIntent]
	what := "Ticket"
	if intent.Value != "" && intent.Reason != ReasonOutOfScope && intent.Reason != ReasonNotTrained {
		what = e.intentName(intent.Value)
	}
	var facts []string
	if days, near := e.policy.Priority.renewalDays(input); near {
		facts = append(facts, fmt.Sprintf("renewal in %d days", days))
	}
	if input.Customer != nil && input.Customer.VIP {
		facts = append(facts, "VIP")
	}
	return strings.Join(append([]string{what + e.originClause(input)}, facts...), ", ")
}

// originClause names a tier only if the owner's weights know it: any other word
// comes from outside.
func (e *Engine) originClause(input Input) string {
	if input.Account == nil {
		return ""
	}
	tier := input.Account.Tier
	if _, known := e.policy.Priority.Tier[tier]; !known || tier == "" {
		return " from an account"
	}
	if strings.ContainsAny(tier[:1], "aeiouAEIOU") {
		return " from an " + tier + " account"
	}
	return " from a " + tier + " account"
}

func (e *Engine) outcomeClause(decision Decision, read reading, reason string) string {
	if decision.Outcome != Review {
		return e.actingClause(decision)
	}
	switch reason {
	case ReasonTooShort:
		return "too short to decide"
	case ReasonSensitive:
		return fmt.Sprintf("sensitive (%s): always for a person", strings.ReplaceAll(decision.Fields[FieldSensitive].Value, "_", " "))
	case ReasonUnsupportedLanguage:
		if read.unreadable {
			return fmt.Sprintf("written in %q, of which nothing was learned", read.language.code)
		}
		return fmt.Sprintf("written in %q, which is not among your languages", read.language.code)
	case ReasonConflict:
		return "claims an outage that nothing confirms yet"
	case ReasonOutOfScope:
		return "like nothing that was learned"
	case ReasonNotTrained:
		return "nothing was learned yet"
	}
	for _, name := range []string{FieldIntent, FieldRoute} {
		if field := decision.Fields[name]; field.Outcome == Review {
			return e.doubtClause(name, field)
		}
	}
	return "for a person"
}

func (e *Engine) doubtClause(name string, field Field) string {
	if field.Reason == ReasonAmbiguous && len(field.Scores) > 1 {
		first, second := field.Scores[0], field.Scores[1]
		return fmt.Sprintf("%s between %s (%s) and %s (%s)", name,
			e.valueName(name, first.Value), sureness(first.Probability, field.State),
			e.valueName(name, second.Value), sureness(second.Probability, field.State))
	}
	return fmt.Sprintf("%s only %s sure, below your %s", name, sureness(field.Confidence, field.State), percent(e.policy.UnsureBelow))
}

// actingClause speaks of the least sure field among those that may be acted
// upon, since the outcome hangs on it.
func (e *Engine) actingClause(decision Decision) string {
	weak, gap := "", math.Inf(1)
	for _, name := range policyFields {
		policy, field := e.policy.field(name), decision.Fields[name]
		if policy.Mode != ModeAuto || policy.modeFor(decision.Fields[FieldIntent].Value) == ModeOff {
			continue
		}
		distance := field.Confidence - policy.Threshold
		if field.Outcome != Auto {
			distance -= 1
		}
		if distance < gap {
			weak, gap = name, distance
		}
	}
	if weak == "" {
		route := decision.Fields[FieldRoute]
		return fmt.Sprintf("route %s sure; your policy lets nothing act alone", sureness(route.Confidence, route.State))
	}
	field, threshold := decision.Fields[weak], percent(e.policy.field(weak).Threshold)
	switch {
	case field.Outcome == Auto:
		return fmt.Sprintf("%s %s sure, above your %s", weak, sureness(field.Confidence, field.State), threshold)
	case field.Reason == ReasonIntentNotReady:
		return e.notReadyClause(weak, decision.Fields[FieldIntent].Value)
	case field.Reason == ReasonUncalibrated:
		return fmt.Sprintf("%s %s sure, which is not calibrated yet", weak, sureness(field.Confidence, field.State))
	case field.Reason == ReasonNotTrained:
		return weak + " was not learned yet"
	default:
		return fmt.Sprintf("%s %s sure, below your %s", weak, sureness(field.Confidence, field.State), threshold)
	}
}

// notReadyClause says why a field does not act alone for an intent, in the owner's words.
func (e *Engine) notReadyClause(field, intent string) string {
	clause := fmt.Sprintf("%s does not act alone for %s yet", field, e.intentName(intent))
	if reason := e.policy.field(field).Intents[intent].Reason; reason != "" {
		clause += ": " + reason
	}
	return clause
}

// sureness shows a confidence as it may be shown: in words while uncalibrated.
func sureness(confidence float64, state ConfidenceState) string {
	if stateRank(state) > 0 {
		return percent(confidence)
	}
	switch {
	case confidence >= 0.8:
		return "highly"
	case confidence >= 0.5:
		return "moderately"
	default:
		return "hardly"
	}
}

// percent rounds down, so that what is below a threshold never looks equal to it.
func percent(share float64) string {
	return fmt.Sprintf("%d %%", int(math.Floor(share*100+1e-9)))
}

func (e *Engine) intentName(key string) string {
	if intent, ok := e.taxonomy.Intent(key); ok {
		return intent.Name
	}
	return key
}

func (e *Engine) valueName(field, value string) string {
	if field == FieldIntent {
		return e.intentName(value)
	}
	if route, ok := e.taxonomy.Route(value); ok {
		return route.Name
	}
	return value
}
