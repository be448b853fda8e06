package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/postgres"
)

// access says what each party is answered on each route. "bad key" and "bad token"
// stand for every such credential; "boss" is the admin of the customer's account,
// "lawyer" an agent of the group that restricted tickets belong to.
const access = `
                                     nobody badkey hook agent lawyer admin visitor customer stranger boss badtoken
GET  /healthz                        200    200    200  200   200    200   200     200      200      200  200
GET  /readyz                         200    200    200  200   200    200   200     200      200      200  200
GET  /openapi.json                   200    200    200  200   200    200   200     200      200      200  200
POST /v1/hooks/{connection}          202    401    202  403   403    403   202     202      202      202  202
GET  /v1/search                      401    401    403  403   403    403   200     200      200      200  401
GET  /v1/search/suggestions          401    401    403  403   403    403   200     200      200      200  401
GET  /v1/articles/{id}               401    401    403  403   403    403   200     200      200      200  401
POST /v1/answers                     401    401    403  403   403    403   200     200      200      200  401
POST /v1/customer/tickets            401    401    403  403   403    403   202     202      202      202  401
GET  /v1/customer/tickets            401    401    403  403   403    403   401     200      200      200  401
GET  /v1/customer/tickets/{id}       401    401    403  403   403    403   401     200      404      200  401
GET  /v1/tickets                     401    401    403  200   200    200   401     403      403      403  401
GET  /v1/tickets/{id}                401    401    403  404   200    200   401     403      403      403  401
GET  /v1/tickets/{id}/decisions      401    401    403  404   200    200   401     403      403      403  401
GET  /v1/decisions/{id}/explanation  401    401    403  404   200    200   401     403      403      403  401
POST /v1/decisions/{id}/override     401    401    403  404   200    200   401     403      403      403  401
GET  /v1/agent/search                401    401    403  200   200    200   401     403      403      403  401
GET  /v1/agent/search/suggestions    401    401    403  200   200    200   401     403      403      403  401
GET  /v1/agent/tickets/{id}/brief    401    401    403  404   200    200   401     403      403      403  401
POST /v1/agent/articles:import       401    401    403  403   403    202   401     403      403      403  401
GET  /v1/agent/imports/{id}          401    401    403  403   403    404   401     403      403      403  401
PUT  /v1/admin/status                401    401    403  403   403    200   401     403      403      403  401
GET  /v1/agent/review                401    401    403  200   200    200   401     403      403      403  401
POST /v1/agent/review                401    401    403  404   200    200   401     403      403      403  401
GET  /v1/admin/policy                401    401    403  403   403    200   401     403      403      403  401
GET  /v1/admin/policy/versions       401    401    403  403   403    200   401     403      403      403  401
POST /v1/admin/policy:rollback       401    401    403  403   403    404   401     403      403      403  401
GET  /v1/admin/promise               401    401    403  403   403    200   401     403      403      403  401
`

// expectations reads the table: route, then party, then status.
func expectations(t testing.TB) map[string]map[string]int {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(access), "\n")
	parties := strings.Fields(lines[0])
	table := map[string]map[string]int{}
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		row := map[string]int{}
		for i, party := range parties {
			status, err := strconv.Atoi(fields[2+i])
			must(t, err)
			row[party] = status
		}
		table[fields[0]+" "+fields[1]] = row
	}
	return table
}

// scene is a world with a restricted ticket and a customer's own one.
type scene struct {
	*world
	site       site
	hook       hook
	article    uuid.UUID
	restricted receipt
	decision   uuid.UUID
	own        uuid.UUID
}

func newScene(t testing.TB) scene {
	t.Helper()
	s := scene{world: newWorld(t)}
	s.site, s.hook, s.article = s.site0(), s.world.hook(""), s.teach()
	s.restricted = s.ticket(s.world.hook("legal"), "R-1", "Contract breach", "I cannot log in since you breached the contract.")
	s.decision = s.decide(s.restricted)
	form := s.do(call{http.MethodPost, "/v1/customer/tickets", `{"subject": "My own", "body": "text"}`, s.site.customer(t, "customer")})
	s.own = decode[receipt](t, form, http.StatusAccepted).TicketID
	s.promote("customer", "member")
	s.get("/v1/customer/tickets", s.site.customer(t, "boss")) // makes them known
	s.promote("boss", "admin")
	return s
}

func (s scene) site0() site { return s.world.site() }

// promote puts a customer into the one account there is.
func (s scene) promote(subject, role string) {
	s.t.Helper()
	ctx := context.Background()
	account, err := s.db.UpsertAccount(ctx, desk.IncomingAccount{ExternalID: "acme", Name: "Acme"})
	must(s.t, err)
	var id uuid.UUID
	must(s.t, s.pg.Admin.QueryRow(ctx, "select customer_id from customer_identities where subject = $1", subject).Scan(&id))
	_, err = s.db.SetMembership(ctx, operator, id, postgres.Membership{AccountID: account.ID, Role: role})
	must(s.t, err)
	s.run("update tickets set account_id = $1 where customer_id = $2", account.ID, id)
}

// parties returns everybody by name, and each bad credential under its kind.
func (s scene) parties() map[string][]map[string]string {
	s.t.Helper()
	wrong := map[string]string{"Authorization": "Bearer sbx_admin_" + strings.Repeat("A", 43)}
	return map[string][]map[string]string{
		"nobody":   {nil, {"Authorization": ""}},
		"badkey":   {wrong, s.revoked(), s.expired()},
		"hook":     {s.key(postgres.NewKey{Scope: desk.HookActor}), s.key(postgres.NewKey{Scope: desk.HookActor, ConnectionID: s.hook.id})},
		"agent":    {s.agent(), s.agent("press")},
		"lawyer":   {s.agent("legal")},
		"admin":    {s.key(postgres.NewKey{Scope: desk.AdminActor})},
		"visitor":  {s.site.visitor()},
		"customer": {s.site.customer(s.t, "customer"), s.site.bearing(s.site.signed(s.t, claims("customer")))},
		"stranger": {s.site.customer(s.t, "stranger")},
		"boss":     {s.site.customer(s.t, "boss")},
		"badtoken": s.badTokens(),
	}
}

func (s scene) revoked() map[string]string {
	s.t.Helper()
	ctx := context.Background()
	key, plaintext, err := s.db.CreateKey(ctx, operator, postgres.NewKey{Name: "revoked", Scope: desk.AdminActor})
	must(s.t, err)
	must(s.t, s.db.RevokeKey(ctx, operator, key.ID))
	return map[string]string{"Authorization": "Bearer " + plaintext}
}

func (s scene) expired() map[string]string {
	s.t.Helper()
	key, plaintext, err := s.db.CreateKey(context.Background(), operator, postgres.NewKey{Name: "expired", Scope: desk.AdminActor})
	must(s.t, err)
	s.run("update api_keys set expires_at = now() - interval '1 second' where id = $1", key.ID)
	return map[string]string{"Authorization": "Bearer " + plaintext}
}

// request fills a route in. Tickets of agents' routes are the restricted one.
func (s scene) request(route string) call {
	method, path, _ := strings.Cut(route, " ")
	made := call{method: method}
	switch path {
	case "/v1/hooks/{connection}":
		return s.hook.signed(`{"ticket": {"id": "1", "subject": "x"}}`)
	case "/v1/answers":
		made.body = `{"question": "Is a yearly plan refunded?"}`
	case "/v1/customer/tickets":
		if method == http.MethodPost {
			made.body = `{"subject": "x", "body": "y", "email": "a@example.org"}`
		}
	case "/v1/decisions/{id}/override":
		path, made.body = strings.ReplaceAll(path, "{id}", s.decision.String()), `{"field": "intent", "value": "refund"}`
	case "/v1/decisions/{id}/explanation":
		path = strings.ReplaceAll(path, "{id}", s.decision.String())
	case "/v1/articles/{id}":
		path = strings.ReplaceAll(path, "{id}", s.article.String())
	case "/v1/customer/tickets/{id}":
		path = strings.ReplaceAll(path, "{id}", s.own.String())
	case "/v1/agent/articles:import":
		made.body = `{"audience": "internal", "urls": ["https://help.example/a"]}`
	case "/v1/agent/review":
		if method == http.MethodPost {
			made.body = `{"kind": "unsure", "id": "` + s.decision.String() + `", "answers": {"intent": "refund"}}`
		}
	case "/v1/admin/policy:rollback":
		made.body = `{}`
	case "/v1/admin/status":
		made.body = `{"monitoring": "down"}`
	case "/v1/search", "/v1/agent/search", "/v1/search/suggestions", "/v1/agent/search/suggestions":
		path += "?q=refund"
	}
	made.path = strings.ReplaceAll(path, "{id}", s.restricted.TicketID.String())
	return made
}

func TestEveryRouteForEveryParty(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	parties := s.parties()
	table := expectations(t)
	for _, route := range s.documented() {
		row, known := table[route]
		if !known {
			t.Errorf("%s stands in no row of the table: say who may call it", route)
			continue
		}
		delete(table, route)
		for party, status := range row {
			for i, header := range parties[party] {
				request := s.request(route)
				request.header = merged(request.header, header)
				got := s.do(request)
				if got.status != status {
					t.Errorf("%s as %s %d: status %d, want %d: %s", route, party, i, got.status, status, got.body)
				} else if status >= http.StatusBadRequest {
					problemOf(t, got, status)
				}
				if challenge := got.header.Get("WWW-Authenticate"); (challenge != "") != (status == http.StatusUnauthorized) {
					t.Errorf("%s as %s: WWW-Authenticate is %q with status %d", route, party, challenge, status)
				}
			}
		}
	}
	for route := range table {
		t.Errorf("%s is in the table and not in the OpenAPI document", route)
	}
}

// documented lists the routes of the OpenAPI document.
func (w *world) documented() []string {
	w.t.Helper()
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	must(w.t, json.Unmarshal([]byte(w.get("/openapi.json", nil).body), &document))
	var routes []string
	for path, methods := range document.Paths {
		for method := range methods {
			routes = append(routes, strings.ToUpper(method)+" "+path)
		}
	}
	return routes
}

func merged(headers ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, header := range headers {
		for name, value := range header {
			all[name] = value
		}
	}
	return all
}
