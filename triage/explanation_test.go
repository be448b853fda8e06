package triage

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// shelf is a store of one decision.
type shelf struct {
	recorded Recorded
	model    []byte
	labelled []LabelledTicket
	failure  error
}

func (s shelf) Recorded(context.Context, desk.Actor, uuid.UUID) (Recorded, error) {
	return s.recorded, s.failure
}

func (s shelf) LabelledTickets(_ context.Context, _ desk.Actor, _ uuid.UUID, _ time.Time, _ int, use func(LabelledTicket) error) error {
	for _, ticket := range s.labelled {
		if err := use(ticket); err != nil {
			return err
		}
	}
	return nil
}

func (s shelf) Model(_ context.Context, id uuid.UUID) (ModelRecord, []byte, error) {
	if s.model == nil {
		return ModelRecord{}, nil, fault.New(fault.NotFound, "no such record")
	}
	return ModelRecord{ID: id, Version: 2}, s.model, nil
}

func newShelf(t *testing.T) shelf {
	t.Helper()
	engine := NewEngine(testModel(t), DefaultPolicy(), EngineOptions{HashKey: []byte("k"), ModelID: uuid.New(), ModelVersion: 2})
	encoded, err := testModel(t).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	input := typicalTicket()
	return shelf{recorded: stored(t, engine, input), model: encoded, labelled: []LabelledTicket{
		{ID: uuid.New(), Subject: "Invoice", Text: "The invoice of March is wrong."},
		{ID: uuid.New(), Subject: "Gateway silent", Text: "The gateway of house 3 sends nothing, its lamp shows GW_504.", Labels: map[string]string{FieldIntent: "gateway_offline"}},
		{ID: uuid.New(), Subject: "", Text: ""},
		{ID: uuid.New(), Text: input.Messages[0].Body, Subject: input.Ticket.Subject}, {ID: uuid.New(), Text: "Hello there, the gateway"},
		{ID: uuid.New(), Text: "meters"}, {ID: uuid.New(), Text: "the attic"}, {ID: uuid.New(), Text: "caretaker"},
	}}
}

func TestExplanation(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	got, err := NewExplainer(s).Explanation(t.Context(), desk.Actor{}, uuid.New())
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, factor := range got.Factors {
		sum += factor.Points
	}
	if sum != got.Priority || got.Reason == "" || len(got.Fields) != len(policyFields) || len(got.Notes) > 0 {
		t.Errorf("the explanation is %+v", got)
	}
	body := s.recorded.Messages[0].Body
	for _, field := range weighedFields {
		weighing := got.Pieces[field]
		if weighing.Value != s.recorded.Decision.Fields[field].Value || len(weighing.For) == 0 || len(weighing.For) > shownPieces || len(weighing.Against) > shownPieces {
			t.Errorf("%s is weighed as %+v", field, weighing)
		}
		for i, piece := range weighing.For {
			if piece.Weight <= 0 || i > 0 && piece.Weight > weighing.For[i-1].Weight || !strings.Contains(s.recorded.Ticket.Subject+"\n"+body, piece.Text) {
				t.Errorf("%s: piece %d for it is %+v", field, i, piece)
			}
		}
		for _, piece := range weighing.Against {
			if piece.Weight >= 0 {
				t.Errorf("%s: a piece against it is %+v", field, piece)
			}
		}
	}
	if len(got.Nearest) != nearestShown || got.Nearest[0].Similarity < 0.999 || got.Nearest[1].Labels[FieldIntent] != "gateway_offline" {
		t.Errorf("the nearest tickets are %+v", got.Nearest)
	}
}

func TestExplanationSaysWhatIsGone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(*shelf)
		note    string
		failure bool
	}{
		"erased": {change: func(s *shelf) {
			s.recorded.Erased, s.recorded.Messages, s.recorded.Decision.Facts = true, nil, nil
		}, note: "the ticket was erased"},
		"no model":      {change: func(s *shelf) { s.recorded.Decision.Versions.ModelID = uuid.Nil }, note: "no model was trained"},
		"model deleted": {change: func(s *shelf) { s.model = nil }, note: "was deleted"},
		"broken model":  {change: func(s *shelf) { s.model = []byte("x") }, failure: true},
		"not seen":      {change: func(s *shelf) { s.failure = errors.New("no") }, failure: true},
	} {
		s := newShelf(t)
		test.change(&s)
		got, err := NewExplainer(s).Explanation(t.Context(), desk.Actor{}, uuid.New())
		if (err != nil) != test.failure || !strings.Contains(strings.Join(got.Notes, "; "), test.note) {
			t.Errorf("%s: notes %q, error %v; want %q", name, got.Notes, err, test.note)
		}
		if err == nil && (len(got.Nearest) > 0 || len(got.Pieces) > 0 || got.Reason == "") {
			t.Errorf("%s: %+v", name, got)
		}
		if name == "erased" && (!got.Erased || len(got.Named) > 0) {
			t.Errorf("an erased ticket is quoted: %+v", got)
		}
	}
}

// A value that a rule or a person gave may be unknown to the model.
func TestOnlyWhatTheModelKnowsIsWeighed(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.recorded.Decision.Fields[FieldRoute] = Field{Value: "night_shift"}
	weighed, err := testModel(t).weigh(s.recorded.text(), s.recorded.Decision.Fields)
	if _, route := weighed[FieldRoute]; err != nil || route || len(weighed[FieldIntent].For) == 0 {
		t.Errorf("weighed %+v, error %v", weighed, err)
	}
}
