package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/signalbox/signalbox/internal/httpapi"
	"github.com/signalbox/signalbox/internal/pgtest"
)

func TestHealthWithoutRedisAndWithoutDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	view := decode[httpapi.HealthView](t, w.get("/readyz", nil), http.StatusOK)
	if view.Status != "degraded" || len(view.Degraded) != 1 || view.Degraded[0] != "redis" {
		t.Errorf("without redis readyz says %+v, want degraded by redis", view)
	}
	w.db.Close()
	broken := problemOf(t, w.get("/readyz", nil), http.StatusServiceUnavailable)
	if broken.header.Get("Retry-After") == "" {
		t.Error("a 503 has no Retry-After")
	}
	// Not even a credential makes healthz ask the database.
	for _, header := range []map[string]string{nil, {"Authorization": "Bearer sbx_agent_x"}, {httpapi.HeaderSite: "sbp_x"}} {
		view = decode[httpapi.HealthView](t, w.get("/healthz", header), http.StatusOK)
		if view.Status != "ok" || view.Version != "1.2.3" {
			t.Errorf("healthz with %v says %+v, want ok and the version", header, view)
		}
	}
}

func TestReadyWithEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onRedis(pgtest.Redis(t)))
	if view := decode[httpapi.HealthView](t, w.get("/readyz", nil), http.StatusOK); view.Status != "ready" || view.Degraded != nil {
		t.Errorf("readyz says %+v, want ready", view)
	}
}
