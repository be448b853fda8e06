package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// promotionMode says what becomes of a candidate.
type promotionMode int

const (
	promoteIfAsGood promotionMode = iota
	promoteAnyway
	promoteNever
)

func promotionOf(hold, force bool) promotionMode {
	switch {
	case hold:
		return promoteNever
	case force:
		return promoteAnyway
	}
	return promoteIfAsGood
}

// settingPromotion remembers what the last promotion did to the policy, so that both can
// be taken back.
const settingPromotion = "promotion"

type promotedPolicy struct {
	ModelID uuid.UUID `json:"model_id"`
	Before  int64     `json:"policy_before"`
	After   int64     `json:"policy_after"`
}

// keepEvidence keeps some of the tickets that the current model cannot have seen out of
// this training, to compare the two on.
func (a *app) keepEvidence(ctx context.Context) error {
	current, err := a.currentModel(ctx)
	if err != nil {
		return err
	}
	since := time.Time{}
	if current != nil {
		since = current.CreatedAt
	}
	_, err = a.db.DrawEvidence(ctx, since)
	return err
}

// currentModel is nil if there is none.
func (a *app) currentModel(ctx context.Context) (*triage.ModelRecord, error) {
	models, err := a.db.Models(ctx, modelKind)
	for _, model := range models {
		if model.State == "current" {
			return &model, err
		}
	}
	return nil, err
}

// promote compares a candidate with the current model and makes it current, with new
// thresholds for the fields that act alone, if it may be. The policy goes first: a
// stricter threshold with the old model harms nobody.
func (a *app) promote(ctx context.Context, candidate *triage.Model, policy triage.Policy, mode promotionMode, result *trained) error {
	current, err := a.currentModel(ctx)
	if err != nil || mode == promoteNever {
		return err
	}
	if current != nil {
		gate, err := a.compare(ctx, current.ID, candidate, policy)
		if err != nil {
			return err
		}
		result.Gate = &gate
		if !gate.Promoted && mode != promoteAnyway {
			return nil
		}
		if err := a.deriveThresholds(ctx, gate, policy, result.Model.ID); err != nil {
			return err
		}
	}
	result.Model.State = "current"
	return a.db.Promote(ctx, operator, result.Model.ID)
}

// compare loads the current model and judges both on what was kept, which is spent by it.
func (a *app) compare(ctx context.Context, currentID uuid.UUID, candidate *triage.Model, policy triage.Policy) (triage.Promotion, error) {
	var cases []triage.Example
	if err := a.db.Evidence(ctx, func(example triage.Example) error { cases = append(cases, example); return nil }); err != nil {
		return triage.Promotion{}, err
	}
	record, artifact, err := a.db.Model(ctx, currentID)
	if err != nil {
		return triage.Promotion{}, err
	}
	var current triage.Model
	if readable := current.UnmarshalBinary(artifact) == nil; !readable {
		// Another version's: there is nothing to compare with.
		return triage.Promotion{Cases: len(cases), Promoted: true, Reasons: []string{fmt.Sprintf("model %d is of another version of the program", record.Version)}}, nil
	}
	gate, err := triage.Compare(&current, candidate, policy, cases, promise.DefaultRules())
	if err == nil && gate.Compared {
		err = a.db.SpendEvidence(ctx)
	}
	return gate, err
}

// deriveThresholds puts the thresholds that were chosen for a candidate into the policy.
func (a *app) deriveThresholds(ctx context.Context, gate triage.Promotion, policy triage.Policy, model uuid.UUID) error {
	if len(gate.Thresholds) == 0 {
		return nil
	}
	after, _, err := a.db.PutPolicy(ctx, operator, gate.Under(policy), postgres.PolicyEdit{Action: postgres.PolicyPut, Reason: "thresholds of another model"})
	if err != nil || after.Version == policy.Version {
		return err
	}
	return a.put(ctx, settingPromotion, promotedPolicy{model, policy.Version, after.Version})
}

// rollBack makes the model before current again, and the policy that belonged to it,
// unless somebody changed the policy since.
func (a *app) rollBack(ctx context.Context) (uuid.UUID, error) {
	current, err := a.currentModel(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := a.db.Rollback(ctx, operator, modelKind)
	if err != nil || current == nil {
		return id, err
	}
	setting, err := a.db.Setting(ctx, settingPromotion)
	if fault.Is(err, fault.NotFound) {
		return id, nil
	}
	if err != nil {
		return id, err
	}
	var last promotedPolicy
	if err := json.Unmarshal(setting.Value, &last); err != nil {
		return id, fmt.Errorf("read the last promotion: %w", err)
	}
	policy, err := a.policy(ctx)
	if err != nil || last.ModelID != current.ID || policy.Version != last.After {
		return id, err
	}
	_, _, err = a.db.RollBackPolicy(ctx, operator, last.Before)
	return id, err
}

// printGate says what the comparison with the current model said.
func (s *shell) printGate(trained trained) {
	gate := trained.Gate
	switch {
	case gate == nil:
		return
	case !gate.Compared:
		s.printf("not compared with the current model: %s\n", strings.Join(gate.Reasons, "; "))
		return
	case !gate.Promoted:
		s.printf("the candidate does not pass: %s\n", strings.Join(gate.Reasons, "; "))
	case gate.Better:
		s.printf("the candidate is better on %d kept tickets\n", gate.Cases)
	default:
		s.printf("the candidate is no worse on %d kept tickets\n", gate.Cases)
	}
	for _, field := range sortedNames(gate.Fields) {
		verdict := gate.Fields[field]
		s.printf("  %s: %.1f %% right, was %.1f %% (%+.1f, from %+.1f to %+.1f points)\n", field, 100*verdict.After, 100*verdict.Before, 100*verdict.Difference, 100*verdict.Low, 100*verdict.High)
	}
	for _, field := range sortedNames(gate.Thresholds) {
		if threshold := gate.Thresholds[field]; threshold != nil {
			s.printf("  %s acts from a confidence of %.3f on\n", field, *threshold)
		} else {
			s.printf("  %s only suggests: the target cannot be promised\n", field)
		}
	}
}
