package triage

import (
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/detect"
)

// actFloor is the probability from which on an act changes how a thread is read.
// Below it, a message counts as more information.
const actFloor = 0.5

// threadContext is how many earlier messages an act is judged by.
const threadContext = 4

// actOf says what the newest customer message does. The first one of a thread
// always is the problem.
func (e *Engine) actOf(input Input) fieldReading {
	own := customerMessages(input.Messages)
	if len(own) < 2 || e.detectors == nil {
		return fieldReading{trained: true, state: Uncalibrated, scores: []Score{{ActNewProblem, 1}}}
	}
	newest := own[len(own)-1]
	var earlier []detect.Message
	for _, message := range input.Messages {
		if message.Audience == desk.Public && message.Sequence < newest.Sequence && message.AuthorKind != desk.BySystem {
			earlier = append(earlier, detect.Message{FromCustomer: message.AuthorKind == desk.ByCustomer, Text: headOf(message.Body)})
		}
	}
	earlier = earlier[max(0, len(earlier)-threadContext):]
	scores := scoresOf(e.detectors.Act(earlier, headOf(newest.Body)))
	if isQuiet(scores[0].Value) && e.touches(headOf(newest.Body)) {
		scores = withoutQuietActs(scores)
	}
	return fieldReading{trained: true, state: Uncalibrated, floor: e.detectors.ThanksFloor(), scores: scores}
}

// touches reports whether a message is about a sensitive topic: such a one is heard,
// whatever else it looks like. A defect of the detectors shows when the whole is read.
func (e *Engine) touches(text string) bool {
	vector, classes := e.embedder.Read(nil, nil, text)
	read, err := e.detectors.Read(text, vector, classes)
	return err == nil && read.Sensitive != ""
}

// withoutQuietActs shares their probability among the others.
func withoutQuietActs(scores []Score) []Score {
	heard, total := []Score{}, 0.0
	for _, score := range scores {
		if !isQuiet(score.Value) {
			heard, total = append(heard, score), total+score.Probability
		}
	}
	for i := range heard {
		heard[i].Probability /= max(total, math.SmallestNonzeroFloat32)
	}
	return heard
}

// headOf bounds what a long message costs.
func headOf(body string) string { return body[:runeStart(body, min(len(body), messageTailBytes))] }

func scoresOf(found []detect.Score) []Score {
	scores := make([]Score, len(found))
	for i, score := range found {
		scores[i] = Score(score)
	}
	return scores
}

// act is the likeliest one if it is likely enough to follow.
func (r reading) act() string {
	act := r.fields[FieldAct]
	if act.confidence() < actFloor || act.value() == ActThanks && act.confidence() < act.floor {
		return ActMoreInformation
	}
	return act.value()
}

// isQuiet says of an act that it brings nothing that a ticket should be judged by.
func isQuiet(act string) bool {
	return act == ActThanks || act == ActAutoReply || act == ActCancel
}

// withoutQuiet leaves out messages that say nothing of what the customer wants. The
// first message always stays.
func withoutQuiet(input Input, act string) Input {
	quiet := slices.Clone(input.Quiet)
	if own := customerMessages(input.Messages); isQuiet(act) && len(own) > 1 {
		quiet = append(quiet, own[len(own)-1].ID)
	}
	if len(quiet) == 0 {
		return input
	}
	first := uuid.Nil
	if own := customerMessages(input.Messages); len(own) > 0 {
		first = own[0].ID
	}
	input.Messages = slices.DeleteFunc(slices.Clone(input.Messages), func(m desk.Message) bool {
		return m.ID != first && slices.Contains(quiet, m.ID)
	})
	return input
}

// hold keeps what a further message may not change: a quiet one raises nothing, and
// a ticket that a person has taken is only ever raised, by worse news, and never
// sent elsewhere.
func (e *Engine) hold(decision *Decision, input Input, read reading) {
	previous, act := input.Previous, read.act()
	if previous == nil {
		return
	}
	kept := decision.Priority
	switch {
	case isQuiet(act):
		kept = min(kept, previous.Priority)
		if input.Assigned {
			kept = previous.Priority
		}
	case input.Assigned && (act == ActWorse || len(read.outage) > 0):
		kept = max(kept, previous.Priority)
		if kept > previous.Priority {
			decision.propose(ProposeNotifyAssignee, "")
		}
	case input.Assigned:
		kept = previous.Priority
	}
	if _, edited := input.Edits[FieldPriority]; !edited && kept != decision.Priority {
		e.keepPriority(decision, kept)
	}
	e.holdRoute(decision, input)
}

func (e *Engine) keepPriority(decision *Decision, kept int) {
	decision.Factors = append(decision.Factors, Factor{Name: FactorKept, Value: "as_it_was", Points: kept - pointsOf(decision.Factors)})
	decision.Priority = kept
	field := decision.Fields[FieldPriority]
	field.Value = e.policy.Priority.Bands.band(kept)
	decision.Fields[FieldPriority] = field
}

func (e *Engine) holdRoute(decision *Decision, input Input) {
	route := decision.Fields[FieldRoute]
	if !input.Assigned || input.Previous.Route == "" || route.Value == input.Previous.Route || route.Reason == ReasonSetByPerson {
		return
	}
	if route.Confidence >= e.policy.UnsureBelow {
		decision.propose(ProposeReroute, route.Value)
	}
	route.Value, route.Confidence, route.Reason = input.Previous.Route, probabilityOf(route.Scores, input.Previous.Route), ReasonAssigned
	decision.Fields[FieldRoute], decision.Rules = route, nil
}

func probabilityOf(scores []Score, value string) float64 {
	for _, score := range scores {
		if score.Value == value {
			return score.Probability
		}
	}
	return 0
}

func (d *Decision) propose(kind, value string) {
	d.Proposals = append(d.Proposals, Proposal{kind, value})
}

// proposeFor says what a person should do about the thread as such.
func proposeFor(decision *Decision, input Input, act string) {
	own := customerMessages(input.Messages)
	if len(own) < 2 {
		return
	}
	solved := input.StatusBefore == desk.StatusSolved || input.StatusBefore == desk.StatusClosed
	other := differingEntity(input, decision.Entities, own[len(own)-1].ID)
	switch {
	case act == ActAutoReply:
	case act == ActThanks || act == ActCancel:
		if !solved {
			decision.propose(ProposeSolve, "")
		}
	case solved && (act == ActNewProblem || other != ""):
		decision.propose(ProposeLink, other)
	case solved:
		decision.propose(ProposeReopen, "")
	case act == ActNewProblem:
		decision.propose(ProposeSplit, "")
	}
}

// comparedEntities tell one problem from another.
var comparedEntities = []string{EntityProduct, EntityVersion, EntityErrorCode}

// differingEntity is the kind of a product, version or error code that the newest
// message names and the earlier ones don't, though they name one of that kind; ""
// if there is none.
func differingEntity(input Input, entities []Entity, newest uuid.UUID) string {
	texts := map[uuid.UUID]string{uuid.Nil: input.Ticket.Subject}
	for _, message := range input.Messages {
		texts[message.ID] = message.Body
	}
	for _, kind := range comparedEntities {
		before, now := map[string]bool{}, map[string]bool{}
		for _, entity := range entities {
			if text := texts[entity.Span.MessageID]; entity.Kind == kind && entity.Span.End <= len(text) {
				name := strings.ToLower(text[entity.Span.Start:entity.Span.End])
				if entity.Span.MessageID == newest {
					now[name] = true
				} else {
					before[name] = true
				}
			}
		}
		if len(before) > 0 && len(now) > 0 && !sharesAny(before, now) {
			return kind
		}
	}
	return ""
}

func sharesAny(a, b map[string]bool) bool {
	for name := range a {
		if b[name] {
			return true
		}
	}
	return false
}
