package safetysuite

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Side is one running service.
type Side struct {
	URL    string // without a slash at the end
	Client *http.Client
}

// Header is what a request carries.
type Header map[string]string

// People are the credentials that the questions are asked with. They are made anew
// when they are about to expire.
type People struct {
	Visitor Header // nobody is signed in
	Reader  Header // signed in, has a ticket with a private note; nil if there is none
	Writer  Header // signed in, for routes that write; nil if there is none
}

// Article is an internal article with everything by which it could show.
type Article struct {
	Name  string   // what a report calls it where nothing may be quoted
	IDs   []string // of the article, its versions and its chunks
	Key   string
	Title string
	Body  string
	Tags  []string
}

// Target is what is attacked.
type Target struct {
	With    Side  // has the internal half
	Without *Side // the same public half alone; nil for a deployment
	People  func() People
	Hidden  []Article
	Markers []string                    // words that stand in nothing public
	Open    []string                    // public texts: what stands there is no leak
	OwnIDs  []string                    // of what the reader may read; the reader's ticket comes last
	Settle  func(context.Context) error // both stores tidy up, before latency counts; nil for a deployment
	Close   func() error
}

type request struct {
	route, method, path string
	header              Header
	body                []byte
}

type response struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

// mostWaits bounds how often a refusal for too many requests is waited out.
const mostWaits = 60

// send asks, and asks again when it was refused for asking too fast.
func (s Side) send(ctx context.Context, r request, id string) (response, error) {
	for waits := 0; ; waits++ {
		answer, err := s.once(ctx, r, id)
		if err != nil || answer.status != http.StatusTooManyRequests || waits == mostWaits {
			return answer, err
		}
		seconds, _ := strconv.Atoi(answer.header.Get("Retry-After"))
		select {
		case <-ctx.Done():
			return answer, ctx.Err()
		case <-time.After(time.Duration(max(seconds, 1)) * time.Second):
		}
	}
}

func (s Side) once(ctx context.Context, r request, id string) (response, error) {
	made, err := http.NewRequestWithContext(ctx, r.method, s.URL+r.path, bytes.NewReader(r.body))
	if err != nil {
		return response{}, fmt.Errorf("make a request for %s: %w", r.route, err)
	}
	if len(r.body) > 0 {
		made.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.header {
		made.Header.Set(name, value)
	}
	made.Header.Set("X-Request-Id", id)
	began := time.Now()
	got, err := s.Client.Do(made)
	if err != nil {
		return response{}, fmt.Errorf("ask %s: %w", r.route, err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		return response{}, fmt.Errorf("read the answer of %s: %w", r.route, err)
	}
	return response{got.StatusCode, got.Header, body, time.Since(began)}, nil
}

func newRequestID() string { return uuid.NewString() }
