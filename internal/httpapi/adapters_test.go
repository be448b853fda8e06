package httpapi_test

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/helpdesk"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

// helpdeskEvents hands a hook's request to its protocol.
type helpdeskEvents struct{}

func (helpdeskEvents) Read(connection desk.Connection, event httpapi.Event) (desk.Incoming, error) {
	return helpdesk.Receive(connection, helpdesk.Request{
		Header: event.Header, Body: event.Body, ReceivedAt: event.ReceivedAt, Authenticated: event.Authenticated,
	})
}

// forms stores what customers send.
type forms struct {
	intake  *desk.Intake
	answers *postgres.Knowledge
}

func (f forms) OpenTicket(ctx context.Context, actor desk.Actor, form customer.Form) (desk.Receipt, error) {
	raw, err := json.Marshal(form)
	if err != nil {
		return desk.Receipt{}, err
	}
	ticket := uuid.Must(uuid.NewV7()).String()
	incoming := desk.Incoming{
		SiteID: actor.SiteID, DeliveryKey: "form:" + form.Key, Raw: raw, TicketExternalID: ticket, Subject: form.Subject, Channel: "form",
		Message: desk.IncomingMessage{Audience: desk.Public, AuthorKind: desk.ByCustomer, Body: form.Body, SentAt: time.Now()},
	}
	incoming.Requester = desk.Requester{Subject: actor.Subject}
	if actor.Kind != desk.CustomerActor {
		incoming.Requester = desk.Requester{Subject: "visitor:" + ticket, Name: form.Name, Email: form.Email}
	}
	return f.intake.Receive(ctx, incoming)
}

func (f forms) RecordAnswer(ctx context.Context, actor desk.Actor, question string, answer retrieval.Answer) error {
	record := answer.Record(question)
	record.SiteID, record.ExpiresAt = &actor.SiteID, time.Now().Add(time.Hour)
	if actor.CustomerID != uuid.Nil {
		record.CustomerID = &actor.CustomerID
	}
	return f.answers.RecordAnswer(ctx, record)
}

// health asks the real servers.
type health struct{ w *world }

func (h health) Ready(ctx context.Context) error { return h.w.db.Readiness(ctx) }

func (h health) Degraded(ctx context.Context) []string {
	if h.w.config.Redis == nil || h.w.config.Redis.Ping(ctx).Err() != nil {
		return []string{"redis"}
	}
	return nil
}

// onRedis makes a world count in this Redis.
func onRedis(url string) change {
	return func(w *world) {
		options, err := redis.ParseURL(url)
		must(w.t, err)
		options.MaxRetries = 1
		w.config.Redis = redis.NewClient(options)
		w.t.Cleanup(func() { _ = w.config.Redis.Close() })
	}
}
