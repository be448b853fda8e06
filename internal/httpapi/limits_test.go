package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/pgtest"
)

// most sets limits so low that a test meets them.
func most(limits httpapi.Limits) change {
	return func(w *world) { w.config.Limits = limits }
}

// refused sends a call some times at once and counts the refusals.
func (w *world) refused(times int, made func(i int) call) int {
	w.t.Helper()
	answers := make(chan answer, times)
	for i := range times {
		go func() { answers <- w.do(made(i)) }()
	}
	refused := 0
	for range times {
		if got := <-answers; got.status == http.StatusTooManyRequests {
			refused++
			if problem := problemOf(w.t, got, http.StatusTooManyRequests); problem.header.Get("Retry-After") != "1" {
				w.t.Errorf("Retry-After is %q, want 1", problem.header.Get("Retry-After"))
			}
		} else if got.status >= http.StatusBadRequest {
			w.t.Errorf("status %d, want success or 429: %s", got.status, got.body)
		}
	}
	return refused
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, redis := range map[string]bool{"in this process": false, "in Redis": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := []change{most(httpapi.Limits{HookPerConnection: 2, CustomerPerAddress: 1_000, CustomerPerSite: 2, AgentPerKey: 2})}
			if redis {
				changes = append(changes, onRedis(pgtest.Redis(t)))
			}
			w := newWorld(t, changes...)
			agent, other, hook, site := w.agent(), w.agent(), w.hook(""), w.site()
			paths := map[string]func(int) call{
				"a key":        func(int) call { return call{method: http.MethodGet, path: "/v1/tickets", header: agent} },
				"a site":       func(int) call { return call{method: http.MethodGet, path: "/v1/search?q=x", header: site.visitor()} },
				"a connection": func(i int) call { return hook.signed(fmt.Sprintf(`{"ticket": {"id": "%d", "subject": "x"}}`, i)) },
			}
			for name, made := range paths {
				if refused := w.refused(30, made); refused == 0 || refused == 30 {
					t.Errorf("%s: %d of 30 refused, want some", name, refused)
				}
			}
			for who, header := range map[string]map[string]string{"/v1/tickets": other, "/v1/search?q=x": w.site().visitor()} {
				if got := w.get(who, header); got.status != http.StatusOK {
					t.Errorf("another's limit refuses %s: %d", who, got.status)
				}
			}
			if got := w.do(w.hook("").signed(`{"ticket": {"id": "1", "subject": "x"}}`)); got.status != http.StatusAccepted {
				t.Errorf("another connection is refused: %d", got.status)
			}
			if got := w.get("/healthz", nil); got.status != http.StatusOK {
				t.Errorf("healthz is refused: %d", got.status)
			}
		})
	}
}

func TestTheLimitStaysWhenRedisStops(t *testing.T) {
	t.Parallel()
	redis := pgtest.OwnRedis(t)
	w := newWorld(t, onRedis(redis.URL), most(httpapi.Limits{AgentPerKey: 2}))
	agent := w.agent()
	made := func(int) call { return call{method: http.MethodGet, path: "/v1/tickets", header: agent} }
	if refused := w.refused(30, made); refused == 0 {
		t.Error("with Redis nothing is refused")
	}
	redis.Stop()
	if refused := w.refused(30, made); refused == 0 || refused == 30 {
		t.Errorf("without Redis %d of 30 are refused, want some", refused)
	}
}

func TestOnlyATrustedProxyNamesTheAddress(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		proxies []string
		refuses bool
	}{"trusted": {[]string{"127.0.0.0/8"}, false}, "untrusted": {[]string{"10.0.0.0/8"}, true}, "none": {nil, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, most(httpapi.Limits{CustomerPerAddress: 2}), func(w *world) { w.config.TrustedProxies = test.proxies })
			site := w.site()
			from := func(address func(int) string) func(int) call {
				return func(i int) call {
					header := merged(site.visitor(), map[string]string{"X-Forwarded-For": address(i), "X-Real-IP": address(i)})
					return call{method: http.MethodGet, path: "/v1/search?q=x", header: header}
				}
			}
			if refused := w.refused(30, from(func(i int) string { return fmt.Sprintf("203.0.113.%d", i) })); (refused > 0) != test.refuses {
				t.Errorf("%d of 30 requests that name 30 addresses are refused, want some: %v", refused, test.refuses)
			}
			// Whoever has one IPv6 address has a network of 2⁶⁴.
			if refused := w.refused(30, from(func(i int) string { return fmt.Sprintf("2001:db8::%d", i+1) })); refused == 0 {
				t.Error("an IPv6 network of 64 bits counts as many addresses")
			}
		})
	}
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, broken := range map[string]httpapi.Config{
		"Log":            {},
		"TrustedProxies": {Log: w.config.Log, TrustedProxies: []string{"10.0.0.0/8", "everybody"}},
	} {
		if _, err := httpapi.New(broken, w.stores); err == nil {
			t.Errorf("a wrong %s is accepted", name)
		}
	}
}
