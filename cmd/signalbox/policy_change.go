package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/triage"
)

func (s *shell) policyApply() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "apply FILE", Short: "Put a policy in force", Args: cobra.ExactArgs(1),
		Long: `Put a policy of YAML or JSON in force: what it leaves out keeps its default. Every worker
follows within five seconds. The version before can be had back with signalbox policy rollback.`,
		Example: "  signalbox policy show > policy.yaml\n  signalbox policy apply policy.yaml",
		RunE: func(command *cobra.Command, args []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				text, err := os.ReadFile(filepath.Clean(args[0]))
				if err != nil {
					return withCode(exitUsage, fault.Field(fault.Invalid, "FILE", "cannot be read", "name a YAML file"))
				}
				policy, err := triage.ParsePolicy(text)
				if err != nil {
					return err
				}
				return s.changePolicy(command.Context(), app, func(triage.Policy) (triage.Policy, error) { return policy, nil })
			})
		},
	})
}

// policyFlags are what policy set changes; what is not given stays.
type policyFlags struct {
	mode, intent, reason string
	threshold, target    float64
}

func (s *shell) policySet() *cobra.Command {
	var flags policyFlags
	command := &cobra.Command{
		Use: "set FIELD", Short: "Change how far one field may go, for all tickets or for an intent", Args: cobra.ExactArgs(1),
		Example: "  signalbox policy set route --mode auto --threshold 0.93\n  signalbox policy set route --intent refund --mode suggest --reason \"the team wants to see these\"\n  signalbox policy set route --mode suggest",
		RunE: func(command *cobra.Command, args []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				return s.changePolicy(command.Context(), app, func(policy triage.Policy) (triage.Policy, error) {
					return flags.apply(policy, args[0], command.Flags().Changed)
				})
			})
		},
	}
	set := command.Flags()
	set.StringVar(&flags.mode, "mode", "", "off, suggest or auto")
	set.StringVar(&flags.intent, "intent", "", "only for tickets of this intent, by its key")
	set.StringVar(&flags.reason, "reason", "", "with --intent: shown where the field does not act alone for it")
	set.Float64Var(&flags.threshold, "threshold", 0, "confidence from which on auto acts, 0.5-1")
	set.Float64Var(&flags.target, "target", 0, "precision that the field is held to, 0.5-0.999")
	return s.withJSON(command)
}

// apply changes one field of a policy. Whether the result is a policy is checked later.
func (f policyFlags) apply(policy triage.Policy, name string, given func(string) bool) (triage.Policy, error) {
	field, known := policy.Fields[name]
	switch {
	case !known:
		return policy, withCode(exitUsage, fault.Field(fault.Invalid, "FIELD", fmt.Sprintf("is no field: %q", name), "use intent, route, kind, urgency, impact, sentiment, sensitive, language, priority, severity or act"))
	case !given("mode") && !given("threshold") && !given("target"):
		return policy, withCode(exitUsage, fault.Field(fault.Invalid, "--mode, --threshold or --target", "is missing", "say what to change"))
	case f.intent == "" && f.reason != "":
		return policy, withCode(exitUsage, fault.Field(fault.Invalid, "--reason", "needs --intent", "name the intent"))
	case f.intent != "" && (given("threshold") || given("target")):
		return policy, withCode(exitUsage, fault.Field(fault.Invalid, "--threshold, --target", "hold for a whole field", "leave --intent out"))
	}
	policy.Fields = cloneOf(policy.Fields)
	if f.intent != "" {
		field.Intents = cloneOf(field.Intents)
		field.Intents[f.intent] = triage.IntentPolicy{Mode: triage.Mode(f.mode), Reason: f.reason}
	} else if given("mode") {
		field.Mode = triage.Mode(f.mode)
	}
	if given("threshold") {
		field.Threshold, field.Target = f.threshold, 0 // a threshold by hand was chosen for no target
	}
	if given("target") {
		field.Target = f.target
	}
	policy.Fields[name] = field
	return policy, nil
}

func cloneOf[V any](from map[string]V) map[string]V {
	clone := make(map[string]V, len(from)+1)
	for key, value := range from {
		clone[key] = value
	}
	return clone
}

// policyChange is what a change of the policy did.
type policyChange struct {
	Version int64    `json:"version"`
	Before  int64    `json:"before"`
	Changes []string `json:"changes"`
}

// changePolicy puts a changed policy in force and says what became of it.
func (s *shell) changePolicy(ctx context.Context, app *app, change func(triage.Policy) (triage.Policy, error)) error {
	before, err := app.policy(ctx)
	if err != nil {
		return err
	}
	after, err := change(before)
	if err != nil {
		return err
	}
	if err := after.Validate(); err != nil {
		return err
	}
	after.Version = 0 // the setting's version is the policy's
	if err := app.put(ctx, settingPolicy, after); err != nil {
		return err
	}
	if after, err = app.policy(ctx); err != nil {
		return err
	}
	made := policyChange{after.Version, before.Version, policyDifferences(before, after)}
	return s.print(made, func() { s.printChange(made) })
}

func (s *shell) printChange(made policyChange) {
	if len(made.Changes) == 0 {
		s.printf("nothing changed: version %d stays in force\n", made.Version)
		return
	}
	s.printf("version %d is in force; version %d was before\n", made.Version, made.Before)
	for _, line := range made.Changes {
		s.printf("  %s\n", line)
	}
	s.notef("signalbox policy rollback goes back.\n")
}

// policyDifferences lists what differs between two policies, a line each.
func policyDifferences(before, after triage.Policy) []string {
	first, second := leavesOf(before), leavesOf(after)
	var lines []string
	for _, path := range sortedUnion(first, second) {
		was, had := first[path]
		is, has := second[path]
		switch {
		case path == "version" || was == is:
		case !had:
			lines = append(lines, fmt.Sprintf("%s: %s", path, is))
		case !has:
			lines = append(lines, fmt.Sprintf("%s: gone, was %s", path, was))
		default:
			lines = append(lines, fmt.Sprintf("%s: %s, was %s", path, is, was))
		}
	}
	return lines
}

func sortedUnion(a, b map[string]string) []string {
	var keys []string
	for key := range a {
		keys = append(keys, key)
	}
	for key := range b {
		if _, both := a[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// leavesOf flattens a value into its texts by path, as its JSON has them.
func leavesOf(value any) map[string]string {
	encoded, err := json.Marshal(value)
	var tree any
	if err != nil || json.Unmarshal(encoded, &tree) != nil {
		return nil
	}
	leaves := map[string]string{}
	var walk func(path []string, node any)
	walk = func(path []string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for key, below := range node {
				walk(append(path[:len(path):len(path)], key), below)
			}
		case []any:
			text, _ := json.Marshal(node) // it came from JSON
			leaves[strings.Join(path, ".")] = string(text)
		default:
			leaves[strings.Join(path, ".")] = fmt.Sprint(node)
		}
	}
	walk(nil, tree)
	return leaves
}

// policyVersion is one version of the policy in its history.
type policyVersion struct {
	postgres.SettingChange
	Changes []string `json:"changes"`
}

func (s *shell) policyHistory() *cobra.Command {
	var limit int
	command := &cobra.Command{
		Use: "history", Short: "List the versions of the policy: when, by whom, and what changed", Args: cobra.NoArgs,
		Example: "  signalbox policy history\n  signalbox policy history --limit 3 --json",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				versions, err := app.policyVersions(command.Context(), limit)
				if err != nil {
					return err
				}
				return s.print(map[string]any{"versions": versions}, func() {
					for _, v := range versions {
						s.printf("version %d  %s  %s\n", v.Version, v.UpdatedAt.Local().Format("2006-01-02 15:04:05"), v.Actor)
						for _, line := range v.Changes {
							s.printf("  %s\n", line)
						}
					}
				})
			})
		},
	}
	command.Flags().IntVar(&limit, "limit", 20, "how many versions, the newest first (1-500)")
	return s.withJSON(command)
}

// policyVersions lists versions, the newest first, each with what it changed.
func (a *app) policyVersions(ctx context.Context, limit int) ([]policyVersion, error) {
	if limit < 1 || limit > 500 {
		return nil, withCode(exitUsage, fault.Field(fault.Invalid, "--limit", "is out of range", "use 1 to 500"))
	}
	changes, err := a.db.SettingHistory(ctx, settingPolicy, limit+1)
	if err != nil {
		return nil, err
	}
	versions := make([]policyVersion, 0, len(changes))
	for i, change := range changes[:min(limit, len(changes))] {
		before := triage.DefaultPolicy()
		if i+1 < len(changes) {
			if before, err = triage.ParsePolicy(changes[i+1].Value); err != nil {
				return nil, err
			}
		}
		policy, err := triage.ParsePolicy(change.Value)
		if err != nil {
			return nil, err
		}
		versions = append(versions, policyVersion{change, policyDifferences(before, policy)})
	}
	return versions, nil
}

func (s *shell) policyRollback() *cobra.Command {
	var to int64
	command := &cobra.Command{
		Use: "rollback", Short: "Put an earlier version of the policy in force again", Args: cobra.NoArgs,
		Long: `Put the version before the one in force, or that of --to, in force again, as a new version:
nothing is lost, and a rollback can be rolled back.`,
		Example: "  signalbox policy rollback\n  signalbox policy rollback --to 4",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				ctx := command.Context()
				return s.changePolicy(ctx, app, func(now triage.Policy) (triage.Policy, error) {
					return app.policyAt(ctx, now.Version, to)
				})
			})
		},
	}
	command.Flags().Int64Var(&to, "to", 0, "version to go back to (the one before)")
	return s.withJSON(command)
}

// policyAt returns the policy of a version; 0 is the one before the version in force.
// Before the first there were the defaults.
func (a *app) policyAt(ctx context.Context, now, version int64) (triage.Policy, error) {
	if version == 0 {
		version = now - 1
	}
	if now == 0 || version < 0 {
		return triage.Policy{}, fault.New(fault.NotFound, "there is no version of the policy before this one")
	}
	if version == 0 {
		return triage.DefaultPolicy(), nil
	}
	setting, err := a.db.SettingVersion(ctx, settingPolicy, version)
	if err != nil {
		return triage.Policy{}, err
	}
	return triage.ParsePolicy(setting.Value)
}
