package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/triage"
	"github.com/signalbox/signalbox/workers"
)

// The names under which the owner's lists are kept among the settings.
const (
	settingTaxonomy = "taxonomy"
	settingPolicy   = postgres.PolicySetting
	modelKind       = "triage"
)

// policy returns what the owner allows: the stored policy, or suggestions only.
func (a *app) policy(ctx context.Context) (triage.Policy, error) { return a.db.Policy(ctx) }

// taxonomy returns the owner's intents and routes, NotFound before there are any.
func (a *app) taxonomy(ctx context.Context) (triage.Taxonomy, error) {
	setting, err := a.db.Setting(ctx, settingTaxonomy)
	if err != nil {
		return triage.Taxonomy{}, err
	}
	var taxonomy triage.Taxonomy
	if err := json.Unmarshal(setting.Value, &taxonomy); err != nil {
		return triage.Taxonomy{}, fmt.Errorf("read the stored taxonomy: %w", err)
	}
	return taxonomy, taxonomy.Validate()
}

// put stores a setting if it differs from what is stored.
func (a *app) put(ctx context.Context, name string, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	stored, err := a.db.Setting(ctx, name)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil && sameJSON(stored.Value, encoded) {
		return nil
	}
	_, err = a.db.PutSetting(ctx, operator, name, encoded, stored.Version)
	return err
}

// sameJSON compares two documents whatever their spacing and order of keys.
func sameJSON(a, b []byte) bool {
	var first, second any
	if json.Unmarshal(a, &first) != nil || json.Unmarshal(b, &second) != nil {
		return false
	}
	one, errOne := json.Marshal(first)
	two, errTwo := json.Marshal(second)
	return errOne == nil && errTwo == nil && string(one) == string(two)
}

// hashKey keys the hashes of decisions' inputs.
func (a *app) hashKey() []byte { return a.box.MAC("decision input").Sum(nil) }

// build makes an engine of a stored model, or without one, with the policy as it
// stands then. Without a model every ticket goes to a person at once: nothing waits
// for a training.
func (a *app) build(ctx context.Context, record triage.ModelRecord, artifact []byte) (workers.Decider, error) {
	policy, err := a.policy(ctx)
	if err != nil {
		return nil, err
	}
	options := triage.EngineOptions{HashKey: a.hashKey(), ModelID: record.ID, ModelVersion: record.Version}
	if record.ID == uuid.Nil {
		return triage.NewEngine(nil, policy, options), nil
	}
	var model triage.Model
	if err := model.UnmarshalBinary(artifact); err != nil {
		return nil, fmt.Errorf("read model %d: %w", record.Version, err)
	}
	return triage.NewEngine(&model, policy, options), nil
}

// decider follows the current model and the policy.
func (a *app) decider(ctx context.Context) (*workers.ModelWatch, error) {
	watch := workers.NewModelWatch(modelKind, settingPolicy, a.db, a.build, a.log)
	return watch, watch.Refresh(ctx)
}
