package triagefuzz

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/samplecompany"
	"github.com/signalbox/signalbox/triage"
)

// Generator makes inputs. It never changes and is safe for concurrent use.
type Generator struct {
	tickets []triage.Input // to mutate
	words   []string       // that count somewhere
	edits   map[string][]string
}

// NewGenerator returns a generator that mutates the sample company's tickets.
func NewGenerator(company *samplecompany.Company) *Generator {
	generator := &Generator{words: slices.Clone(spices), edits: map[string][]string{
		triage.FieldUrgency: {triage.UrgencyCritical, triage.UrgencyLow, "nonsense"}, triage.FieldPriority: {triage.BandUrgent, triage.BandLow, "nonsense"},
		triage.FieldSensitive: {"", triage.SensitiveLegal}, triage.FieldLanguage: {"de", "xx"}, triage.FieldKind: {triage.KindAdvisory}, "unknown_field": {"x", ""},
	}}
	for _, ticket := range company.Tickets {
		generator.tickets = append(generator.tickets, company.Input(ticket))
	}
	for _, intent := range company.Taxonomy.Intents {
		generator.edits[triage.FieldIntent] = append(generator.edits[triage.FieldIntent], intent.Key)
	}
	for _, route := range company.Taxonomy.Routes {
		generator.edits[triage.FieldRoute] = append(generator.edits[triage.FieldRoute], route.Key)
	}
	return generator
}

// source is the randomness of one input.
type source struct{ *rand.Rand }

func (s source) chance(percent int) bool { return s.IntN(100) < percent }

func pick[T any](s source, of []T) T { return of[s.IntN(len(of))] }

func (s source) id() (id uuid.UUID) {
	for i := range id {
		id[i] = byte(s.Uint32())
	}
	return id
}

// Input makes input number n of a seed.
func (g *Generator) Input(seed, n uint64) triage.Input {
	s := source{rand.New(rand.NewPCG(seed, n))} //nolint:gosec // repeatable, not secret
	input := pick(s, g.tickets)
	input.Ticket.ID = s.id()
	if s.chance(60) {
		input.Ticket.Subject = g.text(s, 200)
	}
	input.Messages = g.thread(s, input.Messages[0])
	g.surround(s, &input)
	if s.chance(15) {
		g.distort(s, &input)
	}
	return input
}

// thread is mostly one message, and seldom a long one.
func (g *Generator) thread(s source, first desk.Message) []desk.Message {
	count := 1
	switch {
	case s.chance(1):
		count = s.IntN(120)
	case s.chance(20):
		count = s.IntN(6)
	}
	messages := make([]desk.Message, 0, count)
	for i := range count {
		message := first
		message.ID, message.Sequence = s.id(), i+1
		switch {
		case i == 0 && s.chance(25):
			message.Body = mutated(s, first.Body)
		case i > 0:
			message.Body = g.text(s, 300)
			message.AuthorKind = pick(s, []desk.AuthorKind{desk.ByCustomer, desk.ByCustomer, desk.ByAgent, desk.BySystem})
			message.Audience = pick(s, []desk.Audience{desk.Public, desk.Public, desk.Internal})
		case s.chance(80):
			message.Body = g.text(s, 600)
		}
		messages = append(messages, message)
	}
	return messages
}

// surround draws what stands around a ticket: within what the store can give.
func (g *Generator) surround(s source, input *triage.Input) {
	input.Now = input.Now.Add(time.Duration(s.IntN(20_000)) * time.Hour)
	input.RecentTickets, input.OutageReports = s.IntN(3)*s.IntN(50), s.IntN(2)*s.IntN(11)
	input.IncidentOpen, input.Assigned, input.Merged = s.chance(10), s.chance(30), s.chance(5)
	input.Monitored = pick(s, []string{"", "", triage.MonitoredOK, triage.MonitoredDegraded, triage.MonitoredDown, "?"})
	input.StatusBefore = pick(s, []desk.Status{"", desk.StatusOpen, desk.StatusPending, desk.StatusSolved, desk.StatusClosed})
	if s.chance(20) {
		input.Account = nil
	}
	if s.chance(20) {
		input.Customer = nil
	}
	if s.chance(30) {
		input.Previous = &triage.Previous{Priority: s.IntN(101), Route: pick(s, g.edits[triage.FieldRoute])}
	}
	for s.chance(15) {
		field := pick(s, editable)
		if input.Edits == nil {
			input.Edits = map[string]string{}
		}
		input.Edits[field] = pick(s, g.edits[field])
	}
	for s.chance(15) {
		if len(input.Messages) > 0 {
			input.Quiet = append(input.Quiet, pick(s, input.Messages).ID)
		}
	}
	if s.chance(20) {
		input.Load = map[string]int{pick(s, g.edits[triage.FieldRoute]): s.IntN(100), "nowhere": s.IntN(5)}
	}
}

// editable are the fields that edits name, in a fixed order.
var editable = []string{
	triage.FieldUrgency, triage.FieldPriority, triage.FieldSensitive, triage.FieldLanguage, triage.FieldKind, triage.FieldIntent, triage.FieldRoute, "unknown_field",
}

// distort makes an input that the store would not give.
func (g *Generator) distort(s source, input *triage.Input) {
	extremes := []int{-1 << 62, -1, 0, 1 << 31, 1<<63 - 1}
	input.RecentTickets, input.OutageReports = pick(s, extremes), pick(s, extremes)
	input.Ticket.Channel, input.Ticket.Status = g.text(s, 20), desk.Status(g.text(s, 5))
	if input.Account != nil {
		account := *input.Account
		account.Tier, account.AnnualValueCents = g.text(s, 30), int64(pick(s, extremes))
		renews := pick(s, []time.Time{{}, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), input.Now}) // hooks take years of four digits
		account.RenewsOn = &renews
		input.Account = &account
	}
	if input.Customer != nil {
		customer := *input.Customer
		customer.Language, customer.Role, customer.VIP = g.text(s, 10), g.text(s, 10), s.chance(50)
		input.Customer = &customer
	}
	for i := range input.Messages {
		input.Messages[i].Sequence = pick(s, []int{i + 1, 1, 0, -7, 1<<31 - 1})
	}
	if s.chance(20) {
		input.Now = pick(s, []time.Time{{}, time.Unix(1<<36, 0).UTC(), time.Unix(-1<<35, 0).UTC()})
	}
	if input.Load != nil {
		input.Load[strings.ToValidUTF8(g.text(s, 10), "")] = pick(s, extremes)
	}
}
