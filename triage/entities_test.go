package triage

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
)

// named lists what was found as "kind text".
func named(input Input, entities []Entity) []string {
	var list []string
	for _, entity := range entities {
		source := input.Messages[0].Body
		if entity.Span.MessageID == uuid.Nil {
			source = input.Ticket.Subject
		}
		list = append(list, entity.Kind+" "+source[entity.Span.Start:entity.Span.End])
	}
	return list
}

func TestFindEntities(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		want []string
	}{
		{"It shows ERR_CONNECTION_RESET, then (SYNC_409).", []string{"error_code ERR_CONNECTION_RESET", "error_code SYNC_409"}},
		{"Display: E1203! And ERR-1207 or 0x80070005?", []string{"error_code E1203", "error_code ERR-1207", "error_code 0x80070005"}},
		{"we get HTTP 503 and status 404, but not at 404 Hill Road", []string{"error_code 503", "error_code 404"}},
		{"Fehler 500 kommt, HTTP/502 auch", []string{"error_code 500", "error_code HTTP/502"}},
		{"version 3.4 on the tablet, v2.10.1-beta on the phone, 10.4.2 here", []string{"version 3.4", "version v2.10.1-beta", "version 10.4.2"}},
		{"it costs 3.40 euros since 2026-05-04", nil},
		{"invoice INV-20931 and Rechnung 20931", []string{"invoice_number INV-20931", "invoice_number 20931"}},
		{"order #48210 and PO-7731", []string{"order_number #48210", "order_number PO-7731"}},
		{"see https://status.example/a?b=1, www.example.org.", []string{"url https://status.example/a?b=1", "url www.example.org"}},
		{"write to <ann@brightwell.example>", []string{"email_address ann@brightwell.example"}},
		{"from 192.0.2.17 and 2001:db8::1 at 12:30:45", []string{"ip_address 192.0.2.17", "ip_address 2001:db8::1"}},
		{"javascript://x and file:///etc/passwd, @home, a@b", nil},
		{"Nothing here. 12 cats, 7 dogs.", nil},
	} {
		input := ticket("", test.text)
		if got := named(input, findEntities(input, ownEntities{})); !slices.Equal(got, test.want) {
			t.Errorf("%q holds %q, want %q", test.text, got, test.want)
		}
	}
}

func TestEntitiesOfTheSubject(t *testing.T) {
	t.Parallel()
	input := ticket("Re: GW_504 again", "see above")
	if got := named(input, findEntities(input, ownEntities{})); !slices.Equal(got, []string{"error_code GW_504"}) {
		t.Errorf("the entities are %q", got)
	}
}

func TestEntitiesAreBounded(t *testing.T) {
	t.Parallel()
	input := ticket("", strings.Repeat("ERR_1 E1203 ", 40_000))
	if got := len(findEntities(input, ownEntities{})); got != maximumEntities {
		t.Errorf("%d entities, want %d", got, maximumEntities)
	}
}

func FuzzFindEntities(f *testing.F) {
	f.Add("E1203 https://a.example €20 v1.2.3 Error\n  at x (y:1)\n")
	f.Add("::::\xff::1 1.1.1.1 #1234 invoice 1234 \xe2\x82")
	f.Fuzz(func(t *testing.T, text string) {
		input := ticket(text, text)
		for _, entity := range findEntities(input, ownEntities{}) {
			if entity.Span.Start < 0 || entity.Span.Start >= entity.Span.End || entity.Span.End > len(text) {
				t.Fatalf("the span %+v lies outside of %d bytes", entity.Span, len(text))
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[entity.Span.Start:entity.Span.End]) {
				t.Fatalf("the span %+v cuts a character", entity.Span)
			}
		}
	})
}
