package outbound

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// publish serves pages with an optional robots.txt, and a fetcher that may reach them.
func publish(t *testing.T, robots string, pages http.Handler) (*httptest.Server, *Fetcher) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			if robots == "" {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write([]byte(robots))
			return
		}
		pages.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server, NewFetcher(FetchConfig{PrivateHosts: []string{HostOf(server.URL)}, MaximumBytes: 1000, Timeout: 2 * time.Second})
}

func TestFetchIsConditional(t *testing.T) {
	t.Parallel()
	server, fetcher := publish(t, "", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		_, _ = w.Write([]byte("page"))
	}))
	page, err := fetcher.Get(t.Context(), server.URL+"/a", "", "")
	if err != nil || string(page.Data) != "page" || page.ETag != `"v1"` {
		t.Fatalf("%+v, %v", page, err)
	}
	if again, err := fetcher.Get(t.Context(), server.URL+"/a", page.ETag, ""); err != nil || !again.NotModified {
		t.Errorf("again: %+v, %v; want not modified", again, err)
	}
}

func TestFetchRefuses(t *testing.T) {
	t.Parallel()
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("secret")) }))
	t.Cleanup(inner.Close)
	server, fetcher := publish(t, "User-agent: *\nDisallow: /closed\n", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inward":
			http.Redirect(w, r, inner.URL, http.StatusFound)
		case "/to-closed":
			http.Redirect(w, r, "/closed/x", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/large":
			_, _ = w.Write([]byte(strings.Repeat("x", 2000)))
		case "/slow":
			time.Sleep(3 * time.Second)
		case "/broken":
			w.WriteHeader(http.StatusBadGateway)
		default:
			http.NotFound(w, r)
		}
	}))
	for path, want := range map[string]error{"/inward": ErrPrivate, "/to-closed": ErrRobots, "/closed/x": ErrRobots, "/file": ErrAddress, "/large": ErrTooLarge, "/missing": ErrGone, "/loop": nil, "/slow": nil, "/broken": nil} {
		page, err := fetcher.Get(t.Context(), server.URL+path, "", "")
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %q, %v; want %v", path, page.Data, err, want)
		}
		if err != nil && strings.Contains(err.Error(), server.URL) {
			t.Errorf("%s: %v repeats the address", path, err)
		}
	}
	for _, address := range []string{"ftp://a.example/x", "https://user:pass@a.example/", "nothing", "http://"} {
		if _, err := fetcher.Get(t.Context(), address, "", ""); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v, want ErrAddress", address, err)
		}
	}
	if _, err := NewFetcher(FetchConfig{}).Get(t.Context(), inner.URL, "", ""); !errors.Is(err, ErrPrivate) {
		t.Errorf("a private address: %v", err)
	}
}
