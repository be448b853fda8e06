package floodbench_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signalbox/signalbox/evals/floodbench"
)

// Every second question is refused, every tenth breaks.
func TestAskCountsWhatBecomesOfQuestions(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		switch n := asked.Add(1); {
		case n%10 == 0:
			w.WriteHeader(http.StatusInternalServerError)
		case n%2 == 0:
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer server.Close()
	for _, config := range []floodbench.Config{
		{URL: server.URL, PerSecond: 200, For: 500 * time.Millisecond}, {URL: server.URL, Clients: 2, For: 200 * time.Millisecond},
	} {
		asked.Store(0)
		got, err := floodbench.Ask(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		n := int(asked.Load())
		if got.Answer.Count+got.Refusal.Count+got.Failed != n || got.Failed != n/10 || got.Refusal.Count != n/2-n/10 {
			t.Errorf("%d asked, counted as %+v", n, got)
		}
	}
	if _, err := floodbench.Ask(t.Context(), floodbench.Config{URL: "http://a b"}); err == nil {
		t.Error("an address that is none is taken")
	}
}
