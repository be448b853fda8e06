package httpapi_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/helpdesk"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
	"github.com/signalbox/signalbox/triage"
)

// key makes an API key and returns the headers that carry it.
func (w *world) key(wanted postgres.NewKey) map[string]string {
	w.t.Helper()
	wanted.Name = "test"
	_, plaintext, err := w.db.CreateKey(context.Background(), operator, wanted)
	must(w.t, err)
	return map[string]string{"Authorization": "Bearer " + plaintext}
}

func (w *world) agent(groups ...string) map[string]string {
	w.t.Helper()
	return w.key(postgres.NewKey{Scope: desk.AgentActor, Groups: groups})
}

// site is a site with a key of each algorithm.
type site struct {
	desk.Site
	shared     desk.SiteKey // HS256
	asymmetric desk.SiteKey // EdDSA
	private    ed25519.PrivateKey
}

func (w *world) site(origins ...string) site {
	w.t.Helper()
	ctx := context.Background()
	made, err := w.sites.CreateSite(ctx, operator, "Shop", origins)
	must(w.t, err)
	shared, _, err := w.sites.AddSiteKey(ctx, operator, made.ID, nil)
	must(w.t, err)
	public, private, err := ed25519.GenerateKey(nil)
	must(w.t, err)
	asymmetric, _, err := w.sites.AddSiteKey(ctx, operator, made.ID, public)
	must(w.t, err)
	return site{made, shared, asymmetric, private}
}

// visitor is the site's page without a customer.
func (s site) visitor() map[string]string {
	return map[string]string{httpapi.HeaderSite: s.PublishableKey}
}

// claims are right for this subject, now.
func claims(subject string) jwt.MapClaims {
	now := time.Now()
	return jwt.MapClaims{"aud": "signalbox", "sub": subject, "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
}

// token signs claims with the key of this ID.
func token(t testing.TB, method jwt.SigningMethod, keyID string, claims jwt.Claims, key any, extra ...map[string]any) string {
	t.Helper()
	unsigned := jwt.NewWithClaims(method, claims)
	unsigned.Header["kid"] = keyID
	for _, header := range extra {
		maps.Copy(unsigned.Header, header)
	}
	signed, err := unsigned.SignedString(key)
	must(t, err)
	return signed
}

// bearing is the site's page with a token.
func (s site) bearing(token string) map[string]string {
	header := s.visitor()
	header["Authorization"] = "Bearer " + token
	return header
}

// customer is the site's page with a signed-in customer.
func (s site) customer(t testing.TB, subject string) map[string]string {
	t.Helper()
	return s.bearing(token(t, jwt.SigningMethodHS256, s.shared.KeyID, claims(subject), s.shared.Secret))
}

// hook is a connection of kind generic.
type hook struct {
	id     uuid.UUID
	secret string
}

func (w *world) hook(group string) hook {
	w.t.Helper()
	info, secret, err := w.connections.CreateConnection(context.Background(), operator,
		postgres.NewConnection{Kind: "generic", Name: "helpdesk", RestrictionGroup: group})
	must(w.t, err)
	return hook{info.ID, secret}
}

func (h hook) path() string { return "/v1/hooks/" + h.id.String() }

// signed is a delivery with its signature.
func (h hook) signed(body string) call {
	timestamp, signature := helpdesk.SignGeneric([]byte(h.secret), []byte(body), time.Now())
	return call{method: http.MethodPost, path: h.path(), body: body,
		header: map[string]string{helpdesk.HeaderTimestamp: timestamp, helpdesk.HeaderSignature: signature}}
}

// receipt is what a hook answers.
type receipt struct {
	DeliveryID uuid.UUID `json:"delivery_id"`
	TicketID   uuid.UUID `json:"ticket_id"`
	MessageID  uuid.UUID `json:"message_id"`
	Ignored    string    `json:"ignored"`
}

// ticket delivers a ticket and returns what was made of it.
func (w *world) ticket(hook hook, id, subject, text string) receipt {
	w.t.Helper()
	body, err := json.Marshal(helpdesk.GenericEvent{
		Ticket:    helpdesk.GenericTicket{ID: id, Subject: subject},
		Message:   &helpdesk.GenericMessage{Body: text},
		Requester: &helpdesk.GenericRequester{ID: "requester-" + id, Email: id + "@example.org"},
	})
	must(w.t, err)
	return decode[receipt](w.t, w.do(hook.signed(string(body))), http.StatusAccepted)
}

// decide stores a decision for a ticket, as the worker would.
func (w *world) decide(of receipt) uuid.UUID {
	w.t.Helper()
	var work uuid.UUID
	ctx := context.Background()
	must(w.t, w.pg.Admin.QueryRow(ctx, "select id from outbox where ticket_id = $1", of.TicketID).Scan(&work))
	decision := triage.Decision{
		ID: uuid.Must(uuid.NewV7()), TicketID: of.TicketID, CauseID: of.MessageID, ThroughSequence: 1, Outcome: triage.Suggest, Reason: "login problem", Priority: 60,
		Fields: map[string]triage.Field{
			triage.FieldIntent: {Value: "login", Confidence: 0.9, State: triage.Calibrated, Outcome: triage.Suggest},
			triage.FieldRoute:  {Value: "identity", Confidence: 0.8, State: triage.Calibrated, Outcome: triage.Suggest},
		},
	}
	stored, err := w.db.SaveDecision(ctx, work, decision)
	must(w.t, err)
	if !stored {
		w.t.Fatal("the decision was not stored")
	}
	return decision.ID
}

// article is the public article that questions are answered from.
const article = "---\nupdated: 2026-01-01\n---\n# Refunds\n\nA yearly plan is refunded within 14 days. Open the billing page to ask for it.\n"

// teach stores one public and one internal article and returns the public one's ID.
func (w *world) teach() uuid.UUID {
	w.t.Helper()
	ctx := context.Background()
	for key, text := range map[string]string{
		"refunds":       article,
		"refund-limits": "# Refund limits\n\nA zanzibar refund of a yearly plan needs the lead.\n",
	} {
		audience := desk.Public
		if key == "refund-limits" {
			audience = desk.Internal
		}
		report, err := w.ingester.IngestDir(ctx, fstest.MapFS{key + ".md": {Data: []byte(text)}}, audience, retrieval.Options{})
		must(w.t, err)
		if len(report.Created) != 1 {
			w.t.Fatalf("the article %s was not stored: %+v", key, report)
		}
	}
	var id uuid.UUID
	must(w.t, w.pg.Admin.QueryRow(ctx, "select id from articles where audience = 'public' and source_key = 'refunds'").Scan(&id))
	return id
}

// decode checks the status and reads the body.
func decode[T any](t testing.TB, answer answer, status int) T {
	t.Helper()
	if answer.status != status {
		t.Fatalf("status %d, want %d: %s", answer.status, status, answer.body)
	}
	var value T
	if err := json.Unmarshal([]byte(answer.body), &value); err != nil {
		t.Fatalf("the answer is not JSON: %v: %s", err, answer.body)
	}
	return value
}
