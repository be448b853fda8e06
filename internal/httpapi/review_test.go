package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/triage"
)

// sample decides a ticket and draws it into the blind sample.
func (w *world) sample(of receipt) {
	w.t.Helper()
	w.decide(of)
	w.run(`insert into blind_samples (ticket_id, decision_id, probability, readings, fields)
		select ticket_id, id, 0.5, 1, '{intent,route}' from decisions where ticket_id = $1`, of.TicketID)
}

func (w *world) review(with map[string]string, kind string, id uuid.UUID, answers string) answer {
	return w.do(call{http.MethodPost, "/v1/agent/review", fmt.Sprintf(`{"kind": %q, "id": %q, "answers": %s}`, kind, id, answers), with})
}

func TestBlindReviewOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.ticket(w.hook(""), "T-1", "Log in", "I cannot get in.")
	w.sample(made)
	agent, handled := w.agent(), w.agent()
	w.do(call{http.MethodPost, "/v1/decisions/" + w.decisionOf(made).String() + "/override", `{"field": "intent", "value": "refund"}`, handled})

	shown := w.get("/v1/agent/review?kind=blind", agent)
	queue := decode[httpapi.ReviewQueue](t, shown, http.StatusOK)
	if queue.Blind == nil || len(queue.Blind.Questions) != 1 || queue.Blind.Questions[0].TicketID != made.TicketID || queue.Blind.LeftToday != 30 {
		t.Fatalf("the queue is %s", shown.body)
	}
	for _, hidden := range []string{"identity", "refund", "scores", "0.9", "decision"} {
		if strings.Contains(shown.body, hidden) {
			t.Errorf("a blind question shows %q: %s", hidden, shown.body)
		}
	}
	if none := decode[httpapi.ReviewQueue](t, w.get("/v1/agent/review?kind=blind", handled), http.StatusOK); len(none.Blind.Questions) != 0 {
		t.Errorf("who has handled the ticket is asked: %+v", none.Blind)
	}
	problemOf(t, w.review(handled, "blind", made.TicketID, `{"intent": "login"}`), http.StatusConflict)
	problemOf(t, w.review(agent, "blind", made.TicketID, `{"intent": "sunshine"}`), http.StatusUnprocessableEntity)
	problemOf(t, w.review(agent, "blind", made.TicketID, `{}`), http.StatusUnprocessableEntity)
	problemOf(t, w.review(agent, "blind", uuid.New(), `{"intent": "login"}`), http.StatusNotFound)
	for _, repeated := range []bool{false, true} {
		got := decode[triage.Reviewed](t, w.review(agent, "blind", made.TicketID, `{"intent": "login", "route": "billing"}`), http.StatusOK)
		if got.Repeated != repeated || len(got.Fields) != 2 {
			t.Errorf("%+v, want repeated %v", got, repeated)
		}
	}
	if n := w.count("select count(*) from labels where provenance = 'blind'"); n != 2 {
		t.Errorf("%d blind labels, want 2", n)
	}
}

func (w *world) decisionOf(of receipt) (id uuid.UUID) {
	w.t.Helper()
	must(w.t, w.pg.Admin.QueryRow(context.Background(), "select current_decision_id from tickets where id = $1", of.TicketID).Scan(&id))
	return id
}

func TestUnsureReviewOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.ticket(w.hook(""), "T-1", "Log in", "I cannot get in.")
	decision := w.decide(made)
	w.run(`update decisions set outcome = 'review', fields = jsonb_set(fields, '{intent,outcome}', '"review"')`)
	agent := w.agent()
	queue := decode[httpapi.ReviewQueue](t, w.get("/v1/agent/review", agent), http.StatusOK)
	if len(queue.Unsure) != 1 || queue.Unsure[0].DecisionID != decision || queue.Unsure[0].Reason != "login problem" || len(queue.Unsure[0].Fields) != 1 {
		t.Fatalf("the queue is %+v", queue)
	}
	for _, repeated := range []bool{false, true} {
		if got := decode[triage.Reviewed](t, w.review(agent, "unsure", decision, `{"intent": "login"}`), http.StatusOK); got.Repeated != repeated {
			t.Errorf("%+v, want repeated %v", got, repeated)
		}
	}
	if n := w.count("select count(*) from labels where provenance = 'confirmed_suggestion'"); n != 1 {
		t.Errorf("%d confirmations, want 1", n)
	}
}

func TestPolicyAndPromiseOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.key(postgres.NewKey{Scope: desk.AdminActor})
	for _, threshold := range []float64{0.9, 0.95} {
		policy, err := w.db.Policy(t.Context())
		must(t, err)
		policy.Fields[triage.FieldRoute] = triage.FieldPolicy{Mode: triage.ModeAuto, Threshold: threshold, Target: 0.95}
		_, _, err = w.db.PutPolicy(t.Context(), operator, policy, postgres.PolicyEdit{Action: postgres.PolicyPut})
		must(t, err)
	}
	if policy := decode[triage.Policy](t, w.get("/v1/admin/policy", admin), http.StatusOK); policy.Version != 2 || policy.Fields[triage.FieldRoute].Threshold != 0.95 {
		t.Errorf("the policy is %+v", policy)
	}
	rolled := decode[httpapi.PolicyRollback](t, w.do(call{http.MethodPost, "/v1/admin/policy:rollback", `{}`, admin}), http.StatusOK)
	if rolled.Version != 3 || len(rolled.Changes) != 1 || rolled.Changes[0].Path != "fields.route.threshold" {
		t.Errorf("rolled back to %+v", rolled)
	}
	problemOf(t, w.do(call{http.MethodPost, "/v1/admin/policy:rollback", `{"to": 9}`, admin}), http.StatusNotFound)
	history := decode[httpapi.PolicyHistory](t, w.get("/v1/admin/policy/versions", admin), http.StatusOK)
	if len(history.Versions) != 3 || history.Versions[0].Action != "policy.rollback" || history.Versions[0].Actor != desk.AdminActor || history.Versions[0].ActorID == nil {
		t.Errorf("the history is %+v", history)
	}
	report := decode[triage.PromiseReport](t, w.get("/v1/admin/promise", admin), http.StatusOK)
	for _, field := range report.Fields {
		if watched := field.Field == triage.FieldRoute; (field.State == "inconclusive") != watched {
			t.Errorf("%s stands at %+v", field.Field, field)
		}
	}
}
