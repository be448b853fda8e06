package outbound

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func get(t *testing.T, client *http.Client, url string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err == nil {
		t.Cleanup(func() { response.Body.Close() })
	}
	return response, err
}

func TestPrivateAddressesNeedListing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(server.Close)
	if _, err := get(t, New(Config{}), server.URL); !errors.Is(err, ErrPrivate) {
		t.Errorf("unlisted loopback: got %v, want ErrPrivate", err)
	}
	response, err := get(t, New(Config{PrivateHosts: []string{HostOf(server.URL)}}), server.URL)
	if err != nil || response.StatusCode != http.StatusTeapot {
		t.Errorf("listed loopback: got %v", err)
	}
}

func TestRedirectIntoAPrivateNetworkIsRefused(t *testing.T) {
	t.Parallel()
	inner := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(inner.Close)
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusFound))
	t.Cleanup(outer.Close)
	if _, err := get(t, New(Config{PrivateHosts: []string{HostOf(outer.URL)}}), outer.URL); !errors.Is(err, ErrPrivate) {
		t.Errorf("got %v, want ErrPrivate", err)
	}
}

func TestRedirectDropsCredentials(t *testing.T) {
	t.Parallel()
	var seen string
	inner := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) { seen = request.Header.Get("Authorization") }))
	t.Cleanup(inner.Close)
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusFound))
	t.Cleanup(outer.Close)
	client := New(Config{PrivateHosts: []string{HostOf(outer.URL), HostOf(inner.URL)}})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, outer.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer secret")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if seen != "" {
		t.Error("the credential followed to another host")
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:4700::1111": true, "127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "::1": false, "fc00::1": false, "fe80::1": false,
		"::ffff:10.0.0.1": false, "64:ff9b::a00:1": false, "224.0.0.1": false, "255.255.255.255": false,
	} {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}
