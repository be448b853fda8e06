package httpapi

import (
	"context"

	"github.com/signalbox/signalbox/internal/fault"
)

// Health says what the stores can do now.
type Health interface {
	// Ready returns nil when requests can be served: the database answers and is
	// migrated. Every error counts as Unavailable.
	Ready(ctx context.Context) error
	// Degraded names what works on without, such as redis.
	Degraded(ctx context.Context) []string
}

// HealthView is the answer of both health routes.
type HealthView struct {
	Status   string   `json:"status" enum:"ok,ready,degraded"`
	Version  string   `json:"version,omitempty"`
	Degraded []string `json:"degraded,omitempty" doc:"What is down although requests are served. Without redis, tickets are accepted and decided later."`
}

type healthOutput struct {
	Body HealthView
}

func (s *Server) healthz(context.Context, *struct{}) (*healthOutput, error) {
	return &healthOutput{HealthView{Status: "ok", Version: s.config.Version}}, nil
}

// readyz stays 200 without Redis: hooks are accepted and the outbox grows.
func (s *Server) readyz(ctx context.Context, _ *struct{}) (*healthOutput, error) {
	if err := s.stores.Health.Ready(ctx); err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "requests cannot be served: %s", fault.Safe(err).Message)
	}
	view := HealthView{Status: "ready", Degraded: s.stores.Health.Degraded(ctx)}
	if len(view.Degraded) > 0 {
		view.Status = "degraded"
	}
	return &healthOutput{view}, nil
}

type openapiOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (s *Server) openapi(context.Context, *struct{}) (*openapiOutput, error) {
	document, err := s.document()
	if err != nil {
		return nil, err
	}
	return &openapiOutput{"application/openapi+json", document}, nil
}
