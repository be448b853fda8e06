package triage

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

func TestExplainListsTheSum(t *testing.T) {
	t.Parallel()
	decision := decide(t, testEngine(t, DefaultPolicy()), typicalTicket())
	lines := Explain(decision)
	if lines[0] != decision.Reason {
		t.Errorf("the first line is %q, want the reason", lines[0])
	}
	if !slices.Contains(lines, "+2 account tier business") {
		t.Errorf("no line for the account's tier in %q", lines)
	}
	for _, line := range lines {
		if strings.Contains(line, "attic") || strings.Contains(line, "GW_504") {
			t.Errorf("the line %q repeats the ticket", line)
		}
	}
}

func TestExplainSaysWhenTheSumWasCut(t *testing.T) {
	t.Parallel()
	decision := Decision{Priority: 100, Factors: []Factor{{Name: FactorUrgency, Value: UrgencyCritical, Points: 120}, {Name: FactorVIP, Value: "yes", Points: -3}}}
	lines := strings.Join(Explain(decision), "\n")
	for _, want := range []string{"+120 urgency critical", "-3 vip yes", "the sum is 117"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is missing in %q", want, lines)
		}
	}
}

func TestRenderResolvesSpans(t *testing.T) {
	t.Parallel()
	input := typicalTicket()
	quotes := decide(t, testEngine(t, DefaultPolicy()), input).Render(input)
	if !slices.ContainsFunc(quotes, func(q Quote) bool { return q.Name == EntityErrorCode && q.Text == "GW_504" }) {
		t.Errorf("no quote of the error code in %+v", quotes)
	}
	if !slices.ContainsFunc(quotes, func(q Quote) bool { return q.Name == FactorUrgency || q.Name == FactorImpact }) {
		t.Errorf("no evidence in %+v", quotes)
	}
}

func TestRenderLeavesOutWhatIsNotThere(t *testing.T) {
	t.Parallel()
	input := ticket("subject", "bödy")
	note := desk.Message{ID: uuid.New(), Audience: desk.Internal, AuthorKind: desk.ByAgent, Body: "private note"}
	input.Messages = append(input.Messages, note)
	public := input.Messages[0].ID
	decision := Decision{Factors: []Factor{{Name: FactorUrgency, Evidence: []Span{
		{MessageID: note.ID, Start: 0, End: 5},
		{MessageID: uuid.New(), Start: 0, End: 1},
		{MessageID: public, Start: -1, End: 2},
		{MessageID: public, Start: 2, End: 2},
		{MessageID: public, Start: 0, End: 99},
		{MessageID: public, Start: 1, End: 2}, // half a character
		{Start: 0, End: 7},
	}}}}
	quotes := decision.Render(input)
	if len(quotes) != 2 || quotes[0].Text != "\uFFFD" || quotes[1].Text != "subject" {
		t.Errorf("the quotes are %+v, want a replaced half character and the subject", quotes)
	}
}

func TestSureness(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		confidence float64
		state      ConfidenceState
		want       string
	}{
		{0.8999, Calibrated, "89 %"}, {0.9, Provisional, "90 %"}, {1, Calibrated, "100 %"}, {0.29, Calibrated, "29 %"},
		{0.99, Uncalibrated, "highly"}, {0.6, Uncalibrated, "moderately"}, {0.1, Uncalibrated, "hardly"},
	} {
		if got := sureness(test.confidence, test.state); got != test.want {
			t.Errorf("%v %s is shown as %q, want %q", test.confidence, test.state, got, test.want)
		}
	}
}
