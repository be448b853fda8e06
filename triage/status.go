package triage

import (
	"slices"

	"github.com/signalbox/signalbox/internal/fault"
)

// MonitoredOff is how reports call that nothing is monitored, which inputs call "".
const MonitoredOff = "off"

// SystemStatus is what the owner says of their own product. It corroborates customers'
// claims of an outage.
type SystemStatus struct {
	IncidentOpen bool   `json:"incident_open"`
	Monitoring   string `json:"monitoring"` // ok, degraded, down, or off if nothing is monitored
}

// StatusReport changes a status. What is nil stays as it is.
type StatusReport struct {
	IncidentOpen *bool   `json:"incident_open,omitempty"`
	Monitoring   *string `json:"monitoring,omitempty"`
}

// Validate is an Unprocessable fault for an unknown state and for a report of nothing.
func (r StatusReport) Validate() error {
	if r.IncidentOpen == nil && r.Monitoring == nil {
		return fault.Field(fault.Unprocessable, "monitoring", "is missing, and so is incident_open", "send one of them")
	}
	if r.Monitoring != nil && !slices.Contains([]string{MonitoredOK, MonitoredDegraded, MonitoredDown, MonitoredOff}, *r.Monitoring) {
		return fault.Field(fault.Unprocessable, "monitoring", "is unknown", "use ok, degraded, down or off")
	}
	return nil
}
