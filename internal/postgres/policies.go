package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// PolicySetting is the setting that holds the policy.
const PolicySetting = "policy"

// The ways in which a policy comes into force, as the audit log names them.
const (
	PolicyPut      = "policy.put"
	PolicyRollback = "policy.rollback"
	PolicyDemote   = "policy.demote"
)

// Policy returns what the owner allows: the stored policy, or suggestions only.
func (db *DB) Policy(ctx context.Context) (triage.Policy, error) {
	setting, err := db.Setting(ctx, PolicySetting)
	if fault.Is(err, fault.NotFound) {
		return triage.DefaultPolicy(), nil
	}
	if err != nil {
		return triage.Policy{}, err
	}
	return readPolicy(setting)
}

// PolicyVersion returns the policy of a version; 0 is the default, before any was
// stored. NotFound if there is none.
func (db *DB) PolicyVersion(ctx context.Context, version int64) (triage.Policy, error) {
	if version == 0 {
		return triage.DefaultPolicy(), nil
	}
	setting, err := db.SettingVersion(ctx, PolicySetting, version)
	if err != nil {
		return triage.Policy{}, err
	}
	return readPolicy(setting)
}

func readPolicy(setting Setting) (triage.Policy, error) {
	policy, err := triage.ParsePolicy(setting.Value)
	policy.Version = setting.Version
	return policy, err
}

// PolicyEdit says how a policy comes into force. Reason is a line of our own words and
// numbers, since the audit log keeps it.
type PolicyEdit struct{ Action, Reason string }

// PutPolicy puts a policy in force if the one that it was made from, named by its
// Version, still is: else it is a Conflict. One that changes nothing is not stored.
// Every process decides by it within seconds.
func (db *DB) PutPolicy(ctx context.Context, actor desk.Actor, policy triage.Policy, edit PolicyEdit) (triage.Policy, []triage.PolicyChange, error) {
	if err := actor.May(desk.ManageService); err != nil {
		return policy, nil, err
	}
	if err := policy.Validate(); err != nil {
		return policy, nil, err
	}
	before, err := db.Policy(ctx)
	if err != nil {
		return policy, nil, err
	}
	if before.Version != policy.Version {
		return policy, nil, fault.New(fault.Conflict, "the policy was changed by somebody else; read it and try again")
	}
	changes := before.ChangesTo(policy)
	if len(changes) == 0 {
		return before, changes, nil
	}
	text, err := json.Marshal(policy)
	if err != nil {
		return policy, nil, failure(err, "encode the policy")
	}
	details := map[string]any{"paths": pathsOf(changes)}
	if edit.Reason != "" {
		details["reason"] = edit.Reason
	}
	stored, err := db.putSetting(ctx, actor, PolicySetting, text, policy.Version, edit.Action, details)
	policy.Version = stored.Version
	return policy, changes, err
}

// maximumPaths bounds what the audit log lists of a change.
const maximumPaths = 50

func pathsOf(changes []triage.PolicyChange) []string {
	var paths []string
	for _, change := range changes {
		paths = append(paths, change.Path)
	}
	return paths[:min(len(paths), maximumPaths)]
}

// RollBackPolicy puts the policy of an earlier version in force again, as a new
// version; 0 is the version before the one in force. NotFound if there is none.
func (db *DB) RollBackPolicy(ctx context.Context, actor desk.Actor, to int64) (triage.Policy, []triage.PolicyChange, error) {
	current, err := db.Policy(ctx)
	if err != nil {
		return current, nil, err
	}
	if to == 0 {
		to = current.Version - 1
	}
	if to < 0 || to >= current.Version {
		return current, nil, fault.New(fault.NotFound, "there is no version of the policy before this one, or none with this number; see signalbox policy history")
	}
	earlier, err := db.PolicyVersion(ctx, to)
	if err != nil {
		return current, nil, err
	}
	earlier.Version = current.Version
	return db.PutPolicy(ctx, actor, earlier, PolicyEdit{Action: PolicyRollback, Reason: fmt.Sprintf("version %d again", to)})
}

// The log holds an entry for each version, but for those stored before it did.
const selectPolicyVersions = `
select v.version, v.value, v.created_at, coalesce(a.actor_kind, ''), a.actor_id, coalesce(a.action, ''), coalesce(a.details ->> 'reason', '')
from setting_versions v
left join audit_log a on a.subject_kind = 'setting' and a.details ->> 'name' = v.name and a.details -> 'version' = to_jsonb(v.version)
where v.name = $1
order by v.version desc
limit $2`

// PolicyVersions lists what was in force, newest first, each with what it changed
// of the version before. limit is 1–200.
func (db *DB) PolicyVersions(ctx context.Context, limit int) ([]triage.PolicyVersion, error) {
	type row struct {
		Version int64
		Value   json.RawMessage
		At      time.Time
		Actor   desk.ActorKind
		ActorID *uuid.UUID
		Action  string
		Reason  string
	}
	limit = min(max(limit, 1), 200)
	rows, err := many[row](db.app.Query(ctx, selectPolicyVersions, PolicySetting, limit+1))
	if err != nil {
		return nil, failure(err, "list the policy's versions")
	}
	slices.Reverse(rows)
	before, versions := triage.DefaultPolicy(), []triage.PolicyVersion{}
	for _, row := range rows {
		// A version that an older program stored may not be valid any more; its
		// history is shown as far as it can be read.
		policy, _ := triage.ParsePolicy(row.Value)
		versions = append(versions, triage.PolicyVersion{Version: row.Version, At: row.At, Actor: row.Actor, ActorID: row.ActorID,
			Action: row.Action, Reason: row.Reason, Changes: before.ChangesTo(policy)})
		before = policy
	}
	slices.Reverse(versions)
	return versions[:min(len(versions), limit)], nil
}
