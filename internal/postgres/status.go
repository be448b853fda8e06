package postgres

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// The settings that TriageInput reads of the owner's own product.
const (
	settingIncident   = "incident"
	settingMonitoring = "monitoring"
)

const selectStatus = `
select coalesce((select value @> '{"open": true}' from settings where name = 'incident'), false),
       coalesce((select nullif(value ->> 'status', '') from settings where name = 'monitoring'), 'off')`

// SystemStatus returns what was reported last; before any report there is no incident
// and nothing is monitored.
func (db *DB) SystemStatus(ctx context.Context) (triage.SystemStatus, error) {
	status, err := one[triage.SystemStatus](db.app.Query(ctx, selectStatus))
	return status, failure(err, "read the system's status")
}

// ReportStatus changes the status and returns it. A report of what is known already
// changes nothing and leaves no trace, so that monitoring may repeat it every minute.
func (db *DB) ReportStatus(ctx context.Context, actor desk.Actor, report triage.StatusReport) (triage.SystemStatus, error) {
	if err := actor.May(desk.ReportStatus); err != nil {
		return triage.SystemStatus{}, err
	}
	if err := report.Validate(); err != nil {
		return triage.SystemStatus{}, err
	}
	if report.IncidentOpen != nil {
		if err := db.keepSetting(ctx, actor, settingIncident, map[string]any{"open": *report.IncidentOpen}); err != nil {
			return triage.SystemStatus{}, err
		}
	}
	if report.Monitoring != nil {
		status := *report.Monitoring
		if status == triage.MonitoredOff {
			status = ""
		}
		if err := db.keepSetting(ctx, actor, settingMonitoring, map[string]any{"status": status}); err != nil {
			return triage.SystemStatus{}, err
		}
	}
	return db.SystemStatus(ctx)
}

// keepSetting writes a setting unless it has this value. Of two who write at once the
// later one is right, since each reports what it sees now.
func (db *DB) keepSetting(ctx context.Context, actor desk.Actor, name string, value map[string]any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return failure(err, "encode setting %s", name)
	}
	for range changeAttempts {
		var stored Setting
		if stored, err = db.Setting(ctx, name); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		var compact bytes.Buffer
		if json.Compact(&compact, stored.Value) == nil && bytes.Equal(compact.Bytes(), encoded) {
			return nil
		}
		if _, err = db.PutSetting(ctx, actor, name, encoded, stored.Version); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return err
}
