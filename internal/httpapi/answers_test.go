package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/httpapi/customer"
	"github.com/signalbox/signalbox/retrieval"
)

const question = `{"question": "Is a yearly plan refunded?"}`

// watched is the real answerer with something done before it and after each sentence.
type watched struct {
	customer.Answerer
	before func(context.Context) error
	after  func(context.Context) error
}

func (a watched) Answer(ctx context.Context, question string, emit func(retrieval.Sentence) error) (retrieval.Answer, error) {
	if a.before != nil {
		if err := a.before(ctx); err != nil {
			return retrieval.Answer{}, err
		}
	}
	return a.Answerer.Answer(ctx, question, func(sentence retrieval.Sentence) error {
		if err := emit(sentence); err != nil {
			return err
		}
		if a.after != nil {
			return a.after(ctx)
		}
		return nil
	})
}

func watch(before, after func(context.Context) error) change {
	return func(w *world) {
		w.stores.Customer.Answerer = watched{w.stores.Customer.Answerer, before, after}
	}
}

// event is one server-sent event.
type event struct{ name, data string }

// nextEvent reads one event, or reports false at the end of the stream.
func nextEvent(t testing.TB, reader *bufio.Reader) (event, bool) {
	t.Helper()
	var read event
	for {
		line, err := reader.ReadString('\n')
		if err == io.EOF {
			return read, false
		}
		must(t, err)
		switch line = strings.TrimSuffix(line, "\n"); {
		case line == "":
			return read, true
		case strings.HasPrefix(line, "event: "):
			read.name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			read.data = line[len("data: "):]
		default:
			t.Fatalf("a stream holds the line %q", line)
		}
	}
}

func events(t testing.TB, body string) (all []event) {
	t.Helper()
	for reader := bufio.NewReader(strings.NewReader(body)); ; {
		event, more := nextEvent(t, reader)
		if !more {
			return all
		}
		all = append(all, event)
	}
}

// ask opens a stream that the caller reads.
func (w *world) ask(ctx context.Context, header map[string]string) *http.Response {
	w.t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+"/v1/answers", strings.NewReader(question))
	must(w.t, err)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	must(w.t, err)
	w.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func TestAnAnswerStreamsItsSentencesAndThenTheWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.teach()
	visitor := w.site().visitor()
	got := w.do(call{http.MethodPost, "/v1/answers", question, visitor})
	if got.header.Get("Content-Type") != "text/event-stream" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the stream's headers are %v, want an event stream that is not stored", got.header)
	}
	all := events(t, got.body)
	if len(all) < 2 {
		t.Fatalf("%d events, want sentences and an answer: %s", len(all), got.body)
	}
	var whole customer.AnswerView
	must(t, json.Unmarshal([]byte(all[len(all)-1].data), &whole))
	if all[len(all)-1].name != "answer" || !whole.Known || len(whole.Sentences) != len(all)-1 || whole.TicketForm != "" {
		t.Errorf("the last event is %+v, want the whole answer with %d sentences", all[len(all)-1], len(all)-1)
	}
	for i, event := range all[:len(all)-1] {
		var sentence retrieval.Sentence
		must(t, json.Unmarshal([]byte(event.data), &sentence))
		if event.name != "sentence" || sentence.Text != whole.Sentences[i].Text || sentence.Citation.Title != "Refunds" {
			t.Errorf("event %d is %+v, want the answer's sentence with its citation", i, event)
		}
	}
	if kept := w.count("select count(*) from answers where outcome = 'answered' and site_id is not null and customer_id is null"); kept != 1 {
		t.Errorf("%d answers are recorded, want 1", kept)
	}
}

func TestAnAnswerAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.teach()
	site := w.site()
	for accept, stream := range map[string]bool{
		"": true, "*/*": true, "text/event-stream": true, "application/cbor": true, "application/json;q=0.5, text/event-stream": true,
		"application/json": false, "application/json, text/plain, */*": false,
	} {
		got := w.do(call{http.MethodPost, "/v1/answers", question, merged(site.visitor(), map[string]string{"Accept": accept})})
		if streamed := got.header.Get("Content-Type") == "text/event-stream"; got.status != http.StatusOK || streamed != stream {
			t.Errorf("Accept %q: status %d, content type %q, want a stream: %v", accept, got.status, got.header.Get("Content-Type"), stream)
		}
	}
	asJSON := map[string]string{"Accept": "application/json"}
	unknown := w.do(call{http.MethodPost, "/v1/answers", `{"question": "` + marker + `?"}`, merged(site.customer(t, "c"), asJSON)})
	view := decode[customer.AnswerView](t, unknown, http.StatusOK)
	if view.Known || view.TicketForm != "/v1/customer/tickets" || !strings.Contains(unknown.body, `"sentences":[]`) {
		t.Errorf("an unknown answer is %s, want no sentences and the ticket form", unknown.body)
	}
	if kept := w.count("select count(*) from answers where outcome = 'unknown' and customer_id is not null"); kept != 1 {
		t.Errorf("%d unknown answers of the customer are recorded, want 1", kept)
	}
	w.unrepeated(unknown)
}

func TestEachSentenceIsSentWhenItIsThere(t *testing.T) {
	t.Parallel()
	read := make(chan struct{})
	w := newWorld(t, watch(nil, func(ctx context.Context) error {
		select {
		case <-read:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}))
	w.teach()
	reader := bufio.NewReader(w.ask(t.Context(), w.site().visitor()).Body)
	first, _ := nextEvent(t, reader) // comes while the answer is held back
	if first.name != "sentence" {
		t.Errorf("the first event is %+v, want a sentence", first)
	}
	close(read)
	last := first
	for more := true; more; {
		var event event
		if event, more = nextEvent(t, reader); more {
			last = event
		}
	}
	if last.name != "answer" {
		t.Errorf("the last event is %+v, want the answer", last)
	}
}

func TestWorkStopsWhenTheCustomerLeaves(t *testing.T) {
	t.Parallel()
	stopped := make(chan error, 1)
	w := newWorld(t, watch(nil, func(ctx context.Context) error {
		<-ctx.Done()
		stopped <- ctx.Err()
		return ctx.Err()
	}))
	w.teach()
	ctx, leave := context.WithCancel(t.Context())
	if first, _ := nextEvent(t, bufio.NewReader(w.ask(ctx, w.site().visitor()).Body)); first.name != "sentence" {
		t.Fatalf("the first event is %+v, want a sentence", first)
	}
	leave()
	select {
	case err := <-stopped:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the work stopped with %v, want that the customer left", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the work goes on although the customer left")
	}
	if kept := w.count("select count(*) from answers"); kept != 0 {
		t.Errorf("%d answers that nobody got are recorded, want none", kept)
	}
	if strings.Contains(w.logs.String(), "level=ERROR") {
		t.Errorf("a customer who leaves is logged as a failure: %s", w.logs)
	}
}

func TestAStreamThatBreaksSaysSo(t *testing.T) {
	t.Parallel()
	broken := func(context.Context) error { return fault.New(fault.Unavailable, "the store is down") }
	w := newWorld(t, watch(nil, broken))
	w.teach()
	all := events(t, w.do(call{http.MethodPost, "/v1/answers", question, w.site().visitor()}).body)
	if len(all) != 2 || all[0].name != "sentence" || all[1].name != "error" {
		t.Fatalf("the events are %+v, want a sentence and an error", all)
	}
	var problem document
	must(t, json.Unmarshal([]byte(all[1].data), &problem))
	if problem.Status != http.StatusServiceUnavailable || problem.Detail != "the store is down" || problem.Instance == "" {
		t.Errorf("the error is %s, want a problem", all[1].data)
	}
	if logged := strings.Count(w.logs.String(), "level=ERROR"); logged != 1 {
		t.Errorf("the failure is logged %d times, want once: %s", logged, w.logs)
	}
}

func TestWhatFailsBeforeTheFirstSentenceIsAnOrdinaryProblem(t *testing.T) {
	t.Parallel()
	broken := func(context.Context) error { return fault.New(fault.Unavailable, "the store is down") }
	w := newWorld(t, watch(broken, nil))
	visitor := w.site().visitor()
	for _, accept := range []string{"text/event-stream", "application/json"} {
		got := w.do(call{http.MethodPost, "/v1/answers", question, merged(visitor, map[string]string{"Accept": accept})})
		if problem := problemOf(t, got, http.StatusServiceUnavailable); problem.header.Get("Retry-After") == "" {
			t.Errorf("Accept %s: a 503 has no Retry-After", accept)
		}
	}
}

func TestWhoSendsSlowlyTakesNoPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, most(httpapi.Limits{CustomerAtOnce: 1}))
	visitor := w.site().visitor()
	body, sender := io.Pipe()
	done := make(chan answer)
	go func() { done <- w.send(call{http.MethodPost, "/v1/answers", question, visitor}, body) }()
	if _, err := io.WriteString(sender, question[:4]); err != nil {
		t.Fatal(err)
	}
	for range 20 { // the first may come before the slow one is being read
		if got := w.get("/v1/search?q=x", visitor); got.status != http.StatusOK {
			t.Fatalf("while another's body is on its way a customer gets %d, want 200", got.status)
		}
	}
	_, err := io.WriteString(sender, question[4:])
	must(t, err)
	must(t, sender.Close())
	if got := <-done; got.status != http.StatusOK {
		t.Errorf("who sent slowly got %d, want 200: %s", got.status, got.body)
	}
}

func TestAFullHouseRefusesAtOnceAndAgentsGoOn(t *testing.T) {
	t.Parallel()
	inside, leave := make(chan struct{}), make(chan struct{})
	w := newWorld(t, most(httpapi.Limits{CustomerAtOnce: 1}), watch(func(context.Context) error {
		inside <- struct{}{}
		<-leave
		return nil
	}, nil))
	visitor := w.site().visitor()
	done := make(chan answer)
	go func() { done <- w.do(call{http.MethodPost, "/v1/answers", question, visitor}) }()
	<-inside
	problem := problemOf(t, w.get("/v1/search?q=x", visitor), http.StatusTooManyRequests) // while the other is held
	if problem.header.Get("Retry-After") == "" {
		t.Error("a full house gives no Retry-After")
	}
	browser := maps.Clone(visitor)
	browser["Origin"] = "https://help.example"
	refusals := make(chan answer, 40)
	for range cap(refusals) { // more than may wait: some are refused before the router
		go func() {
			refusals <- w.do(call{http.MethodPost, "/v1/answers", question, browser})
		}()
	}
	for range cap(refusals) {
		refused := problemOf(t, <-refusals, http.StatusTooManyRequests)
		for _, name := range []string{"Retry-After", httpapi.HeaderRequestID, "Access-Control-Allow-Origin", "Cache-Control"} {
			if refused.header.Get(name) == "" {
				t.Errorf("a refusal has no %s", name)
			}
		}
	}
	if got := w.get("/v1/tickets", w.agent()); got.status != http.StatusOK {
		t.Errorf("an agent is refused by the customers' limit: %d", got.status)
	}
	close(leave)
	if first := <-done; first.status != http.StatusOK {
		t.Errorf("who was inside got %d, want 200", first.status)
	}
	if got := w.get("/v1/search?q=x", visitor); got.status != http.StatusOK {
		t.Errorf("the place is not given back: %d", got.status)
	}
}
