package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
)

func (w *world) form(body, key string, header map[string]string) answer {
	w.t.Helper()
	return w.do(call{http.MethodPost, "/v1/customer/tickets", body, merged(header, map[string]string{httpapi.HeaderIdempotency: key})})
}

func TestAFormThatIsSentTwiceOpensOneTicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site()
	const signedIn = `{"subject": "x", "body": "y"}`
	from := func(email string) string { return `{"subject": "x", "body": "y", "email": "` + email + `"}` }
	senders := []struct {
		body   string
		header map[string]string
	}{ // all choose the same key
		{signedIn, site.customer(t, "one")}, {signedIn, site.customer(t, "two")}, {signedIn, w.site().customer(t, "one")},
		{from("a@example.org"), site.visitor()}, {from("b@example.org"), site.visitor()},
	}
	seen := map[uuid.UUID]bool{}
	for i, sender := range senders {
		first, again := w.form(sender.body, "1", sender.header), w.form(sender.body, "1", sender.header)
		ticket := decode[receipt](t, first, http.StatusAccepted).TicketID
		if seen[ticket] || first.header.Get(httpapi.HeaderReplayed) != "" {
			t.Errorf("sender %d gets another's ticket", i)
		}
		seen[ticket] = true
		if repeated := decode[receipt](t, again, http.StatusAccepted).TicketID; repeated != ticket || again.header.Get(httpapi.HeaderReplayed) != "true" {
			t.Errorf("sender %d: the repeated form opens %s, want %s again, marked as replayed", i, repeated, ticket)
		}
	}
	for range 2 {
		w.form(signedIn, "", senders[0].header)
	}
	if tickets := w.count("select count(*) from tickets where not is_sentinel"); tickets != len(senders)+2 {
		t.Errorf("%d tickets, want %d: one a sender, and two without a key", tickets, len(senders)+2)
	}
	problemOf(t, w.form(signedIn, strings.Repeat("k", 101), senders[0].header), http.StatusUnprocessableEntity)
}

func TestACustomerReadsTheirTicketWithoutPrivateNotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site, hook := w.site(), w.hook("")
	said := claims("owner")
	said["email"], said["email_verified"] = "n-1@example.org", true
	owner := site.bearing(site.signed(t, said))
	made := w.ticket(hook, "N-1", "Broken", "It is broken.")
	note := hook.signed(`{"ticket": {"id": "N-1"}, "message": {"audience": "internal", "author": "agent", "body": "` + marker + `"}}`)
	if got := w.do(note); got.status != http.StatusAccepted {
		t.Fatalf("a note: status %d, want 202: %s", got.status, got.body)
	}
	got := w.get("/v1/customer/tickets/"+made.TicketID.String(), owner)
	view := decode[struct {
		customer.Ticket
		Comments []customer.Comment
	}](t, got, http.StatusOK)
	if view.Subject != "Broken" || len(view.Comments) != 1 || view.Comments[0].Body != "It is broken." {
		t.Errorf("the customer reads %s, want the subject and one comment", got.body)
	}
	list := w.get("/v1/customer/tickets", owner)
	w.unrepeated(got, list)
	if strings.Contains(got.body+list.body, "message_count") || strings.Contains(got.body+list.body, "priority") {
		t.Errorf("the customer reads more than is theirs: %s %s", got.body, list.body)
	}
	problemOf(t, w.get("/v1/customer/tickets?cursor="+marker, owner), http.StatusBadRequest)
}

func TestAnArticleIsReadAsCustomersSeeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, visitor := w.teach(), w.site().visitor()
	got := w.get("/v1/articles/"+id.String(), visitor)
	view := decode[customer.Article](t, got, http.StatusOK)
	if view.ID != id || view.Title != "Refunds" || !strings.Contains(view.Body, "14 days") || view.Version != 1 {
		t.Errorf("the article is %+v, want what was written", view)
	}
	if strings.Contains(got.body, "source_key") || strings.Contains(got.body, "votes") {
		t.Errorf("the article tells more than customers see: %s", got.body)
	}
	problemOf(t, w.get("/v1/articles/"+uuid.NewString(), visitor), http.StatusNotFound)
}
