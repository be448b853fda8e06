package workers

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/triage"
)

// LoadReader counts open tickets by route.
type LoadReader interface {
	RouteLoad(ctx context.Context) (map[string]int, error)
}

// loadAge is how long a count is used: rules ask whether a route is full, not whether
// it has one ticket more.
const loadAge = 10 * time.Second

// LoadedTickets is a TicketReader whose inputs hold the routes' load, as long as a
// rule of the policy asks for it.
type LoadedTickets struct {
	tickets TicketReader
	loads   LoadReader
	needed  func() bool
	now     func() time.Time

	mutex  sync.Mutex // one count at a time; who waits for it uses it
	load   map[string]int
	readAt time.Time
}

// NewLoadedTickets returns a reader of these tickets. needed says whether the policy in
// use asks for the load.
func NewLoadedTickets(tickets TicketReader, loads LoadReader, needed func() bool) *LoadedTickets {
	return &LoadedTickets{tickets: tickets, loads: loads, needed: needed, now: time.Now}
}

// TriageInput reads what is known of a ticket now; the load is up to ten seconds old.
func (l *LoadedTickets) TriageInput(ctx context.Context, ticketID uuid.UUID) (triage.Input, error) {
	input, err := l.tickets.TriageInput(ctx, ticketID)
	if err == nil && l.needed() {
		input.Load, err = l.current(ctx)
	}
	return input, err
}

// current returns the counts, which nobody changes.
func (l *LoadedTickets) current(ctx context.Context) (map[string]int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.load != nil && l.now().Sub(l.readAt) < loadAge {
		return l.load, nil
	}
	load, err := l.loads.RouteLoad(ctx)
	if err != nil {
		return nil, err
	}
	l.load, l.readAt = load, l.now()
	return load, nil
}
