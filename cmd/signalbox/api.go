package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/signalbox/signalbox/copilot"
	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/helpdesk"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/internal/llm"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
	"github.com/signalbox/signalbox/workers"
)

// api wires the routes to the stores.
func (a *app) api(service *service) (*httpapi.Server, error) {
	knowledge, err := a.knowledge()
	if err != nil {
		return nil, err
	}
	knowledge.spaces.Missed = a.countMissed(service.metrics)
	customers := a.customers(knowledge, service.relay.Nudge)
	return a.apiOf(knowledge, customers, httpapi.Config{Redis: a.redis, Metrics: service.metrics}, service.relay.Nudge)
}

// customers wires the customers' side, which gets the customer's stores only.
func (a *app) customers(knowledge *knowledge, nudge func()) *customer.Handlers {
	intake := desk.NewIntake(a.db, a.config.KeepRaw, nudge)
	return &customer.Handlers{
		Searcher: knowledge.public, Articles: knowledge.customer, Answerer: knowledge.answerer,
		Reads: a.db.CustomerReads(), Writes: customerWrites{intake, knowledge.store, a.config.KeepRaw},
		Warn: func(message string, err error) { a.log.Warn(message, "error", err) },
	}
}

// apiOf wires everything else around the customers' side.
func (a *app) apiOf(knowledge *knowledge, customers *customer.Handlers, config httpapi.Config, nudge func()) (*httpapi.Server, error) {
	writer, err := a.writer()
	if err != nil {
		return nil, withCode(exitUsage, err)
	}
	intake := desk.NewIntake(a.db, a.config.KeepRaw, nudge)
	sites := postgres.NewSites(a.db, a.box)
	briefer := &copilot.Briefer{Tickets: a.db, Searcher: knowledge.all, Embedder: knowledge.embedder, Log: a.log}
	if writer != nil {
		briefer.Writer = writer
	}
	config.Version, config.PublicURL, config.TrustedProxies, config.Log = version, a.config.PublicURL, a.config.TrustedProxies, a.log
	return httpapi.New(config, httpapi.Stores{
		Keys: a.db, Sites: sites, Customers: a.db, Connections: postgres.NewConnections(a.db, a.box),
		Intake: intake, Events: events{}, Tickets: a.db, Decisions: a.db, Explanations: triage.NewExplainer(a.db), Reports: a.db, Policies: a.db, Reviews: a.db, Promises: a.db, Values: &values{app: a},
		Search: knowledge.all, Briefs: briefer, Imports: imports{knowledge.store, nudge}, Health: &health{app: a}, Customer: customers,
	})
}

// countMissed counts searches without meaning, and logs why, at most once a minute.
func (a *app) countMissed(registry prometheus.Registerer) func(error) {
	missed := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "signalbox_search_without_meaning_total", Help: "Searches by words alone, because the embedding endpoint did not answer."})
	if registry != nil {
		registry.MustRegister(missed)
	}
	var logged atomic.Int64
	return func(err error) {
		missed.Inc()
		now, last := time.Now().Unix(), logged.Load()
		if now-last > 60 && logged.CompareAndSwap(last, now) {
			a.log.Warn("search goes by words alone", "error", err)
		}
	}
}

// writer is the chat model that the settings name, or nil.
func (a *app) writer() (copilot.Writer, error) {
	switch {
	case a.config.ModelURL != "":
		return llm.NewOpenAI(llm.Config{BaseURL: a.config.ModelURL, Key: a.config.ModelKey, Model: a.config.ModelName})
	case a.config.AnthropicKey != "":
		return llm.NewAnthropic(llm.Config{BaseURL: a.config.AnthropicURL, Key: a.config.AnthropicKey, Model: a.config.ModelName})
	default:
		return nil, nil //nolint:nilnil // no model is a choice, not an error
	}
}

// events adapts the helpdesks' protocols to the hook route.
type events struct{}

func (events) Read(connection desk.Connection, event httpapi.Event) (desk.Incoming, error) {
	return helpdesk.Receive(connection, helpdesk.Request{
		Header: event.Header, Body: event.Body, ReceivedAt: event.ReceivedAt, Authenticated: event.Authenticated,
	})
}

// customerWrites is all that the customers' side can change.
type customerWrites struct {
	intake  *desk.Intake
	answers *postgres.Knowledge
	keep    time.Duration
}

// OpenTicket takes the form in as the authenticated customer, or as a visitor whom
// nothing links to anybody.
func (w customerWrites) OpenTicket(ctx context.Context, actor desk.Actor, form customer.Form) (desk.Receipt, error) {
	ticket := uuid.Must(uuid.NewV7()).String()
	key := "form:" + ticket
	if form.Key != "" {
		sum := sha256.Sum256([]byte(actor.CustomerID.String() + "\x00" + form.Key))
		key = "form:" + hex.EncodeToString(sum[:])
	}
	raw, err := json.Marshal(form)
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("encode a form: %w", err)
	}
	parts := bodytext.Split(form.Body)
	incoming := desk.Incoming{
		SiteID: actor.SiteID, DeliveryKey: key, Raw: raw, ContentType: "application/json",
		TicketExternalID: ticket, Subject: bodytext.Line(form.Subject), Channel: "form",
		Message: desk.IncomingMessage{Audience: desk.Public, AuthorKind: desk.ByCustomer, Body: parts.Body, Quoted: parts.Quoted, Signature: parts.Signature, SentAt: time.Now()},
	}
	if actor.Kind == desk.CustomerActor {
		incoming.Requester.Subject = actor.Subject
	} else {
		incoming.Requester = desk.Requester{Subject: "visitor:" + ticket, Name: bodytext.Line(form.Name), Email: bodytext.Line(form.Email)}
	}
	return w.intake.Receive(ctx, incoming)
}

// RecordAnswer keeps a question as long as a raw payload.
func (w customerWrites) RecordAnswer(ctx context.Context, actor desk.Actor, question string, answer retrieval.Answer) error {
	record := answer.Record(question)
	record.ExpiresAt = time.Now().Add(w.keep)
	if actor.SiteID != uuid.Nil {
		record.SiteID = &actor.SiteID
	}
	if actor.CustomerID != uuid.Nil {
		record.CustomerID = &actor.CustomerID
	}
	return w.answers.RecordAnswer(ctx, record)
}

// values checks a person's correction against the owner's lists, as stored now.
type values struct {
	app    *app
	mutex  sync.Mutex
	read   time.Time
	latest triage.Taxonomy
}

func (v *values) CheckValue(field, value string) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if time.Since(v.read) > 5*time.Second {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		taxonomy, err := v.app.taxonomy(ctx)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		v.latest, v.read = taxonomy, time.Now()
	}
	return v.latest.CheckValue(field, value)
}

// health says what the stores can do.
type health struct{ app *app }

func (h *health) Ready(ctx context.Context) error {
	if err := h.app.db.Readiness(ctx); err != nil {
		return fault.Wrap(fault.Unavailable, err, "the database is not ready")
	}
	return nil
}

func (h *health) Degraded(ctx context.Context) []string {
	if h.app.redis == nil {
		return []string{"redis"}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := h.app.redis.Ping(ctx).Err(); err != nil && !errors.Is(err, context.Canceled) {
		return []string{"redis"}
	}
	return nil
}

// imports starts the work of an import as it is stored.
type imports struct {
	*postgres.Knowledge
	nudge func()
}

func (i imports) AddImport(ctx context.Context, actor desk.Actor, asked retrieval.NewImport) (retrieval.Import, bool, error) {
	made, repeated, err := i.Knowledge.AddImport(ctx, actor, workers.ImportKind, asked)
	if err == nil && !repeated {
		i.nudge()
	}
	return made, repeated, err
}
