package httpapi

import (
	"context"
	"time"
)

// door admits customers' requests: few run at once, few wait for a place, and not for
// long. Whoever finds the queue full is refused before any work is done for them, so
// that a flood there costs next to nothing and cannot slow agents.
type door struct {
	places chan struct{}
	queue  chan struct{}
}

const (
	// waitingForEach is how many may wait for each place.
	waitingForEach = 8
	// doorPatience is how long one waits: a refusal should be quick, too.
	doorPatience = 30 * time.Millisecond
)

// newDoor returns nil, which admits everybody, for no places.
func newDoor(places int) *door {
	if places <= 0 {
		return nil
	}
	return &door{make(chan struct{}, places), make(chan struct{}, places*waitingForEach)}
}

// enter waits for a place, and returns a function that gives it back.
func (d *door) enter(ctx context.Context) (leave func(), err error) {
	if d == nil {
		return func() {}, nil
	}
	select {
	case d.places <- struct{}{}:
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
		return d.leave, nil
	case <-patience.C:
		return nil, tooMany()
	case <-ctx.Done():
		return nil, tooMany()
	}
}

func (d *door) leave() { <-d.places }
