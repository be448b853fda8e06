package helpdesk

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

var (
	now    = time.Date(2026, 8, 3, 9, 30, 0, 0, time.UTC)
	secret = []byte("0123456789abcdef0123456789abcdef")
)

func connection(kind string) desk.Connection {
	return desk.Connection{ID: uuid.MustParse("01900000-0000-7000-8000-000000000001"), Kind: kind, Secrets: [][]byte{[]byte("newer secret"), secret}}
}

func generic(body string) Request {
	timestamp, signature := SignGeneric(secret, []byte(body), now)
	return Request{Header: http.Header{HeaderTimestamp: {timestamp}, HeaderSignature: {signature}}, Body: []byte(body), ReceivedAt: now}
}

func zendesk(body string) Request {
	timestamp := now.Format(time.RFC3339)
	mac := hmacSHA256(secret, []byte(timestamp), []byte(body))
	return Request{Header: http.Header{
		zendeskTimestamp: {timestamp}, zendeskSignature: {base64.StdEncoding.EncodeToString(mac)}, zendeskInvocation: {"01J000INVOCATION"},
	}, Body: []byte(body), ReceivedAt: now}
}

func TestGeneric(t *testing.T) {
	t.Parallel()
	incoming, err := Receive(connection("generic"), generic(`{"event_id":"e1","ticket":{"id":"T-1","subject":" Invoice\nwrong ","status":"open","channel":"email","url":"https://desk.example/T-1"},
		"message":{"id":"m1","body":"<p>Charged <b>twice</b></p><script>x</script>","sent_at":"2026-08-03T09:29:00Z"},
		"requester":{"id":"r1","name":"Ann","email":"Ann <ann@x.example>","language":"en"},
		"account":{"id":"a1","name":"X","tier":"business","renews_on":"2026-09-01"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if incoming.DeliveryKey != "event:e1" || incoming.Subject != "Invoice wrong" || incoming.Message.Body != "Charged twice" ||
		incoming.Message.Audience != desk.Public || incoming.Message.AuthorKind != desk.ByCustomer || incoming.Requester.Email != "ann@x.example" ||
		incoming.Account.Tier != "business" || incoming.Account.RenewsOn.Month() != time.September || incoming.TicketURL != "https://desk.example/T-1" {
		t.Errorf("got %+v", incoming)
	}
}

func TestSignaturesAreRefused(t *testing.T) {
	t.Parallel()
	body := `{"ticket":{"id":"1","subject":"x"}}`
	for name, mend := range map[string]func(*Request){
		"flipped bit of the body": func(r *Request) { r.Body[3] ^= 1 },
		"wrong secret": func(r *Request) {
			*r = generic(body)
			_, s := SignGeneric([]byte("other"), r.Body, now)
			r.Header.Set(HeaderSignature, s)
		},
		"no signature": func(r *Request) { r.Header.Del(HeaderSignature) },
		"no prefix": func(r *Request) {
			r.Header.Set(HeaderSignature, strings.TrimPrefix(r.Header.Get(HeaderSignature), "sha256="))
		},
		"not hex":                      func(r *Request) { r.Header.Set(HeaderSignature, "sha256=zz") },
		"empty":                        func(r *Request) { r.Header.Set(HeaderSignature, "sha256=") },
		"no timestamp":                 func(r *Request) { r.Header.Del(HeaderTimestamp) },
		"timestamp of another request": func(r *Request) { r.Header.Set(HeaderTimestamp, "1754213460") },
		"six minutes late":             func(r *Request) { r.ReceivedAt = now.Add(6 * time.Minute) },
		"six minutes early":            func(r *Request) { r.ReceivedAt = now.Add(-6 * time.Minute) },
	} {
		request := generic(body)
		mend(&request)
		if incoming, err := Receive(connection("generic"), request); !fault.Is(err, fault.Unauthenticated) || incoming.Poison != "" {
			t.Errorf("%s: got %v, %+v; want an unauthenticated fault and nothing to store", name, err, incoming)
		}
	}
	request := zendesk(body)
	request.Body[3] ^= 1
	if _, err := Receive(connection("zendesk"), request); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("zendesk, flipped bit: got %v", err)
	}
	if _, err := Receive(connection("nothing"), generic(body)); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown kind: got %v", err)
	}
	none := connection("generic")
	none.Secrets = [][]byte{nil, {}}
	request = generic(body)
	timestamp, signature := SignGeneric(nil, request.Body, now)
	request.Header.Set(HeaderTimestamp, timestamp)
	request.Header.Set(HeaderSignature, signature)
	if _, err := Receive(none, request); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("empty secret: got %v", err)
	}
}

func TestAKeyOfTheConnectionReplacesOnlyTheGenericSignature(t *testing.T) {
	t.Parallel()
	request := Request{Body: []byte(`{"ticket":{"id":"1","subject":"x"}}`), ReceivedAt: now, Authenticated: true}
	if _, err := Receive(connection("generic"), request); err != nil {
		t.Errorf("generic: %v", err)
	}
	if _, err := Receive(connection("zendesk"), request); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("zendesk: got %v, want its signature to be asked for", err)
	}
}

func TestVerifiedButUnreadableIsKept(t *testing.T) {
	t.Parallel()
	for body, kind := range map[string]fault.Kind{
		`{"ticket":`: fault.Invalid, `[]`: fault.Invalid, `{"ticket":{"id":7}}`: fault.Unprocessable, ``: fault.Invalid,
		`{"ticket":{"id":"1"},"message":{"body":" "}}`:                        fault.Unprocessable,
		`{"ticket":{"subject":"no id"}}`:                                      fault.Unprocessable,
		`{"ticket":{"id":"1","subject":"x","status":"weird"}}`:                fault.Unprocessable,
		`{"ticket":{"id":"1","subject":"x"},"message":{"author":"me"}}`:       fault.Unprocessable,
		`{"ticket":{"id":"1","subject":"` + strings.Repeat("x", 3000) + `"}}`: fault.Unprocessable,
	} {
		incoming, err := Receive(connection("generic"), generic(body))
		if !fault.Is(err, kind) || incoming.Poison == "" || string(incoming.Raw) != body || !strings.HasPrefix(incoming.DeliveryKey, "sha256:") {
			t.Errorf("%.40q: got %v (%s), poison %q, key %q", body, err, fault.KindOf(err), incoming.Poison, incoming.DeliveryKey)
		}
	}
}

func TestHardTextsAreAccepted(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"100,000 characters": strings.Repeat("a word ", 14_286), "NUL": `before\u0000after`, "invalid UTF-8": "caf\xe9", "emoji": "🔥🔥",
		"right to left": "\u202eevil", "lone surrogate": `\ud800`,
	} {
		incoming, err := Receive(connection("generic"), generic(`{"ticket":{"id":"1","subject":"s"},"message":{"body":"`+text+`"}}`))
		if err != nil || !utf8.ValidString(incoming.Message.Body) || strings.ContainsAny(incoming.Message.Body, "\x00\u202e") {
			t.Errorf("%s: got %v, body %.40q", name, err, incoming.Message.Body)
		}
	}
}

func TestZendeskBodies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ file, ticket, subject, body, key, ignore string }{
		{"zendesk-trigger.json", "4711", "Printer app forgets jobs", "The queue is empty again after lunch.", "invocation:01J000INVOCATION", ""},
		{"zendesk-trigger-recommended.json", "4712", "Rechnung doppelt", "Wir wurden zweimal belastet.", "comment:9001", ""},
		{"zendesk-event-created.json", "4713", "", "", "event:01JEVENTCREATED", "the event carries no text; send it by a trigger whose body holds the comment"},
		{"zendesk-event-message.json", "4714", "", "It happened again just now", "event:01JEVENTMESSAGE", ""},
	} {
		body, err := os.ReadFile(filepath.Join("testdata", test.file))
		if err != nil {
			t.Fatal(err)
		}
		incoming, err := Receive(connection("zendesk"), zendesk(string(body)))
		if err != nil {
			t.Errorf("%s: %v", test.file, err)
			continue
		}
		got := []string{incoming.TicketExternalID, incoming.Subject, incoming.Message.Body, incoming.DeliveryKey, incoming.Ignore}
		want := []string{test.ticket, test.subject, test.body, test.key, test.ignore}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s:\n got %q\nwant %q", test.file, got, want)
		}
	}
}

func TestAZendeskNoteNeverBecomesAPublicComment(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]desk.Audience{
		`"false"`: desk.Internal, `false`: desk.Internal, `"False"`: desk.Internal, `" false "`: desk.Internal, `0`: desk.Internal,
		`"no"`: desk.Internal, `"{{ticket.latest_comment.is_public}}"`: desk.Internal,
		`"true"`: desk.Public, `true`: desk.Public, `"True"`: desk.Public, `""`: desk.Public, `null`: desk.Public,
	} {
		incoming, err := Receive(connection("zendesk"), zendesk(`{"ticket_id":"1","latest_comment":"Text","author_is_staff":"True","comment_is_public":`+said+`}`))
		if err != nil || incoming.Message.Audience != want || incoming.Message.AuthorKind != desk.ByAgent {
			t.Errorf("comment_is_public %s: %s by %s, %v; want %s by an agent", said, incoming.Message.Audience, incoming.Message.AuthorKind, err, want)
		}
	}
}

func TestAZendeskStatusThatIsNewToUsLosesNoTicket(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"type":"zen:event-type:ticket.created","id":"e1","detail":{"id":"1","subject":"No mail","status":"ESCALATED"},"event":{}}`,
		`{"ticket_id":"1","ticket_title":"No mail","ticket_status":"With engineering"}`,
	} {
		incoming, err := Receive(connection("zendesk"), zendesk(body))
		if err != nil || incoming.Poison != "" || incoming.Status != "" || incoming.Subject != "No mail" {
			t.Errorf("%.30s: %+v, %v; want the ticket, its status left as it is", body, incoming, err)
		}
	}
}

// The documentation's own bodies are not ours to ship: a folder of them can be named.
func TestZendeskPublishedBodies(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SIGNALBOX_WEBHOOK_DIR")
	if folder == "" {
		t.Skip("SIGNALBOX_WEBHOOK_DIR is not set: name a folder with zendesk/*.json as published to run this")
	}
	files, _ := filepath.Glob(filepath.Join(folder, "zendesk", "*.json"))
	if len(files) == 0 {
		t.Fatal("SIGNALBOX_WEBHOOK_DIR holds no zendesk/*.json")
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".headers.json") {
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		incoming, err := Receive(connection("zendesk"), zendesk(string(body)))
		if err != nil || incoming.TicketExternalID == "" {
			t.Errorf("%s: %v, %+v", filepath.Base(file), err, incoming)
		}
	}
}

func FuzzReceive(f *testing.F) {
	for _, seed := range []string{`{}`, `{"ticket":{"id":"1","subject":"s"},"message":{"body":"<p>x"}}`, `{"type":"zen:event-type:x","detail":{"id":1}}`, `{"ticket_id":7,"message":"> a"}`, `null`, `"`, "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for kind, request := range map[string]Request{"generic": generic(body), "zendesk": zendesk(body)} {
			incoming, err := Receive(connection(kind), request)
			if incoming.DeliveryKey == "" || (err == nil) != (incoming.Poison == "") {
				t.Fatalf("%s: key %q, error %v, poison %q", kind, incoming.DeliveryKey, err, incoming.Poison)
			}
			if verdict := incoming.Validate(); verdict != nil {
				t.Fatalf("%s: stores what cannot be stored: %v", kind, verdict)
			}
		}
	})
}
