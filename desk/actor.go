package desk

import (
	"slices"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
)

// ActorKind says which sort of party acts.
type ActorKind string

// The kinds of actor, from least to most trusted.
const (
	Anonymous     ActorKind = "anonymous"
	CustomerActor ActorKind = "customer"
	HookActor     ActorKind = "hook"
	AgentActor    ActorKind = "agent"
	AdminActor    ActorKind = "admin"
	SystemActor   ActorKind = "system"
)

// Actor is who makes a request, as proven by a credential. The zero value is
// nobody and may do nothing.
type Actor struct {
	Kind         ActorKind
	ID           uuid.UUID // the API key or the customer
	SiteID       uuid.UUID // customers and anonymous visitors: the site they came through
	CustomerID   uuid.UUID // customers only
	Subject      string    // customers only: how their site knows them
	ConnectionID uuid.UUID // hook keys that are bound to one connection
	Groups       []string  // agents: the restriction groups they belong to
}

// Action is something a route lets an actor do.
type Action string

// Every action of the service. A route names exactly one.
const (
	ReadStatus       Action = "read_status"       // health, the OpenAPI document
	PostHook         Action = "post_hook"         // hand in a ticket event
	SearchPublic     Action = "search_public"     // search and read public articles, ask for an answer
	OpenTicket       Action = "open_ticket"       // the ticket form
	ReadOwnTickets   Action = "read_own_tickets"  // a customer's own tickets and public comments
	ReadTickets      Action = "read_tickets"      // agents: tickets, decisions, briefs
	SearchInternal   Action = "search_internal"   // agents: both audiences
	OverrideDecision Action = "override_decision" // agents: correct a decision
	ReportStatus     Action = "report_status"     // admins, monitoring tools: incidents, what is down
	ManageKnowledge  Action = "manage_knowledge"  // admins: import, move, archive articles
	ManageService    Action = "manage_service"    // admins: keys, connections, jobs, erasure
)

// allowed says who may do what. What stands in no row is forbidden.
var allowed = map[Action][]ActorKind{
	ReadStatus:       {Anonymous, CustomerActor, HookActor, AgentActor, AdminActor, SystemActor},
	PostHook:         {HookActor},
	SearchPublic:     {Anonymous, CustomerActor},
	OpenTicket:       {Anonymous, CustomerActor},
	ReadOwnTickets:   {CustomerActor},
	ReadTickets:      {AgentActor, AdminActor},
	SearchInternal:   {AgentActor, AdminActor},
	OverrideDecision: {AgentActor, AdminActor},
	ReportStatus:     {AdminActor, SystemActor},
	ManageKnowledge:  {AdminActor, SystemActor},
	ManageService:    {AdminActor, SystemActor},
}

// Actions lists every action, for tests that run all of them.
func Actions() []Action {
	actions := make([]Action, 0, len(allowed))
	for action := range allowed {
		actions = append(actions, action)
	}
	slices.Sort(actions)
	return actions
}

// May returns nil if the actor may do this, an Unauthenticated fault if a
// credential would help, and a Forbidden one if it would not.
func (a Actor) May(action Action) error {
	if slices.Contains(allowed[action], a.Kind) {
		return nil
	}
	if a.Kind == "" || a.Kind == Anonymous {
		return fault.New(fault.Unauthenticated, "this needs a credential")
	}
	return fault.New(fault.Forbidden, "this credential does not allow %s", action)
}

// Sees reports whether the actor may read a ticket of this restriction group
// ("" is unrestricted). Admins see every group; the service's own work does too.
func (a Actor) Sees(group string) bool {
	switch a.Kind {
	case AdminActor, SystemActor:
		return true
	case AgentActor:
		return group == "" || slices.Contains(a.Groups, group)
	default:
		return false
	}
}
