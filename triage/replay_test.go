package triage

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// stored is a decision as the store gives it back, with what it has read.
func stored(t *testing.T, engine *Engine, input Input) Recorded {
	t.Helper()
	encoded, err := json.Marshal(decide(t, engine, input))
	if err != nil {
		t.Fatal(err)
	}
	recorded := Recorded{Ticket: desk.Ticket{ID: input.Ticket.ID, Subject: input.Ticket.Subject, Status: desk.StatusClosed}, Messages: input.Messages}
	if err := json.Unmarshal(encoded, &recorded.Decision); err != nil {
		t.Fatal(err)
	}
	if recorded.Versions, err = json.Marshal(recorded.Decision.Versions); err != nil {
		t.Fatal(err)
	}
	return recorded
}

func TestReplay(t *testing.T) {
	t.Parallel()
	policy := DefaultPolicy()
	policy.Version = 4
	options := EngineOptions{HashKey: []byte("k"), ModelID: uuid.New(), ModelVersion: 2}
	engine := NewEngine(testModel(t), policy, options)
	heavier := policy
	heavier.Priority = DefaultWeights()
	heavier.Priority.Urgency = map[string]int{UrgencyCritical: 40, UrgencyHigh: 39, UrgencyNormal: 38, UrgencyLow: 0}
	later := policy
	later.Version = 5
	rotated := options
	rotated.HashKey = []byte("another")
	for name, test := range map[string]struct {
		change        func(*Recorded)
		engine        *Engine
		want          ReplayResult
		differs, gone string
	}{
		"as it was":         {want: Reproduced},
		"weights":           {engine: NewEngine(testModel(t), heavier, options), want: Differs, differs: "factors"},
		"subject":           {change: func(r *Recorded) { r.Ticket.Subject = "Other" }, want: Differs, differs: "input_hash"},
		"stored value":      {change: func(r *Recorded) { r.Decision.Priority++ }, want: Differs, differs: "priority"},
		"a field":           {change: func(r *Recorded) { r.Decision.Fields[FieldRoute] = Field{Value: "x"} }, want: Differs, differs: "fields.route"},
		"a detail":          {change: func(r *Recorded) { r.Decision.Proposals = []Proposal{{Kind: ProposeSplit}} }, want: Differs, differs: "details.proposals"},
		"erased":            {change: func(r *Recorded) { r.Erased, r.Messages = true, nil }, want: Gone, gone: "text: the ticket was erased"},
		"no facts":          {change: func(r *Recorded) { r.Decision.Facts = nil }, want: Gone, gone: "facts: "},
		"a message gone":    {change: func(r *Recorded) { r.Messages = nil }, want: Gone, gone: "text: 0 of the 1 messages"},
		"key":               {engine: NewEngine(testModel(t), policy, rotated), want: Gone, differs: "input_hash", gone: "hash key: it was "},
		"policy":            {engine: NewEngine(testModel(t), later, options), want: Gone, gone: "policy: it was 4 and is 5"},
		"features":          {change: func(r *Recorded) { r.Versions = replacing(r.Versions, `"features":1`, `"features":7`) }, want: Gone, gone: "features: it was 7 and is 1"},
		"unknown version":   {change: func(r *Recorded) { r.Versions = replacing(r.Versions, `{`, `{"sense_of_smell":"v2",`) }, want: Gone, gone: `sense of smell: it was "v2" and is none`},
		"unknown but empty": {change: func(r *Recorded) { r.Versions = replacing(r.Versions, `{`, `{"sense_of_smell":"",`) }, want: Reproduced},
	} {
		recorded := stored(t, engine, typicalTicket())
		if test.change != nil {
			test.change(&recorded)
		}
		if test.engine == nil {
			test.engine = engine
		}
		got, err := recorded.Replay(test.engine)
		if err != nil {
			t.Fatal(err)
		}
		if got.Result != test.want || got.DecisionID != recorded.Decision.ID {
			t.Errorf("%s: %+v, want %s", name, got, test.want)
		}
		if test.differs != "" && !slices.Contains(got.Differs, test.differs) {
			t.Errorf("%s: %v differs, want %s among it", name, got.Differs, test.differs)
		}
		if !strings.HasPrefix(strings.Join(got.Gone, "; "), test.gone) || (test.gone == "") != (len(got.Gone) == 0) {
			t.Errorf("%s: %q is gone, want %q", name, got.Gone, test.gone)
		}
	}
}

func replacing(text json.RawMessage, old, new string) json.RawMessage {
	return json.RawMessage(strings.Replace(string(text), old, new, 1))
}

func TestExtent(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sequences  []int
		read, from int
	}{{nil, 0, 0}, {[]int{1}, 1, 0}, {[]int{1, 7, 9}, 3, 7}, {[]int{3}, 1, 3}, {[]int{5, 2}, 2, 2}} {
		var messages []desk.Message
		for _, sequence := range test.sequences {
			messages = append(messages, desk.Message{Audience: desk.Public, Sequence: sequence})
		}
		messages = append(messages, desk.Message{Audience: desk.Internal, Sequence: 2})
		if read, from := extent(messages); read != test.read || from != test.from {
			t.Errorf("%v: %d from %d, want %d from %d", test.sequences, read, from, test.read, test.from)
		}
	}
}

// A merged ticket is decided like any other, but proposes nothing.
func TestAMergedTicketProposesNothing(t *testing.T) {
	t.Parallel()
	input := thread("It fails.", "And what does a seat cost?")
	input.Previous, input.Assigned = &Previous{Priority: 3, Route: "help"}, true
	for _, act := range []string{ActNewProblem, ActWorse, ActThanks} {
		input.Merged = false
		if len(proposed(decideAs(t, act, input))) == 0 {
			t.Errorf("%s: nothing is proposed for a ticket of its own", act)
		}
		input.Merged = true
		got := decideAs(t, act, input)
		if len(got.Proposals) > 0 || got.Outcome == "" || !got.Facts.Merged {
			t.Errorf("%s: a merged ticket is decided as %+v", act, got)
		}
	}
}
