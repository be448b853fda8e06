package httpapi

import (
	"context"
	"sync/atomic"
	"time"
)

// door admits customers' requests: few run at once, few wait for a place, and not for
// long. Whoever finds the queue full is refused before any work is done for them, so
// that a flood there costs next to nothing and cannot slow agents.
type door struct {
	places chan struct{}
	queue  chan struct{}

	running   atomic.Int64 // customers who are being served
	agents    atomic.Int64 // agents' requests that are being served
	lastAgent atomic.Int64 // when one was served last, in nanoseconds since 1970
	lastTurn  atomic.Int64 // when a customer went in spite of agents, likewise
}

const (
	// waitingForEach is how many may wait for each place.
	waitingForEach = 8
	// doorPatience is how long one waits: a refusal should be quick, too.
	doorPatience = 30 * time.Millisecond
	// agentsAround is how long after an agent's request the next one is expected: a
	// place is kept free for it meanwhile.
	agentsAround = 200 * time.Millisecond
	// turns is how long it takes, while agents leave no place free, until every place
	// has served a customer in spite of them: customers are slowed, never shut out.
	turns    = 80 * time.Millisecond
	turnStep = time.Millisecond
)

// newDoor returns nil, which admits everybody, for no places.
func newDoor(places int) *door {
	if places <= 0 {
		return nil
	}
	return &door{places: make(chan struct{}, places), queue: make(chan struct{}, places*waitingForEach)}
}

// full says that whoever comes now is refused. It costs nothing, so it is asked before
// anything else is done for a request.
func (d *door) full() bool {
	return d != nil && len(d.places) == cap(d.places) && len(d.queue) >= d.room()
}

// room is how many may wait: while agents go first, no more than have a chance.
func (d *door) room() int {
	if d.agentsFirst() {
		return cap(d.places)
	}
	return cap(d.queue)
}

// enter waits for a place until a time, and returns a function that gives it back.
func (d *door) enter(ctx context.Context, until time.Time) (leave func(), err error) {
	if d == nil {
		return func() {}, nil
	}
	select {
	case d.places <- struct{}{}:
		d.yield(ctx)
		return d.leave, nil
	default:
	}
	select {
	case d.queue <- struct{}{}:
		defer func() { <-d.queue }()
	default:
		return nil, tooMany()
	}
	patience := time.NewTimer(time.Until(until))
	defer patience.Stop()
	select {
	case d.places <- struct{}{}:
		d.yield(ctx)
		return d.leave, nil
	case <-patience.C:
		return nil, tooMany()
	case <-ctx.Done():
		return nil, tooMany()
	}
}

func (d *door) leave() {
	d.running.Add(-1)
	<-d.places
}

// yield waits while agents go first, and counts the customer as running.
func (d *door) yield(ctx context.Context) {
	defer d.running.Add(1)
	if len(d.queue) == 0 || !d.agentsFirst() {
		return // no crowd, or nobody to yield to: a core is free
	}
	step := time.NewTicker(turnStep)
	defer step.Stop()
	for d.agentsFirst() && !d.takeTurn() {
		select {
		case <-step.C:
		case <-ctx.Done():
			return
		}
	}
}

// agentsFirst says that agents, served or expected any moment, leave no place free but
// the one that is kept for the next of them.
func (d *door) agentsFirst() bool {
	agents := d.agents.Load()
	if agents == 0 && time.Since(time.Unix(0, d.lastAgent.Load())) < agentsAround {
		agents = 1
	}
	return agents > 0 && int(agents+d.running.Load()) >= cap(d.places)-1
}

// takeTurn lets one customer go in spite of agents, if it has been long enough.
func (d *door) takeTurn() bool {
	last, now := d.lastTurn.Load(), time.Now().UnixNano()
	return time.Duration(now-last) >= turns/time.Duration(cap(d.places)) && d.lastTurn.CompareAndSwap(last, now)
}

// serveAgent counts an agent's request until the function is called.
func (d *door) serveAgent() (done func()) {
	if d == nil {
		return func() {}
	}
	d.agents.Add(1)
	return func() {
		d.lastAgent.Store(time.Now().UnixNano())
		d.agents.Add(-1)
	}
}
