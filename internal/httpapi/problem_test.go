package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// document is a problem (RFC 9457) as it came.
type document struct {
	answer   answer
	header   http.Header
	Type     string
	Title    string
	Status   int
	Detail   string
	Instance string
	Errors   []struct{ Location, Message string }
}

// problemOf checks that an answer is a whole problem of this status.
func problemOf(t testing.TB, answer answer, status int) document {
	t.Helper()
	if answer.status != status {
		t.Fatalf("status %d, want %d: %s", answer.status, status, answer.body)
	}
	problem := document{answer: answer, header: answer.header}
	if err := json.Unmarshal([]byte(answer.body), &problem); err != nil {
		t.Fatalf("the problem is not JSON: %v: %s", err, answer.body)
	}
	if contentType := answer.header.Get("Content-Type"); contentType != "application/problem+json" {
		t.Errorf("content type %q, want application/problem+json", contentType)
	}
	if problem.Type != "about:blank" || problem.Title != http.StatusText(status) || problem.Status != status || problem.Detail == "" {
		t.Errorf("the problem lacks type, title, status or detail: %s", answer.body)
	}
	if want := "urn:uuid:" + answer.header.Get("X-Request-Id"); problem.Instance != want {
		t.Errorf("instance %q, want the request's ID %q", problem.Instance, want)
	}
	if answer.header.Get("Cache-Control") != "no-store" {
		t.Error("a problem may be cached")
	}
	return problem
}

// marker stands in places that nothing may repeat.
const marker = "xyzzymarker"

// unrepeated fails if an answer or the log holds the marker.
func (w *world) unrepeated(answers ...answer) {
	w.t.Helper()
	for _, answer := range answers {
		if strings.Contains(answer.body, marker) {
			w.t.Errorf("the answer repeats what was sent: %s", answer.body)
		}
		for name, values := range answer.header {
			if strings.Contains(strings.Join(values, " "), marker) {
				w.t.Errorf("the header %s repeats what was sent: %v", name, values)
			}
		}
	}
	if strings.Contains(w.logs.String(), marker) {
		w.t.Errorf("the log repeats what was sent: %s", w.logs)
	}
}

func TestProblemsRepeatNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.site()
	visitor, agent := site.visitor(), w.agent()
	with := func(header map[string]string, name, value string) map[string]string {
		changed := map[string]string{name: value}
		for name, value := range header {
			if _, set := changed[name]; !set {
				changed[name] = value
			}
		}
		return changed
	}
	const post, get = http.MethodPost, http.MethodGet
	override := "/v1/decisions/" + parsedID(t, "018f3c1e-0000-7000-8000-000000000000").String() + "/override"
	cases := map[string]struct {
		call   call
		status int
	}{
		"not JSON":              {call{post, "/v1/answers", `{"question": ` + marker, visitor}, 400},
		"JSON that breaks off":  {call{post, "/v1/answers", `{"question": "` + marker, visitor}, 400},
		"no body":               {call{post, "/v1/answers", ``, visitor}, 400},
		"another type":          {call{post, "/v1/answers", `{"question": {"` + marker + `": 1}}`, visitor}, 422},
		"an unknown field":      {call{post, "/v1/answers", `{"question": "x", "` + marker + `": "` + marker + `"}`, visitor}, 422},
		"a field in capitals":   {call{post, "/v1/answers", `{"question": "x", "QUESTION": "` + strings.Repeat(marker, 500) + `"}`, visitor}, 422},
		"too long":              {call{post, "/v1/answers", `{"question": "` + strings.Repeat(marker, 200) + `"}`, visitor}, 422},
		"only blanks":           {call{post, "/v1/answers", `{"question": "  \t "}`, visitor}, 422},
		"another media type":    {call{post, "/v1/answers", `question=` + marker, with(visitor, "Content-Type", "text/"+marker)}, 415},
		"no address":            {call{post, "/v1/customer/tickets", `{"subject": "x", "body": "` + marker + `"}`, visitor}, 422},
		"a wrong address":       {call{post, "/v1/customer/tickets", `{"subject": "x", "body": "y", "email": "` + marker + ` <a@b.c>, ` + marker + `"}`, visitor}, 422},
		"a NUL":                 {call{post, "/v1/customer/tickets", `{"subject": "x", "body": "` + marker + `\u0000", "email": "a@b.c"}`, visitor}, 422},
		"a wrong number":        {call{get, "/v1/search?q=x&limit=" + marker, "", visitor}, 422},
		"a number too high":     {call{get, "/v1/search?q=x&limit=21", "", visitor}, 422},
		"no question":           {call{get, "/v1/search", "", visitor}, 422},
		"no UUID":               {call{get, "/v1/articles/" + marker, "", visitor}, 422},
		"a wrong cursor":        {call{get, "/v1/tickets?cursor=" + marker, "", agent}, 400},
		"a wrong word":          {call{get, "/v1/tickets?order=" + marker, "", agent}, 422},
		"a wrong field":         {call{post, override, `{"field": "` + marker + `", "value": "x"}`, agent}, 422},
		"a wrong value":         {call{post, override, `{"field": "intent", "value": "` + marker + `"}`, agent}, 422},
		"a wrong key":           {call{get, "/v1/tickets", "", map[string]string{"Authorization": "Bearer sbx_agent_" + marker}}, 401},
		"a wrong token":         {call{get, "/v1/customer/tickets", "", site.bearing(marker + "." + marker + "." + marker)}, 401},
		"a wrong site":          {call{get, "/v1/search?q=x", "", map[string]string{"X-Signalbox-Site": marker}}, 401},
		"another scheme":        {call{get, "/v1/tickets", "", map[string]string{"Authorization": "Basic " + marker}}, 401},
		"an unknown address":    {call{get, "/v1/" + marker, "", nil}, 404},
		"an unknown method":     {call{http.MethodDelete, "/v1/tickets?x=" + marker, "", agent}, 405},
		"a method of one's own": {call{strings.ToUpper(marker), "/v1/tickets", "", agent}, 405},
	}
	for name, test := range cases {
		problem := problemOf(t, w.do(test.call), test.status)
		w.unrepeated(problem.answer)
		if t.Failed() {
			t.Fatalf("after the case %q", name)
		}
	}
	if strings.Contains(w.logs.String(), strings.ToUpper(marker)) {
		t.Error("the log holds a caller's own method")
	}
}
