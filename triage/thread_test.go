package triage

import (
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/detect"
)

// fixedAct answers every question with one act.
type fixedAct string

func (f fixedAct) Read(string, []float32, []byte) (detect.Reading, error) {
	return detect.Reading{}, nil
}

func (f fixedAct) ThanksFloor() float64 { return 0 }

func (f fixedAct) Act([]detect.Message, string) []detect.Score {
	return []detect.Score{{Value: string(f), Probability: 0.9}, {Value: "other", Probability: 0.1}}
}

// thread is a ticket with a first message and a further one.
func thread(first, further string) Input {
	message := func(sequence int, body string) desk.Message {
		return desk.Message{ID: uuid.New(), Audience: desk.Public, Sequence: sequence, AuthorKind: desk.ByCustomer, Body: body}
	}
	return Input{Now: testNow, Messages: []desk.Message{message(1, first), message(2, further)}, StatusBefore: desk.StatusOpen}
}

func decideAs(t *testing.T, act string, input Input) Decision {
	t.Helper()
	engine := NewEngine(nil, DefaultPolicy(), EngineOptions{HashKey: []byte("key")})
	engine.detectors = fixedAct(act)
	decision, err := engine.Decide(input)
	if err != nil {
		t.Fatal(err)
	}
	return decision
}

func proposed(decision Decision) []string {
	var kinds []string
	for _, proposal := range decision.Proposals {
		kinds = append(kinds, proposal.Kind)
	}
	return kinds
}

func TestQuietMessagesRaiseNothing(t *testing.T) {
	t.Parallel()
	for _, act := range []string{ActThanks, ActAutoReply, ActCancel} {
		for _, assigned := range []bool{false, true} {
			input := thread("The colour of the button is odd.", "Thank you, production down is over, everything is down no more")
			input.Previous, input.Assigned = &Previous{Priority: 9, Route: "help"}, assigned
			got := decideAs(t, act, input)
			if got.Priority > 9 || got.Fields[FieldAct].Value != act {
				t.Errorf("%s (assigned %v): priority %d, act %q", act, assigned, got.Priority, got.Fields[FieldAct].Value)
			}
			sum := 0
			for _, factor := range got.Factors {
				sum += factor.Points
			}
			if sum != got.Priority {
				t.Errorf("%s: the factors sum to %d, the priority is %d", act, sum, got.Priority)
			}
			if got.Fields[FieldPriority].Value != BandLow {
				t.Errorf("%s: the band is %q", act, got.Fields[FieldPriority].Value)
			}
		}
	}
}

func TestAnAssignedTicketIsOnlyRaisedByWorseNews(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		act      string
		previous int
		want     int
		notified bool
	}{
		{ActMoreInformation, 3, 3, false}, {ActMoreInformation, 90, 90, false}, {ActStillBroken, 3, 3, false},
		{ActWorse, 3, 27, true}, {ActWorse, 90, 90, false},
	} {
		input := thread("It is slow.", "Now it is slower.")
		input.Previous, input.Assigned = &Previous{Priority: test.previous, Route: "help"}, true
		got := decideAs(t, test.act, input)
		notified := len(got.Proposals) > 0 && got.Proposals[0].Kind == ProposeNotifyAssignee
		if got.Priority != test.want || notified != test.notified {
			t.Errorf("%s from %d: priority %d, proposals %v; want %d", test.act, test.previous, got.Priority, got.Proposals, test.want)
		}
		if route := got.Fields[FieldRoute]; route.Value != "help" || route.Reason != ReasonAssigned {
			t.Errorf("%s: the route is %+v, want what it was", test.act, route)
		}
	}
}

func TestThreadProposals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, act      string
		before         desk.Status
		first, further string
		want           string
	}{
		{"thanks on an open ticket", ActThanks, desk.StatusOpen, "It fails.", "Works now, thanks.", ProposeSolve},
		{"thanks on a solved ticket", ActThanks, desk.StatusSolved, "It fails.", "Works now, thanks.", ""},
		{"withdrawn", ActCancel, desk.StatusOpen, "It fails.", "Never mind.", ProposeSolve},
		{"vacation", ActAutoReply, desk.StatusSolved, "It fails.", "I am away until Monday.", ""},
		{"another matter", ActNewProblem, desk.StatusOpen, "It fails.", "And what does a seat cost?", ProposeSplit},
		{"another matter after the end", ActNewProblem, desk.StatusClosed, "It fails.", "What does a seat cost?", ProposeLink},
		{"back again", ActStillBroken, desk.StatusSolved, "It shows ERR_42 in v2.3.1.", "ERR_42 again.", ProposeReopen},
		{"another error", ActStillBroken, desk.StatusSolved, "It shows ERR_42.", "Now it shows ERR_77.", ProposeLink},
		{"another version", ActMoreInformation, desk.StatusSolved, "On v2.3.1 it fails.", "On v3.0.0 it fails.", ProposeLink},
		{"more on an open ticket", ActMoreInformation, desk.StatusOpen, "It fails.", "Since Monday.", ""},
	} {
		input := thread(test.first, test.further)
		input.StatusBefore = test.before
		got := proposed(decideAs(t, test.act, input))
		if (test.want == "") != (len(got) == 0) || len(got) > 0 && got[0] != test.want {
			t.Errorf("%s: proposed %v, want %q", test.name, got, test.want)
		}
	}
}

func TestAnUnlikelyActIsMoreInformation(t *testing.T) {
	t.Parallel()
	read := reading{fields: map[string]fieldReading{FieldAct: {trained: true, scores: []Score{{ActThanks, 0.4}, {ActWorse, 0.3}}}}}
	if got := read.act(); got != ActMoreInformation {
		t.Errorf("the act is %q", got)
	}
}

func TestQuietMessagesAreNotRead(t *testing.T) {
	t.Parallel()
	input := thread("It fails.", "Thanks!")
	if got := len(withoutQuiet(input, ActThanks).Messages); got != 1 {
		t.Errorf("%d messages are left, want the first", got)
	}
	if got := len(withoutQuiet(input, ActWorse).Messages); got != 2 {
		t.Errorf("%d messages are left, want both", got)
	}
	input.Quiet = []uuid.UUID{input.Messages[0].ID, input.Messages[1].ID}
	if got := withoutQuiet(input, ActWorse).Messages; len(got) != 1 || got[0].Sequence != 1 {
		t.Errorf("%v is left, want the first message", got)
	}
}

func TestAPersonsAllClearHidesNoLaterMessage(t *testing.T) {
	t.Parallel()
	input := thread("The list is slow.", "My lawyer will send you a letter before action tomorrow.")
	input.Edits = map[string]string{FieldSensitive: ""}
	engine := NewEngine(nil, DefaultPolicy(), EngineOptions{HashKey: []byte("key")})
	decision, err := engine.Decide(input)
	if err != nil {
		t.Fatal(err)
	}
	if got := decision.Fields[FieldSensitive]; got.Value != SensitiveLegal || decision.Outcome != Review {
		t.Errorf("the field is %+v, the outcome %s", got, decision.Outcome)
	}
}

func TestAPersonsEditIsKept(t *testing.T) {
	t.Parallel()
	input := thread("It is slow.", "Please.")
	input.Edits = map[string]string{
		FieldRoute: "my_team", FieldUrgency: UrgencyCritical, FieldPriority: BandHigh, FieldSensitive: "", FieldIntent: "speed",
	}
	got := decideAs(t, ActMoreInformation, input)
	for field, value := range input.Edits {
		if f := got.Fields[field]; f.Value != value || f.Outcome != Kept || f.Reason != ReasonSetByPerson {
			t.Errorf("%s is %+v, want %q, kept", field, f, value)
		}
	}
	if band := DefaultWeights().Bands.band(got.Priority); band != BandHigh {
		t.Errorf("priority %d is %s, want the person's high", got.Priority, band)
	}
}

// A sum above 100 counts as 100. What then lowers the priority takes the rest as well,
// or the factors would no longer sum to it.
func TestTheFactorsSumToThePriorityBeyondItsEnds(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Input){
		"kept":   func(i *Input) { i.Previous, i.Assigned = &Previous{Priority: 60, Route: "help"}, true },
		"edited": func(i *Input) { i.Edits[FieldPriority] = BandLow },
		"unconfirmed": func(i *Input) {
			i.Customer.Role, i.Messages[1].Body = "member", "Everything is down for everyone, total outage."
		},
	} {
		input := thread("It fails.", "Still.")
		input.Account = &desk.Account{Tier: "enterprise", AnnualValueCents: 100_000_000_00}
		input.Customer, input.RecentTickets = &desk.Customer{VIP: true, Role: "admin"}, 50
		input.Edits = map[string]string{FieldUrgency: UrgencyCritical, FieldImpact: ImpactCompany, FieldKind: KindBreakFix}
		if sum := pointsOf(decideAs(t, ActStillBroken, input).Factors); sum <= 100 {
			t.Fatalf("the sum is %d: this test proves nothing", sum)
		}
		change(&input)
		got := decideAs(t, ActStillBroken, input)
		if sum := pointsOf(got.Factors); sum != got.Priority || sum >= 100 {
			t.Errorf("%s: the factors sum to %d, the priority is %d: %+v", name, sum, got.Priority, got.Factors)
		}
	}
}
