package workers

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// TriageKind is the kind of work that decides a ticket as it stands. Its payload is
// a desk.TicketReceived.
const TriageKind = desk.TicketReceivedKind

// Decider says what triage makes of a ticket. It is safe for concurrent use.
type Decider interface {
	Decide(input triage.Input) (triage.Decision, error)
}

// TicketReader loads what is known of a ticket.
type TicketReader interface {
	TriageInput(ctx context.Context, ticketID uuid.UUID) (triage.Input, error)
}

// DecisionWriter stores a decision and closes the row that asked for it.
type DecisionWriter interface {
	SaveDrawn(ctx context.Context, work uuid.UUID, decision triage.Decision, draw *triage.BlindDraw, follow ...triage.Follow) (bool, error)
	FinishWork(ctx context.Context, work uuid.UUID) error
}

// Sampler draws the tickets about which people are asked blindly. It asks nobody, so
// that deciding waits for nothing.
type Sampler interface {
	Draw(ticket uuid.UUID) (triage.BlindDraw, bool)
}

// Triage is the handler of TriageKind.
type Triage struct {
	tickets   TicketReader
	decisions DecisionWriter
	decider   Decider
	sampler   Sampler
	follow    func(triage.Input, triage.Decision) []triage.Follow
	metrics   *Metrics
}

// NewTriage returns the handler. sampler draws the blind sample; follow names the work
// that starts with a decision in its own transaction. Nil is none.
func NewTriage(tickets TicketReader, decisions DecisionWriter, decider Decider, sampler Sampler,
	follow func(triage.Input, triage.Decision) []triage.Follow, metrics *Metrics) *Triage {
	if follow == nil {
		follow = func(triage.Input, triage.Decision) []triage.Follow { return nil }
	}
	return &Triage{tickets: tickets, decisions: decisions, decider: decider, sampler: sampler, follow: follow, metrics: metrics}
}

// Kind returns TriageKind.
func (*Triage) Kind() string { return TriageKind }

// Handle decides a ticket with every message that it has by now. A ticket that is
// gone needs no decision, so its work is done.
func (t *Triage) Handle(ctx context.Context, work uuid.UUID, payload json.RawMessage) error {
	received, err := parseTicketReceived(payload)
	if err != nil {
		return err
	}
	input, err := t.tickets.TriageInput(ctx, received.TicketID)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return t.decisions.FinishWork(ctx, work)
	}
	if err != nil {
		return err
	}
	draw := t.draw(input)
	started := time.Now()
	decision, err := t.decider.Decide(input)
	if err != nil {
		return wrap(err, "decide ticket %s", received.TicketID)
	}
	if decision.Latency == 0 {
		decision.Latency = time.Since(started)
	}
	decision.TicketID, decision.CauseID = received.TicketID, received.MessageID
	for _, message := range input.Messages {
		decision.ThroughSequence = max(decision.ThroughSequence, message.Sequence)
	}
	stored, err := t.decisions.SaveDrawn(ctx, work, decision, draw, t.follow(input, decision)...)
	if stored && draw != nil {
		t.metrics.drawn.Inc()
	}
	if stored {
		t.metrics.decided.WithLabelValues(string(decision.Outcome)).Inc()
	}
	return err
}

// draw draws a ticket at its first decision and before it is made, so that the sample
// does not depend on what is decided.
func (t *Triage) draw(input triage.Input) *triage.BlindDraw {
	if t.sampler == nil || input.Previous != nil || input.Merged {
		return nil
	}
	if draw, drawn := t.sampler.Draw(input.Ticket.ID); drawn {
		return &draw
	}
	return nil
}

// parseTicketReceived reads a payload. Unprocessable if an ID is missing.
func parseTicketReceived(payload json.RawMessage) (desk.TicketReceived, error) {
	var received desk.TicketReceived
	if err := json.Unmarshal(payload, &received); err != nil {
		return received, fault.New(fault.Unprocessable, "the payload is malformed")
	}
	if received.TicketID == uuid.Nil || received.MessageID == uuid.Nil {
		return received, fault.New(fault.Unprocessable, "the payload lacks an ID")
	}
	return received, nil
}
