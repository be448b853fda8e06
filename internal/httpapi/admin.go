package httpapi

import (
	"context"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

// SystemReports keeps what the owner's monitoring says of their product.
type SystemReports interface {
	ReportStatus(ctx context.Context, actor desk.Actor, report triage.StatusReport) (triage.SystemStatus, error)
}

type reportInput struct {
	Body struct {
		IncidentOpen *bool   `json:"incident_open,omitempty" doc:"Whether the owner has declared an incident. Left out: as it is."`
		Monitoring   *string `json:"monitoring,omitempty" enum:"ok,degraded,down,off" doc:"What monitoring says; off if nothing is monitored. Left out: as it is."`
	}
}

func (s *Server) reportStatus(ctx context.Context, input *reportInput) (*body[triage.SystemStatus], error) {
	status, err := s.stores.Reports.ReportStatus(ctx, desk.ActorFrom(ctx), triage.StatusReport(input.Body))
	if err != nil {
		return nil, err
	}
	return &body[triage.SystemStatus]{status}, nil
}
