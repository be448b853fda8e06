package llm

import (
	"math"
	"testing"

	"github.com/signalbox/signalbox/internal/fault"
)

func TestEmbeddings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		status     int
		kind       fault.Kind
		calls      int32
	}{
		{"two", `{"data":[{"index":1,"embedding":[0,2]},{"index":0,"embedding":[3,4]}]}`, 200, "", 1},
		{"too few", `{"data":[{"index":0,"embedding":[3,4]}]}`, 200, fault.Unprocessable, 1},
		{"of two lengths", `{"data":[{"index":0,"embedding":[3,4]},{"index":1,"embedding":[1]}]}`, 200, fault.Unprocessable, 1},
		{"nowhere", `{"data":[{"index":7,"embedding":[3,4]}]}`, 200, fault.Unprocessable, 1},
		{"zero", `{"data":[{"index":0,"embedding":[0,0]},{"index":1,"embedding":[1,0]}]}`, 200, fault.Unprocessable, 1},
		{"wrong key", `{"error":{"message":"secret text"}}`, 401, fault.Unprocessable, 1},
		{"down", `{"error":{"message":"no"}}`, 503, fault.Unavailable, embeddingAttempts},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, calls := vendor(t, test.status, test.body)
			model, err := NewEmbeddings(Config{BaseURL: server.URL, Model: "m"})
			if err != nil {
				t.Fatal(err)
			}
			vectors, err := model.Embed(t.Context(), []string{"a", " ", "b"})
			if fault.KindOf(err) != test.kind || calls.Load() != test.calls {
				t.Fatalf("got %v after %d calls, want kind %q after %d", err, calls.Load(), test.kind, test.calls)
			}
			if err == nil && (vectors[1] != nil || math.Abs(float64(vectors[0][0])-0.6) > 1e-6 || vectors[2][1] != 1) {
				t.Errorf("got %v", vectors)
			}
		})
	}
}

func TestEmbeddingsNameWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, config := range []Config{{Model: "m"}, {BaseURL: "http://127.0.0.1"}, {BaseURL: "ftp://a", Model: "m"}} {
		if _, err := NewEmbeddings(config); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", config, err)
		}
	}
}
