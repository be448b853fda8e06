package postgres

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// plantedTicket is the sentinel, which no list and no reader shows.
var plantedTicket = uuid.MustParse(sentinelTicket)

// restricted takes in a ticket of the group "legal".
func restricted(t testing.TB, db *DB, connection uuid.UUID) desk.Receipt {
	t.Helper()
	incoming := event(connection, "restricted", "restricted", "u9")
	incoming.RestrictionGroup = "legal"
	return receive(t, db, incoming)
}

func TestWhoSeesATicket(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	open, closed := receive(t, db, event(connection, "d1", "T-1", "u1")), restricted(t, db, connection)
	save(t, db, workOf(t, db, closed), decided(closed, 1, 90))
	secret := value[uuid.UUID](t, db.app, "select id from decisions where ticket_id = $1", closed.TicketID)
	for _, test := range []struct {
		name   string
		actor  desk.Actor
		ticket uuid.UUID
		want   fault.Kind
	}{
		{"agent, open", agent, open.TicketID, ""},
		{"agent, restricted", agent, closed.TicketID, fault.NotFound},
		{"group, restricted", lawyer, closed.TicketID, ""},
		{"admin, restricted", admin, closed.TicketID, ""},
		{"system, restricted", desk.Actor{Kind: desk.SystemActor}, closed.TicketID, ""},
		{"customer", desk.Actor{Kind: desk.CustomerActor}, open.TicketID, fault.Forbidden},
		{"nobody", desk.Actor{}, open.TicketID, fault.Unauthenticated},
		{"admin, sentinel", admin, plantedTicket, fault.NotFound},
		{"admin, none", admin, uuid.New(), fault.NotFound},
	} {
		if _, _, err := db.Ticket(t.Context(), test.actor, test.ticket); fault.KindOf(err) != test.want {
			t.Errorf("%s: %v, want kind %q", test.name, err, test.want)
		}
	}
	if _, err := db.Decision(t.Context(), agent, secret); !fault.Is(err, fault.NotFound) {
		t.Errorf("an agent reads a restricted ticket's decision: %v, want not found", err)
	}
	if _, err := db.Decision(t.Context(), lawyer, secret); err != nil {
		t.Errorf("an agent of the group may not read the decision: %v", err)
	}
	for name, read := range map[string]func(desk.Actor) (int, error){
		"decisions": func(a desk.Actor) (int, error) {
			list, err := db.Decisions(t.Context(), a, closed.TicketID)
			return len(list), err
		},
		"tickets": func(a desk.Actor) (int, error) {
			list, _, err := db.Tickets(t.Context(), a, triage.QueueFilter{Outcome: triage.Suggest})
			return len(list), err
		},
	} {
		hidden, err := read(agent)
		must(t, err)
		shown, err := read(lawyer)
		must(t, err)
		if hidden != 0 || shown != 1 {
			t.Errorf("%s: %d for other agents and %d for the group, want 0 and 1", name, hidden, shown)
		}
	}
	run(t, db.app, "update tickets set erased_at = now() where id = $1", open.TicketID)
	if _, _, err := db.Ticket(t.Context(), admin, open.TicketID); !fault.Is(err, fault.Gone) {
		t.Errorf("an erased ticket: %v, want gone", err)
	}
}

// pages reads a whole list, a few at a time.
func pages(t testing.TB, db *DB, filter triage.QueueFilter) []triage.Queued {
	t.Helper()
	var all []triage.Queued
	for {
		page, next, err := db.Tickets(t.Context(), admin, filter)
		must(t, err)
		if all = append(all, page...); next == "" {
			return all
		}
		filter.After = next
	}
}

func TestListsPageInOrder(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	const tickets = 23
	for i := range tickets {
		receipt := receive(t, db, event(connection, fmt.Sprint(i), fmt.Sprint(i), "u1"))
		if i%3 > 0 { // a third is undecided; equal priorities and equal times occur
			save(t, db, workOf(t, db, receipt), decided(receipt, 1, i%5*10))
		}
	}
	run(t, db.app, "update tickets set created_at = date_trunc('day', created_at) + message_count * interval '1 hour' where external_id::text in ('3', '4', '5', '6')")
	newest := pages(t, db, triage.QueueFilter{Limit: 4})
	urgent := pages(t, db, triage.QueueFilter{Limit: 4, Order: triage.PriorityFirst})
	for name, list := range map[string][]triage.Queued{"newest": newest, "priority": urgent} {
		seen := map[uuid.UUID]bool{}
		for _, queued := range list {
			seen[queued.Ticket.ID] = true
		}
		if len(list) != tickets || len(seen) != tickets {
			t.Errorf("%s: %d rows of %d tickets, want each of %d once", name, len(list), len(seen), tickets)
		}
	}
	if !slices.IsSortedFunc(newest, func(a, b triage.Queued) int { return b.Ticket.CreatedAt.Compare(a.Ticket.CreatedAt) }) {
		t.Error("the newest tickets do not come first")
	}
	if !slices.IsSortedFunc(urgent, func(a, b triage.Queued) int { return b.Priority - a.Priority }) || urgent[tickets-1].Priority != -1 {
		t.Error("the highest priority does not come first, or the undecided not last")
	}
}

func TestListsAreFiltered(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	receive(t, db, event(connection, "d0", "undecided", "u1"))
	receipt := receive(t, db, event(connection, "d1", "decided", "u1"))
	save(t, db, workOf(t, db, receipt), decided(receipt, 1, 10))
	solved := event(connection, "d2", "solved", "u1")
	solved.Status = desk.StatusSolved
	receive(t, db, solved)
	for name, test := range map[string]struct {
		filter triage.QueueFilter
		want   string
	}{
		"status": {triage.QueueFilter{Status: desk.StatusSolved}, "solved"}, "outcome": {triage.QueueFilter{Outcome: triage.Suggest}, "decided"},
		"intent": {triage.QueueFilter{Intent: "login"}, "decided"}, "route": {triage.QueueFilter{Route: "identity", Status: desk.StatusOpen}, "decided"},
		"nothing": {triage.QueueFilter{Intent: "refund"}, ""}, "none": {triage.QueueFilter{}, "solved decided undecided"},
	} {
		for _, order := range []triage.QueueOrder{triage.NewestFirst, triage.PriorityFirst} {
			test.filter.Order = order
			var names []string
			for _, queued := range pages(t, db, test.filter) {
				names = append(names, queued.Ticket.ExternalID)
			}
			want := strings.Fields(test.want)
			slices.Sort(want)
			if slices.Sort(names); !slices.Equal(names, want) {
				t.Errorf("%s, %s first: %v, want %v", name, order, names, want)
			}
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(cursor{ID: uuid.New(), Priority: 3}.String())
	f.Add("eyJJRCI6IjAifQ")
	f.Add("%%%")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := readCursor(text)
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want invalid", text, err)
		}
		if again, failed := readCursor(read.String()); err == nil && text != "" && (failed != nil || again.ID != read.ID || !again.Time.Equal(read.Time)) {
			t.Errorf("%q is read as %+v, which does not come back", text, read)
		}
	})
}
