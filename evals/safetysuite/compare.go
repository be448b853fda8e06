package safetysuite

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sort"
)

// mask hides what is made anew for each request.
type mask struct {
	route, what string
	find        *regexp.Regexp
	replace     string
}

const uuid7 = `[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`

var masks = []mask{
	{"POST /v1/answers", "the answer's own id", regexp.MustCompile(`(\{)"id":"` + uuid7 + `"`), `$1"id":"(masked)"`},
	{"POST /v1/customer/tickets", "the new ticket's id", regexp.MustCompile(`("ticket_id":)"` + uuid7 + `"`), `$1"(masked)"`},
}

// maskedHeaders differ by the clock alone.
var maskedHeaders = []string{"Date"}

// masked says what is not compared.
func masked() []string {
	list := []string{}
	for _, name := range maskedHeaders {
		list = append(list, "header "+name)
	}
	for _, m := range masks {
		list = append(list, m.route+": "+m.what)
	}
	return list
}

// difference says how two answers differ, or "".
func difference(route string, with, without response) string {
	if with.status != without.status {
		return fmt.Sprintf("status %d with the internal half, %d without", with.status, without.status)
	}
	if name := differentHeader(with.header, without.header); name != "" {
		return "header " + name
	}
	a, b := hide(route, with.body), hide(route, without.body)
	if !bytes.Equal(a, b) {
		return fmt.Sprintf("body at byte %d of %d and %d", firstDifference(a, b), len(a), len(b))
	}
	return ""
}

func hide(route string, body []byte) []byte {
	for _, m := range masks {
		if m.route == route {
			body = m.find.ReplaceAll(body, []byte(m.replace))
		}
	}
	return body
}

func differentHeader(one, other http.Header) string {
	names := map[string]bool{}
	for _, header := range []http.Header{one, other} {
		for name := range header {
			names[name] = true
		}
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		if !slices.Contains(maskedHeaders, name) && !slices.Equal(one[name], other[name]) {
			return name
		}
	}
	return ""
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
