package triage

import (
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// Facts are everything that a decision depends on beside the ticket's text, the
// model and the policy. They are stored with it, since most of them change later,
// and hold no text and no name.
type Facts struct {
	Now           time.Time         `json:"now"`
	Channel       string            `json:"channel,omitempty"`
	Status        desk.Status       `json:"status,omitempty"`
	StatusBefore  desk.Status       `json:"status_before,omitempty"`
	Account       *AccountFacts     `json:"account,omitempty"`
	Customer      *CustomerFacts    `json:"customer,omitempty"`
	RecentTickets int               `json:"recent_tickets,omitempty"`
	IncidentOpen  bool              `json:"incident_open,omitempty"`
	OutageReports int               `json:"outage_reports,omitempty"`
	Monitored     string            `json:"monitored,omitempty"`
	Load          map[string]int    `json:"load,omitempty"`
	Assigned      bool              `json:"assigned,omitempty"`
	Edits         map[string]string `json:"edits,omitempty"`
	Previous      *Previous         `json:"previous,omitempty"`
	Quiet         []uuid.UUID       `json:"quiet,omitempty"`
	Merged        bool              `json:"merged,omitempty"`
	// Read and From say what of the thread was read: how many messages, and from which
	// sequence on besides the first; 0 if only that.
	Read int `json:"read,omitempty"`
	From int `json:"from,omitempty"`
}

// AccountFacts are what of an account counts.
type AccountFacts struct {
	Tier             string     `json:"tier,omitempty"`
	AnnualValueCents int64      `json:"annual_value_cents,omitempty"`
	RenewsOn         *time.Time `json:"renews_on,omitempty"`
}

// CustomerFacts are what of a person counts.
type CustomerFacts struct {
	Role     string `json:"role,omitempty"`
	VIP      bool   `json:"vip,omitempty"`
	Language string `json:"language,omitempty"`
}

// factsOf takes the input apart.
func factsOf(input Input) *Facts {
	facts := &Facts{
		Now: input.Now.UTC().Truncate(time.Microsecond), Channel: input.Ticket.Channel, Status: input.Ticket.Status,
		StatusBefore: input.StatusBefore, RecentTickets: input.RecentTickets, IncidentOpen: input.IncidentOpen,
		OutageReports: input.OutageReports, Monitored: input.Monitored, Load: input.Load, Assigned: input.Assigned,
		Edits: input.Edits, Previous: input.Previous, Quiet: input.Quiet, Merged: input.Merged,
	}
	facts.Read, facts.From = extent(input.Messages)
	if a := input.Account; a != nil {
		facts.Account = &AccountFacts{a.Tier, a.AnnualValueCents, a.RenewsOn}
	}
	if c := input.Customer; c != nil {
		facts.Customer = &CustomerFacts{c.Role, c.VIP, c.Language}
	}
	return facts
}

// extent counts the public messages and finds the lowest sequence above the first.
func extent(messages []desk.Message) (read, from int) {
	for _, message := range messages {
		if message.Audience != desk.Public {
			continue
		}
		read++
		if message.Sequence > 1 && (from == 0 || message.Sequence < from) {
			from = message.Sequence
		}
	}
	return read, from
}

// Input puts the facts and a ticket's text together again, as they were when it
// was decided.
func (f Facts) Input(ticket desk.Ticket, messages []desk.Message) Input {
	ticket.Channel, ticket.Status = f.Channel, f.Status
	input := Input{
		Ticket: ticket, Messages: messages, Now: f.Now, StatusBefore: f.StatusBefore, RecentTickets: f.RecentTickets,
		IncidentOpen: f.IncidentOpen, OutageReports: f.OutageReports, Monitored: f.Monitored, Load: f.Load,
		Assigned: f.Assigned, Edits: f.Edits, Previous: f.Previous, Quiet: f.Quiet, Merged: f.Merged,
	}
	if a := f.Account; a != nil {
		input.Account = &desk.Account{Tier: a.Tier, AnnualValueCents: a.AnnualValueCents, RenewsOn: a.RenewsOn}
	}
	if c := f.Customer; c != nil {
		input.Customer = &desk.Customer{Role: c.Role, VIP: c.VIP, Language: c.Language}
	}
	return input
}
