package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func reader() desk.Actor { return desk.Actor{Kind: desk.AgentActor, ID: newID()} }

// drawInto stores a decision of a new ticket that is in the blind sample.
func drawInto(t testing.TB, db *DB, connection uuid.UUID, name string, readings int, change func(*triage.Decision)) desk.Receipt {
	t.Helper()
	receipt := receive(t, db, event(connection, "d-"+name, "T-"+name, "u-"+name))
	decision := decided(receipt, 1, 50)
	decision.Facts = &triage.Facts{Channel: "email", Account: &triage.AccountFacts{Tier: "business"}}
	if change != nil {
		change(&decision)
	}
	draw := &triage.BlindDraw{Probability: 0.25, Readings: readings, Fields: []string{triage.FieldIntent, triage.FieldRoute}}
	for range 2 { // a task may run twice
		_, err := db.SaveDrawn(t.Context(), workOf(t, db, receipt), decision, draw)
		must(t, err)
	}
	return receipt
}

func blindQuestions(t testing.TB, db *DB, actor desk.Actor) []triage.BlindQuestion {
	t.Helper()
	queue, err := db.BlindQuestions(t.Context(), actor, 50)
	must(t, err)
	return queue.Questions
}

func TestABlindQuestionShowsIntakeOnly(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receipt := drawInto(t, db, connection, "1", 2, nil)
	later := event(connection, "d-later", "T-1", "u-1")
	later.Message.Body = "LATER it works again"
	receive(t, db, later)
	note := event(connection, "d-note", "T-1", "u-1")
	note.Message.Body, note.Message.AuthorKind, note.Message.Audience = "NOTE for us", desk.ByAgent, desk.Internal
	receive(t, db, note)
	must(t, db.AddLabel(t.Context(), reader(), receipt.TicketID, triage.FieldIntent, "refund", triage.Blind))

	asked := blindQuestions(t, db, reader())
	if len(asked) != 1 || asked[0].TicketID != receipt.TicketID || asked[0].Reading != 1 || asked[0].Tier != "business" || len(asked[0].Messages) != 1 {
		t.Fatalf("the question is %+v", asked)
	}
	shown := fmt.Sprintf("%+v", asked[0])
	for _, hidden := range []string{"LATER", "NOTE", "login", "identity", "0.9", "refund"} {
		if strings.Contains(strings.ReplaceAll(shown, "Cannot log in", ""), hidden) {
			t.Errorf("%q is shown in %s", hidden, shown)
		}
	}
}

func TestWhoMayAnswerBlindly(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receipt := drawInto(t, db, connection, "1", 2, nil)
	first, second, third, handled := reader(), reader(), reader(), reader()
	decisionID := value[uuid.UUID](t, db.app, "select id from decisions where ticket_id = $1", receipt.TicketID)
	_, err := db.Override(t.Context(), handled, decisionID, triage.FieldRoute, "billing")
	must(t, err)
	answer := map[string]string{triage.FieldIntent: "refund", triage.FieldRoute: "identity"}
	for _, step := range []struct {
		name     string
		actor    desk.Actor
		answers  map[string]string
		want     fault.Kind // "" stores
		repeated bool
	}{
		{"who has handled it", handled, answer, fault.Conflict, false},
		{"a customer", desk.Actor{Kind: desk.CustomerActor}, answer, fault.Forbidden, false},
		{"nothing", first, nil, fault.Unprocessable, false},
		{"a field that is not asked", first, map[string]string{triage.FieldKind: "advisory"}, fault.Unprocessable, false},
		{"the first", first, answer, "", false},
		{"the first again", first, answer, "", true},
		{"the first otherwise", first, map[string]string{triage.FieldIntent: "login"}, fault.Conflict, false},
		{"the second", second, map[string]string{triage.FieldIntent: "login"}, "", false},
		{"a third", third, answer, fault.Conflict, false},
	} {
		reviewed, err := db.AnswerBlind(t.Context(), step.actor, receipt.TicketID, step.answers)
		if step.want != "" && !fault.Is(err, step.want) || step.want == "" && (err != nil || reviewed.Repeated != step.repeated) {
			t.Errorf("%s: %+v, %v", step.name, reviewed, err)
		}
	}
	if n := count(t, db, "labels where provenance = 'blind'"); n != 3 {
		t.Errorf("%d blind labels, want 3", n)
	}
	if n := count(t, db, "audit_log where action = 'review.blind' and details::text not like '%refund%'"); n != 2 {
		t.Errorf("%d audit entries, want 2 without values", n)
	}
	for _, actor := range []desk.Actor{first, second, third, handled} {
		if asked := blindQuestions(t, db, actor); len(asked) != 0 {
			t.Errorf("%s is asked %+v", actor.ID, asked)
		}
	}
	report, err := db.Promise(t.Context())
	must(t, err)
	if agreement := report.Agreement[triage.FieldIntent]; agreement.Cases != 1 || agreement.Agreed != 0 {
		t.Errorf("the two readers' agreement is %+v", agreement)
	}
}

func TestTheBlindSampleKeepsToGroupsAndMinutes(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	drawInto(t, db, connection, "1", 1, nil)
	hidden := restricted(t, db, connection)
	decision := decided(hidden, 1, 50)
	_, err := db.SaveDrawn(t.Context(), workOf(t, db, hidden), decision, &triage.BlindDraw{Probability: 1, Readings: 1, Fields: []string{triage.FieldIntent}})
	must(t, err)
	outsider := reader()
	insider := desk.Actor{Kind: desk.AgentActor, ID: newID(), Groups: []string{"legal"}}
	if n := len(blindQuestions(t, db, outsider)); n != 1 {
		t.Errorf("an agent outside of the group is asked about %d tickets, want 1", n)
	}
	if n := len(blindQuestions(t, db, insider)); n != 2 {
		t.Errorf("an agent of the group is asked about %d tickets, want 2", n)
	}
	if _, err := db.AnswerBlind(t.Context(), outsider, hidden.TicketID, map[string]string{triage.FieldIntent: "login"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("outside of the group: %v, want not found", err)
	}
	policy := triage.DefaultPolicy()
	policy.Review.MinutesADay = 0.5 // one answer of 30 seconds
	putPolicy(t, db, policy)
	queue, err := db.BlindQuestions(t.Context(), insider, 50)
	must(t, err)
	if queue.LeftToday != 1 || len(queue.Questions) != 1 || queue.Waiting != 2 {
		t.Errorf("with half a minute a day the queue is %+v", queue)
	}
	_, err = db.AnswerBlind(t.Context(), insider, queue.Questions[0].TicketID, map[string]string{triage.FieldIntent: "login"})
	must(t, err)
	if n := len(blindQuestions(t, db, insider)); n != 0 {
		t.Errorf("once the minutes are used up %d are asked", n)
	}
}

func TestUnsureTicketsAreAnsweredOnce(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	var receipts []desk.Receipt
	for i, name := range []string{"low", "high"} {
		receipt := receive(t, db, event(connection, "d-"+name, "T-"+name, "u-"+name))
		decision := decided(receipt, 1, 10+80*i)
		decision.Outcome = triage.Review
		decision.Fields[triage.FieldIntent] = triage.Field{Value: "login", Outcome: triage.Review, Reason: triage.ReasonUnsure,
			Scores: []triage.Score{{Value: "login", Probability: 0.3}, {Value: "refund", Probability: 0.28}, {Value: "other", Probability: 0.1}}}
		save(t, db, workOf(t, db, receipt), decision)
		receipts = append(receipts, receipt)
	}
	listed, err := db.Unsure(t.Context(), agent, 10, false)
	must(t, err)
	if len(listed) != 2 || listed[0].TicketID != receipts[1].TicketID || listed[0].Body == "" || len(listed[0].Fields) != 1 || len(listed[0].Fields[0].Scores) != 2 {
		t.Fatalf("listed are %+v, want the urgent one first with its top two", listed)
	}
	me := reader()
	answers := map[string]string{triage.FieldIntent: "login", triage.FieldRoute: "billing"}
	for _, repeated := range []bool{false, true} {
		reviewed, err := db.AnswerUnsure(t.Context(), me, listed[0].DecisionID, answers)
		if err != nil || reviewed.Repeated != repeated || len(reviewed.Fields) != 2 {
			t.Errorf("%+v, %v, want repeated %v", reviewed, err, repeated)
		}
	}
	labels, err := db.Labels(t.Context(), agent, receipts[1].TicketID)
	must(t, err)
	got := map[string]triage.Provenance{}
	for _, label := range labels {
		got[label.Field] = label.Provenance
	}
	if len(labels) != 2 || got[triage.FieldIntent] != triage.ConfirmedSuggestion || got[triage.FieldRoute] != triage.Override {
		t.Errorf("the labels are %+v", labels)
	}
	if listed, err = db.Unsure(t.Context(), agent, 10, true); err != nil || len(listed) != 1 || len(listed[0].Fields[0].Scores) != 3 {
		t.Errorf("after the answer %+v is left, %v", listed, err)
	}
}
