package httpapi

import (
	"context"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

// Policies keeps what the owner allows.
type Policies interface {
	Policy(ctx context.Context) (triage.Policy, error)
	PolicyVersions(ctx context.Context, limit int) ([]triage.PolicyVersion, error)
	RollBackPolicy(ctx context.Context, actor desk.Actor, to int64) (triage.Policy, []triage.PolicyChange, error)
}

func (s *Server) getPolicy(ctx context.Context, _ *struct{}) (*body[triage.Policy], error) {
	policy, err := s.stores.Policies.Policy(ctx)
	return &body[triage.Policy]{policy}, err
}

// PolicyHistory holds the versions, newest first.
type PolicyHistory struct {
	Versions []triage.PolicyVersion `json:"versions"`
}

type policyVersionsInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

func (s *Server) policyVersions(ctx context.Context, input *policyVersionsInput) (*body[PolicyHistory], error) {
	versions, err := s.stores.Policies.PolicyVersions(ctx, input.Limit)
	return &body[PolicyHistory]{PolicyHistory{versions}}, err
}

// PolicyRollback says which version is in force now.
type PolicyRollback struct {
	Version int64                 `json:"version"`
	Changes []triage.PolicyChange `json:"changes"`
}

type policyRollbackInput struct {
	Body struct {
		To int64 `json:"to,omitempty" minimum:"0" doc:"The version to return to; 0 is the one before."`
	}
}

func (s *Server) rollBackPolicy(ctx context.Context, input *policyRollbackInput) (*body[PolicyRollback], error) {
	policy, changes, err := s.stores.Policies.RollBackPolicy(ctx, desk.ActorFrom(ctx), input.Body.To)
	return &body[PolicyRollback]{PolicyRollback{policy.Version, changes}}, err
}
