package customer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

type formInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"100" doc:"Repeat it to send the same form again without opening a second ticket."`
	Body           struct {
		Subject string `json:"subject" minLength:"1" maxLength:"500"`
		Body    string `json:"body" minLength:"1" maxLength:"100000"`
		Name    string `json:"name,omitempty" maxLength:"200" doc:"Anonymous visitors only."`
		Email   string `json:"email,omitempty" maxLength:"200" format:"email" doc:"Anonymous visitors only; where the reply goes. It is not proof of who they are."`
	}
}

// FormOutput names the ticket that was opened.
type FormOutput struct {
	Replayed string `header:"Signalbox-Replayed" doc:"true if this form was sent before: no second ticket was opened."`
	Body     struct {
		TicketID uuid.UUID `json:"ticket_id"`
	}
}

// OpenTicket is POST /v1/customer/tickets.
func (h *Handlers) OpenTicket(ctx context.Context, input *formInput) (*FormOutput, error) {
	actor := desk.ActorFrom(ctx)
	form := Form{Subject: input.Body.Subject, Body: input.Body.Body}
	if actor.Kind == desk.Anonymous {
		form.Name, form.Email = input.Body.Name, input.Body.Email
		if form.Email == "" {
			return nil, fault.Field(fault.Unprocessable, "body.email", "is missing", "send an address for the reply, or a signed token")
		}
	}
	form.Key = formKey(actor, form.Email, input.IdempotencyKey)
	receipt, err := h.Writes.OpenTicket(ctx, actor, form)
	if err != nil {
		return nil, err
	}
	output := &FormOutput{}
	if receipt.Replayed {
		output.Replayed = "true"
	}
	output.Body.TicketID = receipt.TicketID
	return output, nil
}

// formKey binds an idempotency key to its sender: two who choose the same key, such
// as 1, must not get each other's ticket. Without a key each form is a new one.
func formKey(actor desk.Actor, email, key string) string {
	if key == "" {
		return uuid.Must(uuid.NewV7()).String()
	}
	sender := actor.SiteID.String() + "/" + actor.CustomerID.String() + "/" + strings.ToLower(strings.TrimSpace(email))
	sum := sha256.Sum256([]byte(sender + "\x00" + key))
	return hex.EncodeToString(sum[:])
}

type listInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cursor string `query:"cursor" maxLength:"400" doc:"The next of the page before."`
}

// ListOutput is one page of the customer's tickets, newest first.
type ListOutput struct {
	Body struct {
		Tickets []Ticket `json:"tickets"`
		Next    string   `json:"next,omitempty"`
	}
}

// Tickets is GET /v1/customer/tickets.
func (h *Handlers) Tickets(ctx context.Context, input *listInput) (*ListOutput, error) {
	tickets, next, err := h.Reads.OwnTickets(ctx, desk.ActorFrom(ctx).CustomerID, input.Limit, input.Cursor)
	if err != nil {
		return nil, err
	}
	output := &ListOutput{}
	output.Body.Tickets, output.Body.Next = make([]Ticket, len(tickets)), next
	for i, ticket := range tickets {
		output.Body.Tickets[i] = viewTicket(ticket)
	}
	return output, nil
}

// TicketOutput is a ticket with its public comments, oldest first.
type TicketOutput struct {
	Body struct {
		Ticket
		Comments []Comment `json:"comments"`
	}
}

// Ticket is GET /v1/customer/tickets/{id}.
func (h *Handlers) Ticket(ctx context.Context, input *idInput) (*TicketOutput, error) {
	id, err := uuid.Parse(input.ID)
	if err != nil {
		return nil, fault.New(fault.NotFound, "no such ticket")
	}
	ticket, comments, err := h.Reads.OwnTicket(ctx, desk.ActorFrom(ctx).CustomerID, id)
	if err != nil {
		return nil, err
	}
	output := &TicketOutput{}
	output.Body.Ticket, output.Body.Comments = viewTicket(ticket), make([]Comment, len(comments))
	for i, comment := range comments {
		output.Body.Comments[i] = Comment{comment.ID, comment.AuthorKind, comment.Body, comment.SentAt}
	}
	return output, nil
}

func viewTicket(ticket desk.Ticket) Ticket {
	return Ticket{ticket.ID, ticket.Subject, ticket.Status, ticket.CreatedAt, ticket.UpdatedAt}
}
