package httpapi_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/signalbox/signalbox/copilot"
	"github.com/signalbox/signalbox/desk"
)

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const given = "018f3c1e-7c5a-7000-8000-0123456789ab"
	if got := w.get("/healthz", map[string]string{"X-Request-Id": given}).header.Get("X-Request-Id"); got != given {
		t.Errorf("the request's ID is %q, want the caller's %q", got, given)
	}
	for _, garbage := range []string{"", marker, given + "0", "../../" + marker} {
		got := w.get("/healthz", map[string]string{"X-Request-Id": garbage})
		if _, err := uuid.Parse(got.header.Get("X-Request-Id")); err != nil {
			t.Errorf("after %q the request's ID is %q, want a new one", garbage, got.header.Get("X-Request-Id"))
		}
		w.unrepeated(got)
	}
}

func TestMethodsAndAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{http.MethodHead, "/healthz", 200},
		{http.MethodHead, "/v1/tickets", 401},
		{http.MethodHead, "/v1/answers", 405},
		{http.MethodHead, "/nothing", 404},
		{http.MethodGet, "/healthz/", 404},
		{http.MethodGet, "/", 404},
		{http.MethodGet, "/docs", 404},
		{http.MethodGet, "/openapi.yaml", 404},
		{http.MethodGet, "/v1/answers", 405},
		{http.MethodPut, "/v1/tickets", 405},
		{http.MethodOptions, "/v1/tickets", 405},
		{http.MethodOptions, "/v1/answers", 405}, // without an origin it is no preflight
	} {
		got := w.do(call{method: test.method, path: test.path})
		switch test.method {
		case http.MethodHead:
			if got.status != test.status || got.body != "" {
				t.Errorf("HEAD %s: status %d with %q, want %d without a body", test.path, got.status, got.body, test.status)
			}
		default:
			problemOf(t, got, test.status)
		}
		if allow := got.header.Get("Allow"); (allow != "") != (test.status == http.StatusMethodNotAllowed) {
			t.Errorf("%s %s: Allow is %q with status %d", test.method, test.path, allow, got.status)
		}
	}
}

func TestOnlyJSONIsSpoken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, accept := range []string{"application/cbor", "application/yaml", "text/html", "application/json", "*/*", ""} {
		if got := w.get("/healthz", map[string]string{"Accept": accept}); got.header.Get("Content-Type") != "application/json" {
			t.Errorf("Accept %q is answered with %q, want application/json", accept, got.header.Get("Content-Type"))
		}
		problemOf(t, w.get("/v1/tickets", map[string]string{"Accept": accept}), http.StatusUnauthorized)
	}
	visitor := w.site().visitor()
	for _, contentType := range []string{"application/cbor", "text/plain", "application/x-www-form-urlencoded"} {
		got := w.do(call{http.MethodPost, "/v1/answers", question, merged(visitor, map[string]string{"Content-Type": contentType})})
		problemOf(t, got, http.StatusUnsupportedMediaType)
	}
}

func TestOriginsOfBrowsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const shop = "https://shop.example"
	site, open := w.site(shop), w.site()
	from := func(origin string) map[string]string { return map[string]string{"Origin": origin} }

	preflight := w.do(call{method: http.MethodOptions, path: "/v1/answers", header: merged(from(shop), map[string]string{"Access-Control-Request-Method": "POST"})})
	allowed := preflight.header.Get("Access-Control-Allow-Headers")
	for _, header := range []string{"Authorization", "Content-Type", "X-Signalbox-Site", "Idempotency-Key"} {
		if !strings.Contains(allowed, header) {
			t.Errorf("a preflight allows %q, want %s too", allowed, header)
		}
	}
	if preflight.status != http.StatusNoContent || preflight.header.Get("Access-Control-Allow-Origin") != shop {
		t.Errorf("a preflight answers %d %v, want 204 for the origin", preflight.status, preflight.header)
	}
	got := w.get("/v1/search?q=x", merged(site.visitor(), from(shop)))
	if got.status != http.StatusOK || got.header.Get("Access-Control-Allow-Origin") != shop || got.header.Get("Vary") != "Origin" {
		t.Errorf("an allowed origin gets %d %v, want 200 for it alone", got.status, got.header)
	}
	if got.header.Get("Access-Control-Allow-Credentials") != "" {
		t.Error("browsers may send cookies, want none")
	}
	problemOf(t, w.get("/v1/search?q=x", merged(site.visitor(), from("https://evil.example"))), http.StatusForbidden)
	problemOf(t, w.get("/v1/search?q=x", merged(site.visitor(), from("null"))), http.StatusForbidden)
	if got := w.get("/v1/search?q=x", merged(open.visitor(), from("https://any.example"))); got.status != http.StatusOK {
		t.Errorf("a site that names no origin refuses one: %d", got.status)
	}
	for _, path := range []string{"/v1/tickets", "/v1/agent/search?q=x", "/healthz"} {
		if got := w.get(path, merged(w.agent(), from(shop))); got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may be called by pages of another site", path)
		}
	}
}

func TestAPanicIsAProblemAndSaysNothing(t *testing.T) {
	t.Parallel()
	dead := func(context.Context) error { panic(marker) }
	visitor := func(w *world) map[string]string { return w.site().visitor() }

	before := newWorld(t, watch(dead, nil))
	problem := problemOf(t, before.do(call{http.MethodPost, "/v1/answers", question, visitor(before)}), http.StatusInternalServerError)
	before.unrepeated(problem.answer)
	if !strings.Contains(before.logs.String(), "panic in a handler") || !strings.Contains(before.logs.String(), "answers_test.go") {
		t.Errorf("the log lacks the panic or its stack: %s", before.logs)
	}

	during := newWorld(t, watch(nil, dead))
	during.teach()
	response := during.ask(t.Context(), visitor(during))
	if read, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("a stream that broke ends like a whole one: %s", read)
	}
	during.unrepeated()
}

// slow takes longer than the server gives a request to arrive.
type slow struct{ takes time.Duration }

func (s slow) Brief(ctx context.Context, _ desk.Actor, id uuid.UUID) (copilot.Brief, error) {
	select {
	case <-time.After(s.takes):
		return copilot.Brief{TicketID: id}, nil
	case <-ctx.Done():
		return copilot.Brief{}, ctx.Err()
	}
}

func TestTheTimeToReadIsNotTheTimeToAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.stores.Briefs = slow{time.Second}
		w.tune = func(server *http.Server) { server.ReadTimeout = 200 * time.Millisecond }
	})
	if got := w.get("/v1/agent/tickets/"+uuid.NewString()+"/brief", w.agent()); got.status != http.StatusOK {
		t.Errorf("status %d, want 200: %s", got.status, got.body)
	}
}

// stuck is a database that does not answer.
type stuck struct{}

func (stuck) Ready(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func (stuck) Degraded(context.Context) []string { return nil }

func TestWhatTakesTooLongIsEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.stores.Health = stuck{} })
	problem := problemOf(t, w.get("/readyz", nil), http.StatusServiceUnavailable)
	if !strings.Contains(problem.Detail, "too long") {
		t.Errorf("the detail is %q, want that it took too long", problem.Detail)
	}
}

func TestMetricsHoldNoCallersWords(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	w := newWorld(t, func(w *world) { w.config.Metrics = registry })
	w.get("/v1/"+marker, nil)
	w.do(call{method: strings.ToUpper(marker), path: "/v1/tickets"})
	w.get("/v1/tickets/"+uuid.NewString(), nil)
	families, err := registry.Gather()
	must(t, err)
	text := fmt.Sprint(families)
	if strings.Contains(strings.ToLower(text), marker) {
		t.Errorf("a label holds a caller's word: %s", text)
	}
	for _, label := range []string{"/v1/tickets/:id", "other", "401"} {
		if !strings.Contains(text, label) {
			t.Errorf("no metric has the label %s: %s", label, text)
		}
	}
}

func TestAServerIsGuardedAgainstSlowCallers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.tune = func(server *http.Server) {
			if server.ReadHeaderTimeout <= 0 || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 || server.MaxHeaderBytes > 64<<10 {
				w.t.Errorf("a limit is missing: %+v", server)
			}
		}
	})
	if got := w.get("/healthz", map[string]string{"X-Large": strings.Repeat("x", 100<<10)}); got.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("100 KiB of headers: status %d, want 431", got.status)
	}
}
