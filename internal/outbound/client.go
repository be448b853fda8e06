package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// ErrPrivate refuses an address that belongs to a private network.
var ErrPrivate = errors.New("the address is private; list its host to allow it")

// Config of a client.
type Config struct {
	// PrivateHosts are the hosts (as in a URL, with port if it has one) on which
	// private addresses are allowed.
	PrivateHosts []string
	// Timeout bounds a whole request; 0 leaves it to the request's context.
	Timeout time.Duration
	// HeaderTimeout bounds the wait for an answer's first byte; 0 is one minute.
	HeaderTimeout time.Duration
}

// maxRedirects is what browsers allow, halved.
const maxRedirects = 10

// New returns a client that can reach the public internet and the listed hosts.
func New(config Config) *http.Client {
	allowed := map[string]bool{}
	for _, host := range config.PrivateHosts {
		allowed[strings.ToLower(host)] = true
	}
	header := config.HeaderTimeout
	if header == 0 {
		header = time.Minute
	}
	transport := &http.Transport{
		Proxy:                 nil, // a proxy would resolve names out of our sight
		DialContext:           dialer(allowed),
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: header,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   4,
		ForceAttemptHTTP2:     true,
	}
	return &http.Client{Transport: transport, Timeout: config.Timeout, CheckRedirect: checkRedirect}
}

// dialer connects to public addresses, and to private ones of allowed hosts. The
// check runs on the address that the connection is really made to.
func dialer(allowed map[string]bool) func(context.Context, string, string) (net.Conn, error) {
	open := &net.Dialer{Timeout: 10 * time.Second}
	guarded := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		parsed, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("read the resolved address: %w", err)
		}
		if !public(parsed.Addr()) {
			return ErrPrivate
		}
		return nil
	}}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if allowed[strings.ToLower(address)] || allowed[strings.ToLower(host)] {
			return open.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
}

// Ranges that are not private by name but lead nowhere public either.
var special = []netip.Prefix{
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers
	netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("2002::/16"),
}

// public reports an address of the open internet.
func public(address netip.Addr) bool {
	address = address.Unmap()
	if !address.IsGlobalUnicast() || address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast() {
		return false
	}
	for _, prefix := range special {
		if prefix.Contains(address) {
			return false
		}
	}
	return true
}

// checkRedirect follows a bounded number of redirects, never from https to http,
// and leaves credentials behind when the host changes.
func checkRedirect(next *http.Request, before []*http.Request) error {
	if len(before) >= maxRedirects {
		return errors.New("too many redirects")
	}
	last := before[len(before)-1]
	if last.URL.Scheme == "https" && next.URL.Scheme != "https" {
		return errors.New("a redirect leads from https to " + next.URL.Scheme)
	}
	if last.URL.Host != next.URL.Host {
		next.Header.Del("Authorization")
		next.Header.Del("Cookie")
	}
	return nil
}

// HostOf returns the host and port of an address that the owner set, for PrivateHosts.
func HostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if parsed.Port() != "" {
		return parsed.Host
	}
	if parsed.Scheme == "http" {
		return net.JoinHostPort(parsed.Hostname(), "80")
	}
	return net.JoinHostPort(parsed.Hostname(), "443")
}
