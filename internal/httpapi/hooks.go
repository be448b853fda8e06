package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Connections finds a connection with its live secrets.
type Connections interface {
	Connection(ctx context.Context, id uuid.UUID) (desk.Connection, error)
}

// Intake accepts a verified event.
type Intake interface {
	Receive(ctx context.Context, incoming desk.Incoming) (desk.Receipt, error)
}

// Event is a hook's request for the helpdesk adapter.
type Event struct {
	Header     http.Header
	Body       []byte
	ReceivedAt time.Time
	// Authenticated says that an API key of this very connection came with it.
	Authenticated bool
}

// Events verifies and reads an event of the connection's kind. The error of an
// event that is verified but unreadable comes beside an Incoming to be stored.
type Events interface {
	Read(connection desk.Connection, event Event) (desk.Incoming, error)
}

type hookInput struct {
	Connection string `path:"connection" doc:"The connection's ID, as shown by signalbox connection list."`
	RawBody    []byte `contentType:"*/*"`
	header     http.Header
}

// Resolve keeps the headers: the signature is over the raw request.
func (i *hookInput) Resolve(ctx huma.Context) []error {
	i.header = http.Header{}
	ctx.EachHeader(func(name, value string) { i.header.Add(name, value) })
	return nil
}

type hookOutput struct {
	Location string `header:"Location" doc:"The ticket."`
	Replayed string `header:"Signalbox-Replayed" doc:"true if this delivery was received before: nothing was done again."`
	Body     struct {
		DeliveryID uuid.UUID  `json:"delivery_id"`
		TicketID   *uuid.UUID `json:"ticket_id,omitempty"`
		TicketURL  string     `json:"ticket_url,omitempty"`
		MessageID  *uuid.UUID `json:"message_id,omitempty"`
		Ignored    string     `json:"ignored,omitempty" doc:"Why the event starts no work, if it does not."`
	}
}

// postHook stores an event and answers once it can no longer be lost. What is
// verified but cannot be read is stored too, before the sender hears what is wrong.
func (s *Server) postHook(ctx context.Context, input *hookInput) (*hookOutput, error) {
	id, err := uuid.Parse(input.Connection)
	if err != nil {
		return nil, fault.New(fault.NotFound, "no such connection")
	}
	actor := desk.ActorFrom(ctx)
	if actor.ConnectionID != uuid.Nil && actor.ConnectionID != id {
		return nil, fault.New(fault.Forbidden, "this key is for another connection")
	}
	connection, err := s.stores.Connections.Connection(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "no such connection")
	}
	if err != nil {
		return nil, err
	}
	event := Event{Header: input.header, Body: input.RawBody, ReceivedAt: s.now(),
		Authenticated: actor.Kind == desk.HookActor && actor.ConnectionID == connection.ID}
	incoming, unreadable := s.stores.Events.Read(connection, event)
	if unreadable != nil && incoming.Poison == "" {
		return nil, unreadable
	}
	ctx = desk.WithActor(ctx, desk.Actor{Kind: desk.HookActor, ConnectionID: connection.ID})
	receipt, err := s.stores.Intake.Receive(ctx, incoming)
	if err != nil {
		return nil, err
	}
	if unreadable != nil {
		return nil, unreadable
	}
	return s.receipt(receipt), nil
}

func (s *Server) receipt(receipt desk.Receipt) *hookOutput {
	output := &hookOutput{}
	output.Body.DeliveryID, output.Body.Ignored = receipt.DeliveryID, receipt.Ignored
	if receipt.TicketID != uuid.Nil {
		output.Body.TicketID = &receipt.TicketID
		output.Body.TicketURL = s.config.PublicURL + "/v1/tickets/" + receipt.TicketID.String()
		output.Location = output.Body.TicketURL
	}
	if receipt.MessageID != uuid.Nil {
		output.Body.MessageID = &receipt.MessageID
	}
	if receipt.Replayed {
		output.Replayed = "true"
	}
	return output
}
