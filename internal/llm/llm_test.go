package llm

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/prompts"
)

func prompt(t *testing.T) prompts.Prompt {
	t.Helper()
	prompt, err := prompts.DraftReply{
		Language: "en", Subject: "Charged twice", Message: "My card was charged twice this month. When do I get the money back?",
		Sources: []prompts.Source{{Title: "Double charges", Text: "A double charge is returned to the card within five working days. Nothing needs to be done."}},
	}.Prompt()
	if err != nil {
		t.Fatal(err)
	}
	return prompt
}

// vendor serves a fixed answer in the published form of the chat protocol.
func vendor(t *testing.T, status int, body string) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		calls.Add(1)
		_, _ = io.Copy(io.Discard, request.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server, &calls
}

func completion(content, finish string) string {
	quoted, _ := json.Marshal(content)
	return `{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":` +
		string(quoted) + `},"finish_reason":"` + finish + `"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`
}

func TestOpenAIOutcomes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		status     int
		kind       fault.Kind
		calls      int32
	}{
		{"json", completion(`{"sentences":[]}`, "stop"), 200, "", 1},
		{"complete json although the length ended it", completion(`{"sentences":[]}`, "length"), 200, "", 1},
		{"prose", completion("I would rather not.", "stop"), 200, fault.Unprocessable, 1},
		{"no choices", `{"choices":[]}`, 200, fault.Unavailable, attempts},
		{"wrong key", `{"error":{"message":"secret prompt text","type":"invalid_request_error","code":"invalid_api_key"}}`, 401, fault.Unprocessable, 1},
		{"overloaded", `{"error":{"message":"slow down"}}`, 429, fault.Unavailable, attempts},
		{"down", `<html>bad gateway</html>`, 502, fault.Unavailable, attempts},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, calls := vendor(t, test.status, test.body)
			model, err := NewOpenAI(Config{BaseURL: server.URL, Key: "k", Model: "m"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = model.Complete(t.Context(), prompt(t))
			if fault.KindOf(err) != test.kind || calls.Load() != test.calls {
				t.Errorf("got %v after %d calls, want kind %q after %d", err, calls.Load(), test.kind, test.calls)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error repeats what the server said: %v", err)
			}
		})
	}
}

func TestOpenAITimesOutAndIsLeftAlone(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1); <-release }))
	t.Cleanup(func() { close(release); server.Close() })
	model, err := NewOpenAI(Config{BaseURL: server.URL, Model: "m", Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if _, err := model.Complete(t.Context(), prompt(t)); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("got %v, want unavailable", err)
		}
	}
	if got := calls.Load(); got > 5*attempts {
		t.Errorf("a model that fails was asked %d times; the breaker should have opened", got)
	}
}

func TestConfigNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := NewOpenAI(Config{Model: "m"}); err == nil || !strings.Contains(err.Error(), "OPENAI_BASE_URL") {
		t.Errorf("got %v", err)
	}
	if _, err := NewAnthropic(Config{Model: "m"}); err == nil || !strings.Contains(err.Error(), "ANTHROPIC_API_KEY") {
		t.Errorf("got %v", err)
	}
}

func TestAnthropicTakesTheObject(t *testing.T) {
	t.Parallel()
	server, _ := vendor(t, 200, `{"id":"m1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Here it is: {\"sentences\":[{\"text\":\"a } b\",\"sources\":[1]}]} Bye"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}`)
	model, err := NewAnthropic(Config{BaseURL: server.URL, Key: "k", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := model.Complete(t.Context(), prompt(t))
	if err != nil || answer != `{"sentences":[{"text":"a } b","sources":[1]}]}` {
		t.Errorf("got %q, %v", answer, err)
	}
}

func TestAnthropicDown(t *testing.T) {
	t.Parallel()
	server, _ := vendor(t, 529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`)
	model, err := NewAnthropic(Config{BaseURL: server.URL, Key: "k", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.Complete(t.Context(), prompt(t)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}

// A real model server checks the protocol: schema, shape, cancellation. Small
// models say nothing about quality.
func TestRealModelServer(t *testing.T) {
	t.Parallel()
	url := os.Getenv("SIGNALBOX_TEST_CHAT_URL")
	if url == "" {
		t.Skip("SIGNALBOX_TEST_CHAT_URL is not set: docs/how-to/models.md says how to run a small model server for this test")
	}
	model, err := NewOpenAI(Config{BaseURL: url, Key: os.Getenv("SIGNALBOX_TEST_CHAT_KEY"), Model: "test", Timeout: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := model.Complete(t.Context(), prompt(t))
	if err != nil {
		t.Fatal(err)
	}
	var shape struct {
		Sentences []struct {
			Text    string `json:"text"`
			Sources []int  `json:"sources"`
		} `json:"sentences"`
	}
	if err := json.Unmarshal([]byte(answer), &shape); err != nil || len(shape.Sentences) == 0 {
		t.Errorf("the answer does not fit the schema: %v", err)
	}
	cancelled, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := model.Complete(cancelled, prompt(t)); err == nil {
		t.Error("a cancelled request succeeded")
	}
}
