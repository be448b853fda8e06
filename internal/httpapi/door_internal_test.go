package httpapi

import (
	"context"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
)

func TestADoorLetsFewInAndFewWait(t *testing.T) {
	t.Parallel()
	door := newDoor(1)
	leave, err := door.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waited := make(chan error, waitingForEach)
	for range waitingForEach {
		go func() { _, err := door.enter(t.Context()); waited <- err }()
	}
	for len(door.queue) < waitingForEach { // until all wait, or the first gave up
		if len(waited) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if len(waited) == 0 {
		if _, err := door.enter(t.Context()); !fault.Is(err, fault.RateLimited) {
			t.Errorf("with a full queue: %v, want a refusal", err)
		}
	}
	for range waitingForEach {
		if err := <-waited; !fault.Is(err, fault.RateLimited) {
			t.Errorf("who waited in vain got %v, want a refusal", err)
		}
	}
	leave()
	if leave, err = door.enter(t.Context()); err != nil {
		t.Fatalf("after the place was given back: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := door.enter(gone); err == nil {
		t.Error("who left is let in")
	}
	leave()
}
