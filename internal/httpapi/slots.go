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
	agents atomic.Int64 // agents' requests that are being served
}

const (
	// waitingForEach is how many may wait for each place.
	waitingForEach = 8
	// doorPatience is how long one waits: a refusal should be quick, too.
	doorPatience = 30 * time.Millisecond
	// yielding is how long an admitted customer lets agents' requests go first, at
	// most: customers are always served, if more slowly.
	yielding, yieldStep = 20 * time.Millisecond, time.Millisecond
)

// newDoor returns nil, which admits everybody, for no places.
func newDoor(places int) *door {
	if places <= 0 {
		return nil
	}
	return &door{places: make(chan struct{}, places), queue: make(chan struct{}, places*waitingForEach)}
}

// enter waits for a place, and returns a function that gives it back.
func (d *door) enter(ctx context.Context) (leave func(), err error) {
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
	patience := time.NewTimer(doorPatience)
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

func (d *door) leave() { <-d.places }

// yield waits while agents are served.
func (d *door) yield(ctx context.Context) {
	if d.agents.Load() == 0 || len(d.queue) == 0 {
		return // nobody to yield to, or no crowd: a core is free
	}
	step := time.NewTicker(yieldStep)
	defer step.Stop()
	for end := time.Now().Add(yielding); d.agents.Load() > 0 && time.Now().Before(end); {
		select {
		case <-step.C:
		case <-ctx.Done():
			return
		}
	}
}

// serveAgent counts an agent's request until the function is called.
func (d *door) serveAgent() (done func()) {
	if d == nil {
		return func() {}
	}
	d.agents.Add(1)
	return func() { d.agents.Add(-1) }
}
