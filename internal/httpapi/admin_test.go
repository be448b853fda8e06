package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/triage"
)

func TestMonitoringReports(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.key(postgres.NewKey{Scope: desk.AdminActor})
	put := func(body string) answer { return w.do(call{http.MethodPut, "/v1/admin/status", body, admin}) }
	for _, step := range []struct {
		body string
		want triage.SystemStatus
	}{
		{`{"monitoring": "down"}`, triage.SystemStatus{Monitoring: "down"}},
		{`{"incident_open": true}`, triage.SystemStatus{IncidentOpen: true, Monitoring: "down"}},
		{`{"incident_open": false, "monitoring": "off"}`, triage.SystemStatus{Monitoring: "off"}},
	} {
		if got := decode[triage.SystemStatus](t, put(step.body), http.StatusOK); got != step.want {
			t.Errorf("%s: %+v, want %+v", step.body, got, step.want)
		}
	}
	for _, body := range []string{`{}`, `{"monitoring": "sunny"}`, `{"monitoring": ""}`, `{"weather": "fine"}`, `{"incident_open": "yes"}`} {
		problemOf(t, put(body), http.StatusUnprocessableEntity)
	}
}
