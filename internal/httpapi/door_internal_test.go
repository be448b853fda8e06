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
	leave, err := door.enter(t.Context(), time.Now().Add(doorPatience))
	if err != nil {
		t.Fatal(err)
	}
	waited := make(chan error, waitingForEach)
	for range waitingForEach {
		go func() { _, err := door.enter(t.Context(), time.Now().Add(doorPatience)); waited <- err }()
	}
	for len(door.queue) < waitingForEach { // until all wait, or the first gave up
		if len(waited) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if len(waited) == 0 {
		if _, err := door.enter(t.Context(), time.Now().Add(doorPatience)); !fault.Is(err, fault.RateLimited) {
			t.Errorf("with a full queue: %v, want a refusal", err)
		}
	}
	for range waitingForEach {
		if err := <-waited; !fault.Is(err, fault.RateLimited) {
			t.Errorf("who waited in vain got %v, want a refusal", err)
		}
	}
	leave()
	if leave, err = door.enter(t.Context(), time.Now().Add(doorPatience)); err != nil {
		t.Fatalf("after the place was given back: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := door.enter(gone, time.Now().Add(doorPatience)); err == nil {
		t.Error("who left is let in")
	}
	leave()
}

func TestTheDoorLetsAgentsGoFirst(t *testing.T) {
	t.Parallel()
	d := newDoor(1)
	d.lastTurn.Store(time.Now().UnixNano())
	leave, err := d.enter(t.Context(), time.Now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	agentDone := d.serveAgent()
	entered := make(chan time.Duration, 2)
	started := time.Now()
	for range 2 { // a crowd: one is admitted next, one still waits
		go func() {
			leave, err := d.enter(t.Context(), time.Now().Add(time.Minute))
			if err != nil {
				entered <- -1
				return
			}
			entered <- time.Since(started)
			leave()
		}()
	}
	for len(d.queue) < 2 {
		time.Sleep(time.Millisecond)
	}
	leave()
	time.Sleep(3 * time.Millisecond)
	if len(entered) != 0 {
		t.Error("a customer of a crowd went before the agent")
	}
	agentDone()
	if first := <-entered; first < 0 || first > time.Second {
		t.Errorf("the first of the crowd entered after %v", first)
	}
	if newDoor(0).serveAgent() == nil {
		t.Error("without a door, agents are not counted")
	}
}

func TestAFullDoorIsKnown(t *testing.T) {
	t.Parallel()
	var none *door
	if none.full() {
		t.Error("no door is full")
	}
	d := newDoor(1)
	leave, err := d.enter(t.Context(), time.Now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if d.full() {
		t.Error("a door with an empty queue is full")
	}
	waiting, cancel := context.WithCancel(t.Context())
	done := make(chan struct{}, waitingForEach)
	for range waitingForEach {
		go func() { _, _ = d.enter(waiting, time.Now().Add(time.Minute)); done <- struct{}{} }()
	}
	for !d.full() {
		time.Sleep(time.Millisecond)
	}
	cancel()
	for range waitingForEach {
		<-done
	}
	if d.full() {
		t.Error("the queue stays full when all have left")
	}
	leave()
}

func TestCustomersAreServedBesideBusyAgents(t *testing.T) {
	t.Parallel()
	d := newDoor(2)
	defer d.serveAgent()()
	const customers = 6
	served := make(chan error, customers)
	for range customers {
		go func() {
			leave, err := d.enter(t.Context(), time.Now().Add(time.Minute))
			if err == nil {
				leave()
			}
			served <- err
		}()
	}
	for range customers {
		if err := <-served; err != nil {
			t.Errorf("a customer was shut out by a busy agent: %v", err)
		}
	}
}
