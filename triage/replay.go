package triage

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// Recorded is a decision with the text that it has read, as far as that is left.
type Recorded struct {
	Decision Decision
	// Versions are as they were stored: with those too that this program doesn't know.
	Versions json.RawMessage
	Ticket   desk.Ticket
	Messages []desk.Message
	Erased   bool // the ticket's person was erased, and its text with them
}

// Input is the input of the decision, without facts if they are gone.
func (r Recorded) Input() Input {
	if r.Decision.Facts == nil {
		return Input{Ticket: r.Ticket, Messages: r.Messages, Now: r.Decision.CreatedAt}
	}
	return r.Decision.Facts.Input(r.Ticket, r.Messages)
}

// ReplayResult says what came of deciding again.
type ReplayResult string

// The results of a replay.
const (
	Reproduced ReplayResult = "reproduced" // bit for bit
	Differs    ReplayResult = "differs"
	Gone       ReplayResult = "gone" // something that the decision was made of is not there any more
)

// Replay is what came of deciding again.
type Replay struct {
	DecisionID uuid.UUID    `json:"decision_id"`
	Result     ReplayResult `json:"result"`
	Differs    []string     `json:"differs,omitempty"` // names of parts: priority, fields.intent, factors …
	Gone       []string     `json:"gone,omitempty"`    // what is gone, a line each
}

// WithoutText is the replay of a decision whose text or facts are gone; it reports
// false if nothing of them is.
func (r Recorded) WithoutText() (Replay, bool) {
	replay := Replay{DecisionID: r.Decision.ID, Result: Gone}
	facts := r.Decision.Facts
	switch {
	case r.Erased:
		replay.Gone = []string{"text: the ticket was erased"}
	case facts == nil:
		replay.Gone = []string{"facts: they were removed with an erased person, or never kept"}
	case facts.Read != len(r.Messages):
		replay.Gone = []string{fmt.Sprintf("text: %d of the %d messages that were read are left", len(r.Messages), facts.Read)}
	}
	return replay, replay.Gone != nil
}

// Missing is the replay of a decision for which something else is gone.
func (r Recorded) Missing(what string, values ...any) Replay {
	return Replay{DecisionID: r.Decision.ID, Result: Gone, Gone: []string{fmt.Sprintf(what, values...)}}
}

// Replay decides again with an engine of the decision's model and policy, and
// compares everything but the ID, the cause, the latency and the time of storing.
// The error is the engine's or an encoder's, never a difference.
func (r Recorded) Replay(engine *Engine) (Replay, error) {
	if replay, gone := r.WithoutText(); gone {
		return replay, nil
	}
	replay := Replay{DecisionID: r.Decision.ID, Result: Reproduced}
	var err error
	if replay.Gone, err = differingVersions(r.Versions, engine.Versions()); err != nil {
		return replay, err
	}
	again, err := engine.Decide(r.Input())
	if err != nil {
		return replay, err
	}
	replay.Differs, err = differingParts(r.Decision, again)
	switch {
	case len(replay.Gone) > 0:
		replay.Result = Gone
	case len(replay.Differs) > 0:
		replay.Result = Differs
	}
	return replay, err
}

// differingVersions names every version that is not what it was, whatever its name.
func differingVersions(stored json.RawMessage, now Versions) ([]string, error) {
	encoded, err := json.Marshal(now)
	if err != nil {
		return nil, fmt.Errorf("encode versions: %w", err)
	}
	var before, after map[string]json.RawMessage
	if err := json.Unmarshal(stored, &before); err != nil {
		return nil, fmt.Errorf("read the stored versions: %w", err)
	}
	if err := json.Unmarshal(encoded, &after); err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	var differing []string
	for _, name := range unionOf(before, after) {
		if !sameValue(before[name], after[name]) {
			differing = append(differing, fmt.Sprintf("%s: it was %s and is %s", words(name), orNone(before[name]), orNone(after[name])))
		}
	}
	return differing, nil
}

func orNone(value json.RawMessage) string {
	if isEmpty(value) {
		return "none"
	}
	return string(value)
}

// differingParts compares two decisions as they are stored. Each field and each of
// the details counts by itself.
func differingParts(stored, again Decision) ([]string, error) {
	var differing []string
	compare := func(prefix string, one, two any) error {
		before, err := partsAsStored(one)
		if err != nil {
			return err
		}
		after, err := partsAsStored(two)
		if err != nil {
			return err
		}
		for _, name := range unionOf(before, after) {
			if !sameValue(before[name], after[name]) {
				differing = append(differing, prefix+name)
			}
		}
		return nil
	}
	for _, part := range []struct {
		prefix   string
		one, two any
	}{
		{"", judgement(stored), judgement(again)}, {"fields.", stored.Fields, again.Fields}, {"details.", stored.Details, again.Details},
	} {
		if err := compare(part.prefix, part.one, part.two); err != nil {
			return nil, err
		}
	}
	return differing, nil
}

// judgement is what of a decision is neither a field nor a detail.
func judgement(d Decision) map[string]any {
	return map[string]any{
		"outcome": d.Outcome, "reason": d.Reason, "priority": d.Priority, "factors": d.Factors, "entities": d.Entities,
		"input_hash": d.InputHash, "through_sequence": d.ThroughSequence,
	}
}

func partsAsStored(value any) (map[string]json.RawMessage, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode a decision: %w", err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(encoded, &parts); err != nil {
		return nil, fmt.Errorf("read a decision: %w", err)
	}
	return parts, nil
}

func unionOf(a, b map[string]json.RawMessage) []string {
	all := make(map[string]bool, len(a))
	for name := range a {
		all[name] = true
	}
	for name := range b {
		all[name] = true
	}
	return sortedKeys(all)
}

// sameValue takes an absent value and an empty one as the same: the store makes
// one of the other.
func sameValue(a, b json.RawMessage) bool {
	return bytes.Equal(a, b) || isEmpty(a) && isEmpty(b)
}

func isEmpty(value json.RawMessage) bool {
	switch string(value) {
	case "", "null", "[]", "{}", `""`:
		return true
	default:
		return false
	}
}
