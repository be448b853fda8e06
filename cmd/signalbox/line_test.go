package main

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/copilot"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

// eventOf is a new ticket's first event, under IDs of its own.
func eventOf(id, subject, body string) string {
	return text(map[string]any{
		"event_id": "event-" + id, "ticket": map[string]any{"id": id, "subject": subject, "status": "open", "channel": "email"},
		"message":   map[string]any{"id": id + "-1", "author": "customer", "body": body},
		"requester": map[string]any{"id": "person-" + id, "name": "Nora Quill", "email": id + "@quill.example", "language": "en"},
		"account":   map[string]any{"id": "account-" + id, "name": "Quill & Daughters", "tier": "business"},
	})
}

// accepted sends an event and returns its ticket.
func (c *company) accepted(t *testing.T, event string, replayed bool) uuid.UUID {
	t.Helper()
	answer := c.hook(t, c.access.Connection.String(), c.access.HookSecret, event).wants(t, http.StatusAccepted)
	if got := answer.header.Get("Signalbox-Replayed") == "true"; got != replayed {
		t.Errorf("the hook says replayed %v, want %v", got, replayed)
	}
	var receipt struct {
		TicketID uuid.UUID `json:"ticket_id"`
	}
	answer.decode(t, &receipt)
	return receipt.TicketID
}

// decisions waits until a ticket is decided.
func (c *company) decisions(t *testing.T, ticket uuid.UUID) []triage.Decision {
	t.Helper()
	var list httpapi.DecisionList
	eventually(t, "the ticket is decided", func() bool {
		c.get(t, "/v1/tickets/"+ticket.String()+"/decisions", bearing(c.access.AgentKey)).wants(t, http.StatusOK).decode(t, &list)
		return len(list.Decisions) > 0
	})
	return list.Decisions
}

const lockedOut = "I am locked out and my crew waits in the van. The web app says AUTH_498 whatever password I type."

func testLine(t *testing.T, c *company) {
	event := eventOf("line-1", "Locked out", lockedOut)
	ticket := c.accepted(t, event, false)
	decision := c.decisions(t, ticket)[0]
	if decision.Fields[triage.FieldIntent].Value == "" || decision.Fields[triage.FieldRoute].Value == "" || decision.Reason == "" {
		t.Errorf("the decision %+v names no intent, route or reason", decision)
	}
	if decision.Versions.Model == 0 || decision.Priority < 0 || decision.Priority > 100 || len(decision.Factors) == 0 {
		t.Errorf("the decision has model %d, priority %d, %d factors", decision.Versions.Model, decision.Priority, len(decision.Factors))
	}
	if again := c.accepted(t, event, true); again != ticket {
		t.Errorf("the replay made ticket %s of %s", again, ticket)
	}
	if decisions := c.decisions(t, ticket); len(decisions) != 1 {
		t.Errorf("a replay left %d decisions, want 1", len(decisions))
	}
	var view httpapi.TicketView
	c.get(t, "/v1/tickets/"+ticket.String(), bearing(c.access.AgentKey)).wants(t, http.StatusOK).decode(t, &view)
	if view.Subject != "Locked out" || len(view.Messages) != 1 || view.Messages[0].Body != lockedOut || *view.CurrentDecisionID != decision.ID {
		t.Errorf("the ticket is %+v with %+v", view.Ticket, view.Messages)
	}
	c.hook(t, c.access.Connection.String(), "not the secret", event).wants(t, http.StatusUnauthorized)
}

func testOverride(t *testing.T, c *company) {
	ticket := c.accepted(t, eventOf("line-2", "Invoice", "Why has 312 left my account twice? We need the money back."), false)
	decision := c.decisions(t, ticket)[0]
	correct := func(body map[string]string) answer {
		return c.do(t, call{http.MethodPost, "/v1/decisions/" + decision.ID.String() + "/override", text(body), bearing(c.access.AgentKey)})
	}
	var label triage.Label
	correct(map[string]string{"field": "route", "value": "finance_desk"}).wants(t, http.StatusOK).decode(t, &label)
	if label.Field != "route" || label.Value != "finance_desk" || label.TicketID != ticket {
		t.Errorf("the override made the label %+v", label)
	}
	correct(map[string]string{"field": "route", "value": "no_such_desk"}).wants(t, http.StatusUnprocessableEntity)
}

const askCard = `{"question":"How do I change the card that we pay with?"}`

func testQuestions(t *testing.T, c *company) {
	header := visitor(c.access.PublishableKey)
	header["Accept"] = "application/json"
	var whole customer.AnswerView
	c.do(t, call{http.MethodPost, "/v1/answers", askCard, header}).wants(t, http.StatusOK).decode(t, &whole)
	if !whole.Known || len(whole.Sentences) == 0 || whole.Sentences[0].Citation.Title == "" {
		t.Fatalf("the answer is %+v, want cited sentences", whole)
	}
	stream := c.do(t, call{http.MethodPost, "/v1/answers", askCard, visitor(c.access.PublishableKey)}).wants(t, http.StatusOK)
	if kind := stream.header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("the stream is %s", kind)
	}
	var events []string
	for scanner := bufio.NewScanner(strings.NewReader(stream.body)); scanner.Scan(); {
		if name, found := strings.CutPrefix(scanner.Text(), "event: "); found {
			events = append(events, name)
		}
	}
	if len(events) != len(whole.Sentences)+1 || events[len(events)-1] != "answer" {
		t.Errorf("the stream's events are %v, want %d sentences and an answer", events, len(whole.Sentences))
	}
	var unknown customer.AnswerView
	c.do(t, call{http.MethodPost, "/v1/answers", `{"question":"Which planet has the most moons?"}`, header}).wants(t, http.StatusOK).decode(t, &unknown)
	if unknown.Known || unknown.TicketForm == "" || len(unknown.Sentences) != 0 {
		t.Errorf("a question that no article answers got %+v", unknown)
	}
}

func testBriefAndSearch(t *testing.T, c *company) {
	ticket := c.accepted(t, eventOf("line-3", "Charged twice", "The payment failed, I paid by hand, and a day later it was debited again."), false)
	c.decisions(t, ticket)
	var brief copilot.Brief
	c.get(t, "/v1/agent/tickets/"+ticket.String()+"/brief", bearing(c.access.AgentKey)).wants(t, http.StatusOK).decode(t, &brief)
	if brief.TicketID != ticket || brief.Summary == "" || brief.Decision == nil || len(brief.Articles) == 0 || len(brief.Similar) == 0 {
		t.Errorf("the brief is %+v, want a summary, the decision, articles and similar tickets", brief)
	}
	var found httpapi.PassageList
	c.get(t, "/v1/agent/search?audience=internal&q="+url.QueryEscape("debited twice after paying by hand"), bearing(c.access.AgentKey)).
		wants(t, http.StatusOK).decode(t, &found)
	if !holds(found.Passages, "Debited twice after paying by hand") {
		t.Errorf("an agent's search does not find the internal article: %+v", found.Passages)
	}
	c.get(t, "/v1/agent/search?q=refund", visitor(c.access.PublishableKey)).wants(t, http.StatusUnauthorized)
}

func holds(passages []retrieval.Passage, title string) bool {
	for _, passage := range passages {
		if passage.Title == title {
			return true
		}
	}
	return false
}
