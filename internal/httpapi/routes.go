package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/signalbox/signalbox/desk"
)

// routes lists every address of the service with who may call it. What an action
// allows stands in desk.
func (s *Server) routes() {
	customers := *s.stores.Customer
	customers.Problem = func(ctx context.Context, err error) huma.StatusError { return s.problem(ctx, err) }
	const get, post = http.MethodGet, http.MethodPost

	// helpdesks
	register(s, route{method: post, path: "/v1/hooks/{connection}", summary: "Hand in a ticket event", action: desk.PostHook, limit: limitHook, maxBody: 5 << 20, timeout: 30 * time.Second, raw: true, document: documentHook, status: http.StatusAccepted}, s.postHook)

	// customers
	register(s, route{method: get, path: "/v1/search", summary: "Search the public knowledge base", action: desk.SearchPublic, limit: limitCustomer}, customers.Search)
	register(s, route{method: get, path: "/v1/search/suggestions", summary: "Titles and headings for what was typed so far", action: desk.SearchPublic, limit: limitCustomer}, customers.Suggest)
	register(s, route{method: get, path: "/v1/articles/{id}", summary: "Read a public article", action: desk.SearchPublic, limit: limitCustomer}, customers.Article)
	register(s, route{method: post, path: "/v1/answers", summary: "Ask a question; streams cited sentences", action: desk.SearchPublic, limit: limitCustomer, maxBody: 16 << 10, timeout: time.Minute, document: documentAnswer}, customers.Ask)
	register(s, route{method: post, path: "/v1/customer/tickets", summary: "Send the ticket form", action: desk.OpenTicket, limit: limitCustomer, maxBody: 1 << 20, status: http.StatusAccepted}, customers.OpenTicket)
	register(s, route{method: get, path: "/v1/customer/tickets", summary: "List the customer's own tickets", action: desk.ReadOwnTickets, limit: limitCustomer}, customers.Tickets)
	register(s, route{method: get, path: "/v1/customer/tickets/{id}", summary: "Read one of the customer's own tickets with its public comments", action: desk.ReadOwnTickets, limit: limitCustomer}, customers.Ticket)

	// agents
	register(s, route{method: get, path: "/v1/tickets", summary: "List tickets with their current decisions", action: desk.ReadTickets, limit: limitAgent}, s.listTickets)
	register(s, route{method: get, path: "/v1/tickets/{id}", summary: "Read a ticket with its messages", action: desk.ReadTickets, limit: limitAgent}, s.getTicket)
	register(s, route{method: get, path: "/v1/tickets/{id}/decisions", summary: "List a ticket's decisions, newest first", action: desk.ReadTickets, limit: limitAgent}, s.listDecisions)
	register(s, route{method: get, path: "/v1/decisions/{id}/explanation", summary: "Why a decision is as it is, with quotes", action: desk.ReadTickets, limit: limitAgent, timeout: time.Minute}, s.explanation)
	register(s, route{method: post, path: "/v1/decisions/{id}/override", summary: "Correct one field of a decision", action: desk.OverrideDecision, limit: limitAgent}, s.override)
	register(s, route{method: get, path: "/v1/agent/search", summary: "Search both knowledge bases", action: desk.SearchInternal, limit: limitAgent}, s.agentSearch)
	register(s, route{method: get, path: "/v1/agent/search/suggestions", summary: "Titles and headings of both knowledge bases for what was typed so far", action: desk.SearchInternal, limit: limitAgent}, s.agentSuggest)
	register(s, route{method: get, path: "/v1/agent/tickets/{id}/brief", summary: "Articles, similar tickets and a draft for a ticket", action: desk.ReadTickets, limit: limitAgent, timeout: time.Minute}, s.brief)

	register(s, route{method: get, path: "/v1/agent/review", summary: "Tickets about which a person is asked", action: desk.OverrideDecision, limit: limitAgent}, s.listReview)
	register(s, route{method: post, path: "/v1/agent/review", summary: "Say what is right of such a ticket", action: desk.OverrideDecision, limit: limitAgent, refuses: []int{http.StatusNotFound, http.StatusConflict}}, s.answerReview)

	// admins: the knowledge base
	register(s, route{method: post, path: "/v1/agent/articles:import", summary: "Send files or addresses to be ingested", action: desk.ManageKnowledge, limit: limitAgent, maxBody: maximumImport, timeout: time.Minute, raw: true, document: documentImport, status: http.StatusAccepted}, s.postImport)
	register(s, route{method: get, path: "/v1/agent/imports/{id}", summary: "How far an import is, and its report", action: desk.ManageKnowledge, limit: limitAgent}, s.getImport)

	// monitoring tools
	register(s, route{method: http.MethodPut, path: "/v1/admin/status", summary: "Report an incident, or what monitoring sees", action: desk.ReportStatus, limit: limitAgent}, s.reportStatus)

	// admins: what may be done alone
	register(s, route{method: get, path: "/v1/admin/policy", summary: "Read the policy in force", action: desk.ManageService, limit: limitAgent}, s.getPolicy)
	register(s, route{method: get, path: "/v1/admin/policy/versions", summary: "List the policy's versions: when, who, what changed", action: desk.ManageService, limit: limitAgent}, s.policyVersions)
	register(s, route{method: post, path: "/v1/admin/policy:rollback", summary: "Put an earlier policy in force again", action: desk.ManageService, limit: limitAgent, refuses: []int{http.StatusNotFound, http.StatusConflict}}, s.rollBackPolicy)

	register(s, route{method: get, path: "/v1/admin/promise", summary: "How what acts alone stands to its targets", action: desk.ManageService, limit: limitAgent, timeout: 30 * time.Second}, s.promise)

	// the service itself
	register(s, route{method: get, path: "/healthz", summary: "Whether the process lives", action: desk.ReadStatus}, s.healthz)
	register(s, route{method: get, path: "/readyz", summary: "Whether requests can be served", action: desk.ReadStatus, timeout: 3 * time.Second}, s.readyz)
	register(s, route{method: get, path: "/openapi.json", summary: "This description", action: desk.ReadStatus, document: documentItself}, s.openapi)
}
