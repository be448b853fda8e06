package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/helpdesk"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/postgres"
)

// rows counts what deliveries have left.
func (w *world) rows() (rows [4]int) {
	w.t.Helper()
	for i, table := range []string{"deliveries", "tickets where not is_sentinel", "messages where external_id is not null and ticket_id in (select id from tickets where not is_sentinel)", "outbox where ticket_id is not null"} {
		rows[i] = w.count("select count(*) from " + table)
	}
	return rows
}

func TestADeliveryIsStoredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.config.PublicURL = "https://desk.example" })
	hook := w.hook("")
	delivery := hook.signed(`{"event_id": "e1", "ticket": {"id": "T-1", "subject": "` + marker + `"}, "message": {"body": "` + marker + `"}, "requester": {"id": "r"}}`)
	first := w.do(delivery)
	got := decode[receipt](t, first, http.StatusAccepted)
	if want := "https://desk.example/v1/tickets/" + got.TicketID.String(); first.header.Get("Location") != want {
		t.Errorf("Location is %q, want %q", first.header.Get("Location"), want)
	}
	if first.header.Get(httpapi.HeaderReplayed) != "" {
		t.Error("the first delivery is marked as replayed")
	}
	before := w.rows()
	if before != [4]int{1, 1, 1, 1} {
		t.Fatalf("deliveries, tickets, messages and work are %v, want one of each", before)
	}
	again := w.do(delivery)
	if again.status != http.StatusAccepted || again.body != first.body || again.header.Get(httpapi.HeaderReplayed) != "true" {
		t.Errorf("the replay answers %d %s (replayed %q), want what the first was answered", again.status, again.body, again.header.Get(httpapi.HeaderReplayed))
	}
	if after := w.rows(); after != before {
		t.Errorf("after the replay there are %v, want %v", after, before)
	}
	w.unrepeated(first, again)
}

// A delivery whose signature is right is never lost, whatever is in it.
func TestWhatIsVerifiedAndUnreadableIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook := w.hook("")
	cases := map[string]struct {
		body   string
		status int
		detail string
	}{
		"malformed JSON":        {`{"ticket": {"id": "` + marker + `",, }}`, 400, "(byte 33)"},
		"JSON that breaks off":  {`{"ticket": {"id": "` + marker, 400, "(byte 30)"},
		"no JSON":               {marker, 400, "(byte 1)"},
		"another shape":         {`["` + marker + `"]`, 400, "JSON object"},
		"another type":          {`{"ticket": {"id": ["` + marker + `"]}}`, 422, "ticket.id"},
		"an empty ticket":       {`{"ticket": {}}`, 422, "ticket.id"},
		"a ticket without text": {`{"ticket": {"id": "1"}, "message": {"body": " "}}`, 422, "message.body"},
		"an unknown status":     {`{"ticket": {"id": "1", "subject": "x", "status": "` + marker + `"}}`, 422, "ticket.status"},
		"too long an ID":        {`{"ticket": {"id": "` + strings.Repeat(marker, 20) + `", "subject": "x"}}`, 422, "ticket.id"},
	}
	for name, test := range cases {
		before := w.count("select count(*) from deliveries where state = 'poison' and body = $1", []byte(test.body))
		problem := problemOf(t, w.do(hook.signed(test.body)), test.status)
		if !strings.Contains(problem.Detail, test.detail) {
			t.Errorf("%s: the detail is %q, want it to name %q", name, problem.Detail, test.detail)
		}
		if after := w.count("select count(*) from deliveries where state = 'poison' and body = $1", []byte(test.body)); before != 0 || after != 1 {
			t.Errorf("%s: %d poisoned deliveries before and %d after, want 0 and 1", name, before, after)
		}
		problemOf(t, w.do(hook.signed(test.body)), test.status) // again: the same answer
		w.unrepeated(problem.answer)
	}
	if rows := w.rows(); rows != [4]int{len(cases), 0, 0, 0} {
		t.Errorf("deliveries, tickets, messages and work are %v, want %d deliveries alone", rows, len(cases))
	}
}

func TestWhatIsNotVerifiedLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook, other := w.hook(""), w.hook("")
	const body = `{"ticket": {"id": "1", "subject": "` + marker + `"}}`
	at := func(path string) call { changed := hook.signed(body); changed.path = path; return changed }
	with := func(name, value string) call {
		changed := hook.signed(body)
		changed.header[name] = value
		return changed
	}
	flipped := hook.signed(body)
	flipped.body = strings.Replace(body, "xyzzy", "xyzzx", 1)
	old := hook.signed(body)
	old.header[helpdesk.HeaderTimestamp], old.header[helpdesk.HeaderSignature] = helpdesk.SignGeneric([]byte(hook.secret), []byte(body), time.Now().Add(-time.Hour))
	anotherKey := w.key(postgres.NewKey{Scope: desk.HookActor, ConnectionID: other.id})
	cases := map[string]struct {
		call   call
		status int
	}{
		"no signature":             {call{method: http.MethodPost, path: hook.path(), body: body}, 401},
		"a flipped bit":            {flipped, 401},
		"a wrong signature":        {with(helpdesk.HeaderSignature, "sha256="+strings.Repeat("ab", 32)), 401},
		"no signature's form":      {with(helpdesk.HeaderSignature, marker), 401},
		"no number":                {with(helpdesk.HeaderTimestamp, marker), 401},
		"another time":             {with(helpdesk.HeaderTimestamp, "1"), 401},
		"an old delivery":          {old, 401},
		"another connection":       {at(other.path()), 401},
		"an unknown connection":    {at("/v1/hooks/" + uuid.Must(uuid.NewV7()).String()), 404},
		"no UUID":                  {at("/v1/hooks/" + marker), 404},
		"no body":                  {call{method: http.MethodPost, path: hook.path()}, 400},
		"another connection's key": {call{http.MethodPost, hook.path(), body, anotherKey}, 403},
	}
	for name, test := range cases {
		problem := problemOf(t, w.do(test.call), test.status)
		w.unrepeated(problem.answer)
		if rows := w.rows(); rows != [4]int{} {
			t.Fatalf("%s: it left %v, want nothing", name, rows)
		}
	}
}

func TestLargeBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook := w.hook("")
	const limit = 5 << 20
	ten := `{"ticket": {"id": "1", "subject": "` + strings.Repeat("x", 10<<20) + `"}}`
	declared := hook.signed(ten)
	problemOf(t, w.do(declared), http.StatusRequestEntityTooLarge)
	problem := problemOf(t, w.send(declared, io.MultiReader(strings.NewReader(ten))), http.StatusRequestEntityTooLarge)
	if !strings.Contains(problem.Detail, "5242880") {
		t.Errorf("the detail is %q, want it to name the limit", problem.Detail)
	}
	if rows := w.rows(); rows != [4]int{} {
		t.Errorf("too large a body left %v, want nothing", rows)
	}
	head := `{"ticket": {"id": "1", "subject": "x"}, "message": {"body": "` + strings.Repeat("é", 100_000) + `"}, "padding": "`
	exact := head + strings.Repeat("x", limit-len(head)-2) + `"}`
	if got := w.do(hook.signed(exact)); got.status != http.StatusAccepted {
		t.Errorf("a body of exactly the limit: status %d, want 202: %s", got.status, got.body)
	}
	if length := w.count("select length(body) from messages where ticket_id in (select id from tickets where not is_sentinel)"); length != 100_000 {
		t.Errorf("the stored message has %d characters, want 100,000", length)
	}
	form := `{"subject": "x", "email": "a@example.org", "body": "` + strings.Repeat("é", 100_000) + `"}`
	if got := w.do(call{http.MethodPost, "/v1/customer/tickets", form, w.site().visitor()}); got.status != http.StatusAccepted {
		t.Errorf("a form of 100,000 characters: status %d, want 202: %s", got.status, got.body)
	}
}

func TestTheSignatureDecidesNotTheContentType(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook := w.hook("")
	for i, contentType := range []string{"", "text/plain", "application/json; charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ";;;"} {
		delivery := hook.signed(`{"ticket": {"id": "` + string(rune('a'+i)) + `", "subject": "x"}}`)
		delivery.header["Content-Type"] = contentType
		if got := w.do(delivery); got.status != http.StatusAccepted {
			t.Errorf("content type %q: status %d, want 202: %s", contentType, got.status, got.body)
		}
	}
}

func TestStrangeTextIsMadeHarmless(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook, agent := w.hook(""), w.agent()
	texts := map[string]string{
		"invalid UTF-8": "before \xff\xfe after",
		"a NUL":         `before \u0000 after`,
		"HTML":          `<p>before</p><script>alert(1)</script><img src=x onerror=alert(2)><p>after</p>`,
	}
	for name, text := range texts {
		encoded := strings.ReplaceAll(text, `"`, `\"`)
		got := decode[receipt](t, w.do(hook.signed(`{"ticket": {"id": "`+name+`", "subject": "x"}, "message": {"body": "`+encoded+`"}}`)), http.StatusAccepted)
		view := decode[httpapi.TicketView](t, w.get("/v1/tickets/"+got.TicketID.String(), agent), http.StatusOK)
		stored := view.Messages[0].Body
		if !strings.Contains(stored, "before") || !strings.Contains(stored, "after") {
			t.Errorf("%s: the text became %q, want what was before and after", name, stored)
		}
		if strings.ContainsAny(stored, "\x00<>") || strings.Contains(stored, "alert") {
			t.Errorf("%s: the text became %q, want neither NUL nor script", name, stored)
		}
	}
}

func TestRotatedAndDisabledSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	old := w.hook("")
	secret, err := w.connections.RotateSecret(ctx, operator, old.id, "")
	must(t, err)
	for name, hook := range map[string]hook{"old": old, "new": {old.id, secret}} {
		if got := w.do(hook.signed(`{"ticket": {"id": "` + name + `", "subject": "x"}}`)); got.status != http.StatusAccepted {
			t.Errorf("the %s secret: status %d, want 202: %s", name, got.status, got.body)
		}
	}
	must(t, w.connections.RetireOldSecrets(ctx, operator, old.id))
	problemOf(t, w.do(old.signed(`{"ticket": {"id": "1", "subject": "x"}}`)), http.StatusUnauthorized)
	must(t, w.connections.Disable(ctx, operator, old.id))
	problemOf(t, w.do(hook{old.id, secret}.signed(`{"ticket": {"id": "1", "subject": "x"}}`)), http.StatusNotFound)
}

func TestAReplayAfterErasureBringsNobodyBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body, err := json.Marshal(helpdesk.GenericEvent{
		EventID: "e1", Ticket: helpdesk.GenericTicket{ID: "1", Subject: marker}, Message: &helpdesk.GenericMessage{Body: marker},
		Requester: &helpdesk.GenericRequester{ID: "r", Name: marker, Email: marker + "@example.org"},
	})
	must(t, err)
	delivery := w.hook("").signed(string(body))
	got := decode[receipt](t, w.do(delivery), http.StatusAccepted)
	var customer uuid.UUID
	must(t, w.pg.Admin.QueryRow(t.Context(), "select customer_id from tickets where id = $1", got.TicketID).Scan(&customer))
	_, err = w.db.EraseCustomer(t.Context(), operator, customer)
	must(t, err)
	again := w.do(delivery)
	if again.status != http.StatusAccepted || again.header.Get(httpapi.HeaderReplayed) != "true" {
		t.Errorf("the replay answers %d (replayed %q), want 202 as a replay: %s", again.status, again.header.Get(httpapi.HeaderReplayed), again.body)
	}
	left := w.count("select (select count(*) from customers where name like $1) + (select count(*) from messages where body like $1) + (select count(*) from tickets where subject like $1)", "%"+marker+"%")
	if left != 0 {
		t.Errorf("%d rows hold the erased person's text again, want none", left)
	}
	problemOf(t, w.get("/v1/tickets/"+got.TicketID.String(), w.agent()), http.StatusGone)
}

func TestAConnectionsOwnKeyStandsForItsSignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook := w.hook("")
	const body = `{"ticket": {"id": "1", "subject": "x"}}`
	own := w.key(postgres.NewKey{Scope: desk.HookActor, ConnectionID: hook.id})
	if got := w.do(call{http.MethodPost, hook.path(), body, own}); got.status != http.StatusAccepted {
		t.Errorf("with the connection's key: status %d, want 202: %s", got.status, got.body)
	}
	problemOf(t, w.do(call{http.MethodPost, hook.path(), body, w.key(postgres.NewKey{Scope: desk.HookActor})}), http.StatusUnauthorized)
}

func TestOneDeliveryAtTheSameMomentIsStoredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	delivery := w.hook("").signed(`{"event_id": "e1", "ticket": {"id": "1", "subject": "x"}, "message": {"body": "y"}, "requester": {"id": "r"}}`)
	answers := make(chan answer)
	for range 8 {
		go func() { answers <- w.do(delivery) }()
	}
	tickets, firsts := map[uuid.UUID]bool{}, 0
	for range 8 {
		got := <-answers
		tickets[decode[receipt](t, got, http.StatusAccepted).TicketID] = true
		if got.header.Get(httpapi.HeaderReplayed) == "" {
			firsts++
		}
	}
	if rows := w.rows(); len(tickets) != 1 || firsts != 1 || rows != [4]int{1, 1, 1, 1} {
		t.Errorf("%d tickets, %d first answers and the rows %v, want one of each", len(tickets), firsts, rows)
	}
}
