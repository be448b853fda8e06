package httpapi

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestBucketsRefill(t *testing.T) {
	t.Parallel()
	buckets, now := newBuckets(), time.Now()
	for i := range 3 {
		if !buckets.allow("a", 3, now) {
			t.Errorf("request %d of 3 is refused", i+1)
		}
	}
	if buckets.allow("a", 3, now) {
		t.Error("a fourth request at once is allowed")
	}
	if !buckets.allow("b", 3, now) {
		t.Error("another's request is refused")
	}
	if !buckets.allow("a", 3, now.Add(time.Second)) {
		t.Error("a second later a request is refused")
	}
}

func TestBucketsAreBoundedAndNobodyGoesUncounted(t *testing.T) {
	t.Parallel()
	buckets, now := newBuckets(), time.Now()
	for i := range mostBuckets {
		buckets.allow(strconv.Itoa(i), 1, now)
	}
	allowed := 0
	for i := range 1_000 {
		if buckets.allow("new "+strconv.Itoa(i), 1, now) {
			allowed++
		}
	}
	if allowed != 1 {
		t.Errorf("%d of 1,000 requests beyond the bound are allowed, want the one that they share", allowed)
	}
	if buckets.allow("0", 1, now) {
		t.Error("a caller who is counted starts anew")
	}
	if len(buckets.held) > mostBuckets+1 {
		t.Errorf("%d buckets are held, want at most %d", len(buckets.held), mostBuckets+1)
	}
	if later := now.Add(2 * time.Second); !buckets.allow("late", 1, later) || len(buckets.held) != 1 {
		t.Errorf("when all are full again %d buckets are held, want one", len(buckets.held))
	}
}

func FuzzNetwork(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "fe80::1%eth0", "", "x", "2001:db8::1%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		name := network(address)
		if name == "unknown" {
			return
		}
		prefix, err := netip.ParsePrefix(name)
		if err == nil && prefix.Bits() == 64 && prefix.Addr().Is6() {
			return
		}
		if parsed, err := netip.ParseAddr(name); err != nil || !parsed.Is4() {
			t.Errorf("%q counts as %q, want an IPv4 address or a network of 64 bits", address, name)
		}
	})
}

func FuzzBearer(f *testing.F) {
	for _, seed := range []string{"Bearer x", "bearer  x ", "Bearer", "Basic x", "", " ", "Bearer \x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token, given := bearer(&http.Request{Header: http.Header{"Authorization": {header}}})
		if given != (header != "") {
			t.Errorf("%q: given is %v, want that no credential is overlooked", header, given)
		}
		if token != strings.TrimSpace(token) || !strings.Contains(header, token) {
			t.Errorf("%q carries %q, want a part of it without blanks around", header, token)
		}
	})
}
