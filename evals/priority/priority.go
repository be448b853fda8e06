package priority

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

//go:embed *.jsonl
var files embed.FS

// Case is a ticket with what is known around it.
type Case struct {
	ID              string `json:"id"`
	Subject         string `json:"subject"`
	Body            string `json:"body"`
	Language        string `json:"language"`
	Tier            string `json:"tier"`
	AnnualValue     int64  `json:"annual_value"` // whole units of money
	RenewalInDays   *int   `json:"renewal_in_days"`
	VIP             bool   `json:"vip"`
	Admin           bool   `json:"admin"`
	OpenIncident    bool   `json:"open_incident"`
	MonitoredStatus string `json:"monitored_status"`
	OtherReports    int    `json:"other_reports"`
	TicketsIn30Days int    `json:"tickets_in_30_days"`
	Note            string `json:"note"`
}

// Pair is a judgement: First is a or b, the ticket to start first.
type Pair struct {
	ID    string `json:"id"`
	A     Case   `json:"a"`
	B     Case   `json:"b"`
	First string `json:"first"`
	Why   string `json:"why"`
	Hard  bool   `json:"hard"`
}

// Set is everything that was judged.
type Set struct {
	Pairs   []Pair
	Polite  []Case // on fire
	Trivial []Case
}

// Load reads the judgements. The error names file and line.
func Load() (Set, error) {
	var set Set
	var err error
	if set.Pairs, err = read[Pair]("pairs.jsonl"); err != nil {
		return Set{}, err
	}
	if set.Polite, err = read[Case]("polite.jsonl"); err != nil {
		return Set{}, err
	}
	set.Trivial, err = read[Case]("trivial.jsonl")
	return set, err
}

func read[T any](name string) ([]T, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var rows []T
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		var row T
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&row); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, number, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// now is when all cases wait.
var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Input is the case as triage reads it.
func (c Case) Input() triage.Input {
	message := desk.Message{ID: uuid.NewSHA1(uuid.Nil, []byte(c.Subject+"\x00"+c.Body)), Audience: desk.Public, Sequence: 1, AuthorKind: desk.ByCustomer, Body: c.Body, SentAt: now}
	input := triage.Input{
		Ticket:   desk.Ticket{Subject: c.Subject, Status: desk.StatusOpen, MessageCount: 1, CreatedAt: now},
		Messages: []desk.Message{message}, Now: now,
		Account:       &desk.Account{Tier: c.Tier, AnnualValueCents: 100 * c.AnnualValue},
		Customer:      &desk.Customer{Role: "member", VIP: c.VIP, Language: c.Language},
		RecentTickets: c.TicketsIn30Days, IncidentOpen: c.OpenIncident, OutageReports: c.OtherReports, Monitored: c.MonitoredStatus,
	}
	if c.Admin {
		input.Customer.Role = "admin"
	}
	if c.RenewalInDays != nil {
		renews := now.AddDate(0, 0, *c.RenewalInDays)
		input.Account.RenewsOn = &renews
	}
	return input
}

// Decider decides tickets.
type Decider interface {
	Decide(input triage.Input) (triage.Decision, error)
}

// Order decides both tickets of a pair and reports whether the right one comes first.
// Equal priorities are half right.
func (p Pair) Order(decider Decider) (float64, error) {
	a, err := decider.Decide(p.A.Input())
	if err != nil {
		return 0, err
	}
	b, err := decider.Decide(p.B.Input())
	if err != nil {
		return 0, err
	}
	switch {
	case a.Priority == b.Priority:
		return 0.5, nil
	case (a.Priority > b.Priority) == (p.First == "a"):
		return 1, nil
	default:
		return 0, nil
	}
}

// Development says whether weights may be chosen on this pair.
func (p Pair) Development() bool {
	return (p.ID[len(p.ID)-1]-'0')%2 == 1
}
