package postgres

import (
	"sync"
	"testing"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

func reportOf(incident any, monitoring string) (report triage.StatusReport) {
	if open, given := incident.(bool); given {
		report.IncidentOpen = &open
	}
	if monitoring != "" {
		report.Monitoring = &monitoring
	}
	return report
}

func TestReportStatus(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := receive(t, db, event(connect(t, db), "d1", "T-1", "u1"))
	if status, err := db.SystemStatus(t.Context()); err != nil || status != (triage.SystemStatus{Monitoring: "off"}) {
		t.Errorf("before any report: %+v, %v", status, err)
	}
	for i, step := range []struct {
		report  triage.StatusReport
		want    triage.SystemStatus
		changes int // entries of the audit log so far
	}{
		{reportOf(true, ""), triage.SystemStatus{IncidentOpen: true, Monitoring: "off"}, 1},
		{reportOf(true, ""), triage.SystemStatus{IncidentOpen: true, Monitoring: "off"}, 1},
		{reportOf(nil, "down"), triage.SystemStatus{IncidentOpen: true, Monitoring: "down"}, 2},
		{reportOf(false, "degraded"), triage.SystemStatus{Monitoring: "degraded"}, 4},
		{reportOf(nil, "degraded"), triage.SystemStatus{Monitoring: "degraded"}, 4},
		{reportOf(nil, "off"), triage.SystemStatus{Monitoring: "off"}, 5},
	} {
		got, err := db.ReportStatus(t.Context(), admin, step.report)
		if err != nil || got != step.want {
			t.Errorf("step %d: %+v, %v, want %+v", i, got, err, step.want)
		}
		if changes := count(t, db, "audit_log where action = 'setting.put'"); changes != step.changes {
			t.Errorf("step %d: %d entries in the audit log, want %d", i, changes, step.changes)
		}
		input := inputOf(t, db, receipt.TicketID)
		if seen := (triage.SystemStatus{IncidentOpen: input.IncidentOpen, Monitoring: input.Monitored}); seen != step.want && (seen.Monitoring != "" || step.want.Monitoring != "off") {
			t.Errorf("step %d: the next decision sees %+v, want %+v", i, seen, step.want)
		}
	}
}

func TestWhoMayReportWhat(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	for name, test := range map[string]struct {
		actor  desk.Actor
		report triage.StatusReport
		want   fault.Kind
	}{
		"agent": {agent, reportOf(true, ""), fault.Forbidden}, "nobody": {desk.Actor{}, reportOf(true, ""), fault.Unauthenticated},
		"nothing": {admin, reportOf(nil, ""), fault.Unprocessable}, "unknown": {admin, reportOf(nil, "sunny"), fault.Unprocessable},
	} {
		if _, err := db.ReportStatus(t.Context(), test.actor, test.report); !fault.Is(err, test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	if settings := count(t, db, "settings where name in ('incident', 'monitoring')"); settings != 0 {
		t.Errorf("%d settings were written", settings)
	}
}

func TestReportsAtOnceAllArrive(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			if _, err := db.ReportStatus(t.Context(), admin, reportOf(i%2 == 0, "ok")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
