package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
)

// The texts that only agents may see besides the articles: a lure, titled as a
// customer would ask, and a private note on the customer's own ticket.
const (
	lureMarker  = "KESTREL-7781"
	lureTitle   = "How do I change the card that we pay with?"
	lureArticle = "---\ntitle: " + lureTitle + "\nlanguage: en\n---\n\n## Change the card\nTo change the card that you pay with, quote " + lureMarker + " to the Finance Desk before noon.\n"
	noteMarker  = "HERON-4402"
)

// customerCases make the requests of each customer route for a question. A route
// of the OpenAPI document without a case fails the test.
var customerCases = map[string]func(w *leakWorld, who map[string]string, question string, i int) []call{
	"GET /v1/search": func(_ *leakWorld, who map[string]string, question string, _ int) []call {
		return []call{{method: http.MethodGet, path: "/v1/search?limit=20&q=" + url.QueryEscape(question), header: who}}
	},
	"GET /v1/search/suggestions": func(_ *leakWorld, who map[string]string, question string, _ int) []call {
		return []call{
			{method: http.MethodGet, path: "/v1/search/suggestions?limit=10&q=" + url.QueryEscape(string([]rune(question)[:min(3, len([]rune(question)))])), header: who},
			{method: http.MethodGet, path: "/v1/search/suggestions?limit=10&q=" + url.QueryEscape(string([]rune(question)[:min(12, len([]rune(question)))])), header: who},
		}
	},
	"POST /v1/answers": func(_ *leakWorld, who map[string]string, question string, _ int) []call {
		body := text(map[string]string{"question": question})
		return []call{
			{http.MethodPost, "/v1/answers", body, who},
			{http.MethodPost, "/v1/answers", body, withHeader(who, "Accept", "application/json")},
		}
	},
	"GET /v1/articles/{id}": func(w *leakWorld, who map[string]string, _ string, i int) []call {
		public, internal := w.publicIDs[i%len(w.publicIDs)], w.secret.articles[i%len(w.secret.articles)]
		return []call{
			{method: http.MethodGet, path: "/v1/articles/" + public, header: who},
			{method: http.MethodGet, path: "/v1/articles/" + internal.id, header: who},
		}
	},
	"POST /v1/customer/tickets": func(w *leakWorld, _ map[string]string, question string, i int) []call {
		form := map[string]string{"subject": "Question", "body": question}
		if i%2 == 0 {
			return []call{{http.MethodPost, "/v1/customer/tickets", text(form), w.writer}}
		}
		form["email"] = "visitor@quill.example"
		return []call{{http.MethodPost, "/v1/customer/tickets", text(form), w.anonymous}}
	},
	"GET /v1/customer/tickets": func(_ *leakWorld, who map[string]string, _ string, _ int) []call {
		return []call{{method: http.MethodGet, path: "/v1/customer/tickets?limit=100", header: who}}
	},
	"GET /v1/customer/tickets/{id}": func(w *leakWorld, who map[string]string, _ string, _ int) []call {
		return []call{
			{method: http.MethodGet, path: "/v1/customer/tickets/" + w.ownTicket.String(), header: who},
			{method: http.MethodGet, path: "/v1/customer/tickets/" + sentinelTicket, header: who},
		}
	},
}

const sentinelTicket = "00000000-0000-7000-8000-000000000005"

func testSeparation(t *testing.T, c *company) {
	w := newLeakWorld(t, c)
	t.Run("nothing internal", w.testNothingInternal)
	t.Run("hidden is absent", w.testHiddenIsAbsent)
}

func (w *leakWorld) testNothingInternal(t *testing.T) {
	if own := w.get(t, "/v1/customer/tickets/"+w.ownTicket.String(), w.reader).wants(t, http.StatusOK); !strings.Contains(own.body, lockedOut) {
		t.Fatalf("the signed-in customer does not see their own ticket: %s", own.body)
	}
	var group errgroup.Group
	group.SetLimit(4)
	for _, route := range w.customerRoutes(t) {
		requests, known := customerCases[route]
		if !known {
			t.Errorf("the customer route %s has no case in this test", route)
			continue
		}
		for i, question := range w.questions {
			group.Go(func() error {
				for _, who := range []map[string]string{w.anonymous, w.reader} {
					for _, call := range requests(w, who, question, i) {
						answer, err := try(w.url, call)
						if err != nil {
							return err
						}
						if answer.status >= http.StatusInternalServerError {
							t.Errorf("%s for %q answers %d: %s", route, question, answer.status, answer.body)
						}
						if leak := w.secret.in(answer.body); leak != "" {
							t.Errorf("%s shows a customer who asks %q: %s", route, question, leak)
						}
					}
				}
				return nil
			})
		}
	}
	must(t, group.Wait())
}

// customerRoutes reads the OpenAPI document.
func (w *leakWorld) customerRoutes(t *testing.T) (routes []string) {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			Tags []string `json:"tags"`
		} `json:"paths"`
	}
	w.get(t, "/openapi.json", nil).wants(t, http.StatusOK).decode(t, &document)
	for path, methods := range document.Paths {
		for method, operation := range methods {
			if slices.Contains(operation.Tags, "customers") {
				routes = append(routes, strings.ToUpper(method)+" "+path)
			}
		}
	}
	if len(routes) < len(customerCases) {
		t.Errorf("the document has the customer routes %v, want at least the %d with a case", routes, len(customerCases))
	}
	return routes
}

// testHiddenIsAbsent asks for what is there but internal and for what is nowhere:
// the answers must not differ but for the ID.
func (w *leakWorld) testHiddenIsAbsent(t *testing.T) {
	for _, who := range []map[string]string{w.anonymous, w.reader} {
		for _, hidden := range w.secret.articles {
			w.wantSame(t, "/v1/articles/", hidden.id, who, http.StatusNotFound)
		}
		w.wantSame(t, "/v1/articles/", "00000000-0000-7000-8000-000000000001", who, http.StatusNotFound)
	}
	others := w.accepted(t, eventOf("leak-3", "Another's", "Another customer's ticket"), false)
	for _, hidden := range []string{others.String(), sentinelTicket} {
		w.wantSame(t, "/v1/customer/tickets/", hidden, w.reader, http.StatusNotFound)
	}
}

func (w *leakWorld) wantSame(t *testing.T, path, hidden string, who map[string]string, status int) {
	t.Helper()
	random := uuid.Must(uuid.NewV7()).String()
	got, nowhere := w.get(t, path+hidden, who), w.get(t, path+random, who)
	if got.status != status || nowhere.status != status {
		t.Fatalf("%s answers %d for a hidden ID and %d for a random one, want %d", path, got.status, nowhere.status, status)
	}
	if one, other := comparable(got.body, hidden), comparable(nowhere.body, random); one != other {
		t.Errorf("%s tells a hidden ID from an absent one:\n%s\n%s", path, one, other)
	}
}

// comparable removes what differs between any two answers.
func comparable(body, id string) string {
	var document map[string]any
	if json.Unmarshal([]byte(body), &document) == nil {
		delete(document, "instance")
		body = text(document)
	}
	return strings.ReplaceAll(body, id, "ID")
}

func withHeader(header map[string]string, name, value string) map[string]string {
	changed := map[string]string{name: value}
	for name, value := range header {
		changed[name] = value
	}
	return changed
}
