package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/copilot"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/triage"
)

func TestARestrictedTicketIsNobodyElses(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	open := s.ticket(s.hook, "O-1", "Log in", "I cannot log in since yesterday, the contract is fine.")
	s.decide(open)
	agent, lawyer := s.agent(), s.agent("legal")
	for _, test := range []struct {
		who  string
		with map[string]string
		sees bool
	}{{"agent", agent, false}, {"lawyer", lawyer, true}} {
		list := decode[httpapi.TicketPage](t, s.get("/v1/tickets?order=priority", test.with), http.StatusOK)
		sees := slices.ContainsFunc(list.Tickets, func(q triage.Queued) bool { return q.Ticket.ID == s.restricted.TicketID })
		if sees != test.sees {
			t.Errorf("%s sees the restricted ticket in the list: %v, want %v", test.who, sees, test.sees)
		}
		brief := decode[copilot.Brief](t, s.get("/v1/agent/tickets/"+open.TicketID.String()+"/brief", test.with), http.StatusOK)
		sees = slices.ContainsFunc(brief.Similar, func(similar copilot.SimilarTicket) bool { return similar.TicketID == s.restricted.TicketID })
		if sees != test.sees {
			t.Errorf("%s sees the restricted ticket among similar ones: %v, want %v", test.who, sees, test.sees)
		}
	}
	if labels := s.count("select count(*) from labels"); labels != 0 {
		t.Errorf("%d labels before any override, want 0", labels)
	}
	override := call{http.MethodPost, "/v1/decisions/" + s.decision.String() + "/override", `{"field": "intent", "value": "refund"}`, agent}
	problemOf(t, s.do(override), http.StatusNotFound)
	if labels := s.count("select count(*) from labels"); labels != 0 {
		t.Errorf("an agent outside the group left %d labels, want 0", labels)
	}
}

func TestAgentsReadDecideAndCorrect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.ticket(w.hook(""), "T-1", "Log in", "I cannot log in.")
	agent, path := w.agent(), "/v1/tickets/"+made.TicketID.String()
	view := decode[httpapi.TicketView](t, w.get(path, agent), http.StatusOK)
	if view.Subject != "Log in" || len(view.Messages) != 1 || view.Messages[0].Body != "I cannot log in." {
		t.Errorf("the ticket reads %+v, want its subject and one message", view)
	}
	if undecided := w.get(path+"/decisions", agent); undecided.status != http.StatusOK || !strings.Contains(undecided.body, `"decisions":[]`) {
		t.Errorf("an undecided ticket answers %d %s, want an empty list", undecided.status, undecided.body)
	}
	decision := w.decide(made)
	decisions := decode[httpapi.DecisionList](t, w.get(path+"/decisions", agent), http.StatusOK).Decisions
	if len(decisions) != 1 || decisions[0].ID != decision {
		t.Fatalf("decisions are %+v, want the one that was stored", decisions)
	}
	override := "/v1/decisions/" + decision.String() + "/override"
	label := decode[triage.Label](t, w.do(call{http.MethodPost, override, `{"field": "intent", "value": "refund"}`, agent}), http.StatusOK)
	if label.Value != "refund" || label.Replaced != "login" || label.Provenance != triage.Override {
		t.Errorf("the label is %+v, want refund instead of login", label)
	}
	label = decode[triage.Label](t, w.do(call{http.MethodPost, override, `{"field": "sensitive", "value": ""}`, agent}), http.StatusOK)
	if label.Field != "sensitive" || label.Value != "" {
		t.Errorf("the label is %+v, want nothing sensitive", label)
	}
	unknown := "/v1/decisions/" + uuid.Must(uuid.NewV7()).String() + "/override"
	problemOf(t, w.do(call{http.MethodPost, unknown, `{"field": "intent", "value": "refund"}`, agent}), http.StatusNotFound)
}

func TestTicketsComePageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook, agent := w.hook(""), w.agent()
	if empty := w.get("/v1/tickets", agent); !strings.Contains(empty.body, `"tickets":[]`) {
		t.Errorf("without tickets the list is %s, want []", empty.body)
	}
	for _, id := range []string{"1", "2", "3"} {
		w.ticket(hook, id, "Ticket "+id, "text")
	}
	var subjects []string
	for cursor := ""; ; {
		page := decode[httpapi.TicketPage](t, w.get("/v1/tickets?limit=2&cursor="+cursor, agent), http.StatusOK)
		for _, queued := range page.Tickets {
			subjects = append(subjects, queued.Ticket.Subject)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := []string{"Ticket 3", "Ticket 2", "Ticket 1"}; !slices.Equal(subjects, want) {
		t.Errorf("the pages hold %v, want %v", subjects, want)
	}
}

func TestAgentsSearchBothAudiencesAndCustomersOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.teach()
	site, agent := w.site(), w.agent()
	const query = "q=zanzibar+refund+yearly+plan"
	if got := w.get("/v1/agent/search?"+query, agent); !strings.Contains(got.body, "zanzibar") || !strings.Contains(got.body, "14 days") {
		t.Errorf("an agent finds %s, want passages of both audiences", got.body)
	}
	if got := w.get("/v1/agent/search?audience=public&"+query, agent); strings.Contains(got.body, "zanzibar") {
		t.Errorf("an agent who asks for public passages finds %s", got.body)
	}
	if got := w.get("/v1/search?"+query, site.visitor()); strings.Contains(got.body, "zanzibar") || !strings.Contains(got.body, "14 days") {
		t.Errorf("a visitor finds %s, want the public passage alone", got.body)
	}
	if got := w.get("/v1/agent/search?q=refnuds", agent); !strings.Contains(got.body, `"corrections":{"refnuds":`) || !strings.Contains(got.body, `"found_by"`) {
		t.Errorf("a misspelt word is not explained: %s", got.body)
	}
	if got := w.get("/v1/agent/search?max_age_days=1&updated_after=2099-01-01T00:00:00Z&"+query, agent); !strings.Contains(got.body, `"passages":[]`) {
		t.Errorf("what is older than a day in 2099 is found: %s", got.body)
	}
	if got := w.get("/v1/agent/search/suggestions?q=ref", agent); strings.Count(got.body, `"audience":"internal"`) != 1 {
		t.Errorf("agents are not suggested the internal title: %s", got.body)
	}
	if got := w.get("/v1/search/suggestions?q=ref", site.visitor()); !strings.Contains(got.body, `"title":"Refund`) || strings.Contains(got.body, "imits") || strings.Contains(got.body, "audience") {
		t.Errorf("customers are suggested %s", got.body)
	}
	if got := w.get("/v1/agent/search?q=%3F%3F", agent); !strings.Contains(got.body, `"passages":[]`) {
		t.Errorf("a question without words finds %s, want []", got.body)
	}
	internal := w.count("select count(*) from articles where audience = 'internal' and source_key = 'refund-limits'")
	if internal != 1 {
		t.Fatalf("%d internal articles, want 1", internal)
	}
	var id uuid.UUID
	must(t, w.pg.Admin.QueryRow(t.Context(), "select id from articles where audience = 'internal' and source_key = 'refund-limits'").Scan(&id))
	problemOf(t, w.get("/v1/articles/"+id.String(), site.visitor()), http.StatusNotFound)
}

func TestADecisionIsExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.ticket(w.hook(""), "T-1", "Log in", "I cannot log in.")
	path, agent := "/v1/decisions/"+w.decide(made).String()+"/explanation", w.agent()
	got := decode[triage.Explanation](t, w.get(path, agent), http.StatusOK)
	if got.TicketID != made.TicketID || got.Fields["intent"].Value != "login" || got.Reason != "login problem" || got.Erased || len(got.Notes) == 0 {
		t.Errorf("the explanation is %+v", got)
	}
	w.run("update tickets set erased_at = now() where id = $1", made.TicketID)
	if got := decode[triage.Explanation](t, w.get(path, agent), http.StatusOK); !got.Erased {
		t.Errorf("the explanation does not say that the ticket was erased: %+v", got)
	}
	problemOf(t, w.get("/v1/decisions/"+uuid.Must(uuid.NewV7()).String()+"/explanation", agent), http.StatusNotFound)
}
