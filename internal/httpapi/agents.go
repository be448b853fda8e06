package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/copilot"
	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

// Tickets reads tickets as an actor: what they may not see is NotFound.
type Tickets interface {
	Ticket(ctx context.Context, actor desk.Actor, id uuid.UUID) (desk.Ticket, []desk.Message, error)
	Tickets(ctx context.Context, actor desk.Actor, filter triage.QueueFilter) (page []triage.Queued, next string, err error)
}

// Decisions reads and corrects decisions as an actor.
type Decisions interface {
	Decisions(ctx context.Context, actor desk.Actor, ticketID uuid.UUID) ([]triage.Decision, error)
	Override(ctx context.Context, actor desk.Actor, decisionID uuid.UUID, field, value string) (triage.Label, error)
}

// Explanations says why a decision is as it is, as far as the actor may see.
type Explanations interface {
	Explanation(ctx context.Context, actor desk.Actor, decisionID uuid.UUID) (triage.Explanation, error)
}

// Values knows the owner's lists.
type Values interface {
	// CheckValue returns an Unprocessable fault unless the field has this value.
	CheckValue(field, value string) error
}

// AgentSearch searches both audiences.
type AgentSearch interface {
	Search(ctx context.Context, text string, limit int, filter retrieval.Filter) ([]retrieval.Passage, error)
	Suggest(ctx context.Context, text string, limit int, filter retrieval.Filter) ([]retrieval.Suggestion, error)
}

// Briefs prepares what the sidebar shows.
type Briefs interface {
	Brief(ctx context.Context, actor desk.Actor, ticketID uuid.UUID) (copilot.Brief, error)
}

// TicketPage is one page; Next is empty on the last.
type TicketPage struct {
	Tickets []triage.Queued `json:"tickets"`
	Next    string          `json:"next,omitempty"`
}

type idInput struct {
	ID string `path:"id" format:"uuid"`
}

func (i idInput) uuid() (uuid.UUID, error) {
	id, err := uuid.Parse(i.ID)
	if err != nil {
		return uuid.Nil, fault.New(fault.NotFound, "there is nothing with this ID")
	}
	return id, nil
}

type body[T any] struct{ Body T }

type listTicketsInput struct {
	Order   string `query:"order" enum:"newest,priority" default:"newest"`
	Status  string `query:"status" enum:"open,pending,solved,closed"`
	Outcome string `query:"outcome" enum:"auto,suggest,review"`
	Intent  string `query:"intent" maxLength:"100"`
	Route   string `query:"route" maxLength:"100"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor  string `query:"cursor" maxLength:"400" doc:"The next of the page before."`
}

func (s *Server) listTickets(ctx context.Context, input *listTicketsInput) (*body[TicketPage], error) {
	page, next, err := s.stores.Tickets.Tickets(ctx, desk.ActorFrom(ctx), triage.QueueFilter{
		Order: triage.QueueOrder(input.Order), Status: desk.Status(input.Status), Outcome: triage.Outcome(input.Outcome),
		Intent: input.Intent, Route: input.Route, Limit: input.Limit, After: input.Cursor,
	})
	if err != nil {
		return nil, err
	}
	if page == nil {
		page = []triage.Queued{}
	}
	return &body[TicketPage]{TicketPage{page, next}}, nil
}

// TicketView is a ticket with all its messages, public ones and private notes.
type TicketView struct {
	desk.Ticket
	Messages []desk.Message `json:"messages"`
}

func (s *Server) getTicket(ctx context.Context, input *idInput) (*body[TicketView], error) {
	id, err := input.uuid()
	if err != nil {
		return nil, err
	}
	ticket, messages, err := s.stores.Tickets.Ticket(ctx, desk.ActorFrom(ctx), id)
	if err != nil {
		return nil, err
	}
	return &body[TicketView]{TicketView{ticket, messages}}, nil
}

// DecisionList holds a ticket's decisions, newest first.
type DecisionList struct {
	Decisions []triage.Decision `json:"decisions"`
}

func (s *Server) listDecisions(ctx context.Context, input *idInput) (*body[DecisionList], error) {
	id, err := input.uuid()
	if err != nil {
		return nil, err
	}
	actor := desk.ActorFrom(ctx)
	decisions, err := s.stores.Decisions.Decisions(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if len(decisions) == 0 { // none yet, or not for this actor
		if _, _, err := s.stores.Tickets.Ticket(ctx, actor, id); err != nil {
			return nil, err
		}
		decisions = []triage.Decision{}
	}
	return &body[DecisionList]{DecisionList{decisions}}, nil
}

func (s *Server) explanation(ctx context.Context, input *idInput) (*body[triage.Explanation], error) {
	id, err := input.uuid()
	if err != nil {
		return nil, err
	}
	explanation, err := s.stores.Explanations.Explanation(ctx, desk.ActorFrom(ctx), id)
	if err != nil {
		return nil, err
	}
	return &body[triage.Explanation]{explanation}, nil
}

type overrideInput struct {
	ID   string `path:"id" format:"uuid"` // huma does not look into embedded types of a package's own
	Body struct {
		Field string `json:"field" enum:"intent,route,kind,urgency,impact,sentiment,sensitive,priority" doc:"The field to correct."`
		Value string `json:"value" maxLength:"100" doc:"What is right; one of the owner's values for this field. Empty says that nothing is sensitive."`
	}
}

func (s *Server) override(ctx context.Context, input *overrideInput) (*body[triage.Label], error) {
	id, err := idInput{input.ID}.uuid()
	if err != nil {
		return nil, err
	}
	if err := s.stores.Values.CheckValue(input.Body.Field, input.Body.Value); err != nil {
		return nil, err
	}
	label, err := s.stores.Decisions.Override(ctx, desk.ActorFrom(ctx), id, input.Body.Field, input.Body.Value)
	if err != nil {
		return nil, err
	}
	return &body[triage.Label]{label}, nil
}

type agentSearchInput struct {
	Query       string   `query:"q" required:"true" minLength:"1" maxLength:"2000"`
	Limit       int      `query:"limit" minimum:"1" maximum:"50" default:"10"`
	Audience    string   `query:"audience" enum:"public,internal"`
	Language    string   `query:"language" maxLength:"20"`
	ProductArea string   `query:"product_area" maxLength:"100"`
	Tier        string   `query:"tier" maxLength:"100"`
	ErrorType   string   `query:"error_type" maxLength:"100"`
	Tags        []string `query:"tag" maxItems:"10"`

	UpdatedAfter time.Time `query:"updated_after" doc:"Articles changed since then."`
	MaxAgeDays   int       `query:"max_age_days" minimum:"0" maximum:"36500" doc:"Articles changed in so many days; 0 does not narrow."`
}

func (i *agentSearchInput) filter(now time.Time) retrieval.Filter {
	filter := retrieval.Filter{
		Audience: desk.Audience(i.Audience), Language: i.Language, ProductArea: i.ProductArea,
		Tier: i.Tier, ErrorType: i.ErrorType, Tags: i.Tags, UpdatedAfter: i.UpdatedAfter,
	}
	if youngest := now.AddDate(0, 0, -i.MaxAgeDays); i.MaxAgeDays > 0 && youngest.After(filter.UpdatedAfter) {
		filter.UpdatedAfter = youngest
	}
	return filter
}

// PassageList holds search results, best first.
type PassageList struct {
	Passages []retrieval.Passage `json:"passages"`
}

func (s *Server) agentSearch(ctx context.Context, input *agentSearchInput) (*body[PassageList], error) {
	passages, err := s.stores.Search.Search(ctx, input.Query, input.Limit, input.filter(time.Now()))
	if err != nil {
		return nil, err
	}
	if passages == nil {
		passages = []retrieval.Passage{}
	}
	return &body[PassageList]{PassageList{passages}}, nil
}

type agentSuggestInput struct {
	Query    string `query:"q" required:"true" minLength:"1" maxLength:"100"`
	Limit    int    `query:"limit" minimum:"1" maximum:"10" default:"5"`
	Audience string `query:"audience" enum:"public,internal"`
}

// SuggestionList holds suggestions, best first.
type SuggestionList struct {
	Suggestions []retrieval.Suggestion `json:"suggestions"`
}

func (s *Server) agentSuggest(ctx context.Context, input *agentSuggestInput) (*body[SuggestionList], error) {
	found, err := s.stores.Search.Suggest(ctx, input.Query, input.Limit, retrieval.Filter{Audience: desk.Audience(input.Audience)})
	if err != nil {
		return nil, err
	}
	return &body[SuggestionList]{SuggestionList{found}}, nil
}

func (s *Server) brief(ctx context.Context, input *idInput) (*body[copilot.Brief], error) {
	id, err := input.uuid()
	if err != nil {
		return nil, err
	}
	brief, err := s.stores.Briefs.Brief(ctx, desk.ActorFrom(ctx), id)
	if err != nil {
		return nil, err
	}
	return &body[copilot.Brief]{brief}, nil
}
