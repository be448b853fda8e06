package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
				policy, err := readPolicyFile("FILE", args[0])
				if err != nil {
					return err
				}
				return s.changePolicy(command.Context(), app, putByHand, func(triage.Policy) (triage.Policy, error) { return policy, nil })
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
				return s.changePolicy(command.Context(), app, putByHand, func(policy triage.Policy) (triage.Policy, error) {
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
	// UnknownIntents are named by the policy and stand in no taxonomy: they have no effect.
	UnknownIntents []string `json:"unknown_intents"`
	// NoTarget are fields that act alone by a threshold of no stated precision.
	NoTarget []string `json:"no_target"`
}

var putByHand = postgres.PolicyEdit{Action: postgres.PolicyPut}

// changePolicy puts a changed policy in force and says what became of it.
func (s *shell) changePolicy(ctx context.Context, app *app, edit postgres.PolicyEdit, change func(triage.Policy) (triage.Policy, error)) error {
	before, err := app.policy(ctx)
	if err != nil {
		return err
	}
	after, err := change(before)
	if err != nil {
		return err
	}
	after.Version = before.Version
	stored, changes, err := app.db.PutPolicy(ctx, operator, after, edit)
	if err != nil {
		return err
	}
	unknown, err := app.unknownIntents(ctx, stored)
	if err != nil {
		return err
	}
	made := policyChange{stored.Version, before.Version, changeLines(changes), unknown, stored.WithoutTarget()}
	return s.print(made, func() { s.printChange(made) })
}

// unknownIntents lists what the policy names and the taxonomy, if there is one, doesn't.
func (a *app) unknownIntents(ctx context.Context, policy triage.Policy) ([]string, error) {
	taxonomy, err := a.taxonomy(ctx)
	if fault.Is(err, fault.NotFound) {
		return []string{}, nil
	}
	if err != nil {
		return nil, err
	}
	return policy.UnknownIntents(taxonomy), nil
}

// applyPolicy puts a policy in force in the place of whatever is.
func (a *app) applyPolicy(ctx context.Context, policy triage.Policy) (triage.Policy, []triage.PolicyChange, error) {
	current, err := a.policy(ctx)
	if err != nil {
		return policy, nil, err
	}
	policy.Version = current.Version
	return a.db.PutPolicy(ctx, operator, policy, putByHand)
}

// readPolicyFile reads a policy of YAML or JSON; name is what the file was given as.
func readPolicyFile(name, path string) (triage.Policy, error) {
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return triage.Policy{}, withCode(exitUsage, fault.Field(fault.Invalid, name, "cannot be read", "name a YAML file"))
	}
	return triage.ParsePolicy(text)
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
	if len(made.UnknownIntents) > 0 {
		s.notef("not in the taxonomy, so without effect: %s\n", strings.Join(made.UnknownIntents, ", "))
	}
	s.notef("signalbox policy rollback goes back.\n")
	if len(made.NoTarget) > 0 {
		s.notef("no target was stated for %s: how right it is is shown, and nothing is taken back for it; see --target of policy set\n", strings.Join(made.NoTarget, ", "))
	}
}

// changeLines tells each change in a line.
func changeLines(changes []triage.PolicyChange) []string {
	lines := make([]string, 0, len(changes))
	for _, change := range changes {
		switch {
		case change.From == "":
			lines = append(lines, fmt.Sprintf("%s: %s", change.Path, change.To))
		case change.To == "":
			lines = append(lines, fmt.Sprintf("%s: gone, was %s", change.Path, change.From))
		default:
			lines = append(lines, fmt.Sprintf("%s: %s, was %s", change.Path, change.To, change.From))
		}
	}
	return lines
}

func (s *shell) policyRollback() *cobra.Command {
	var to int64
	command := &cobra.Command{
		Use: "rollback", Short: "Put an earlier version of the policy in force again", Args: cobra.NoArgs,
		Long: `Put the version before the one in force, or that of --to, in force again, as a new version:
nothing is lost, and a rollback can be rolled back.`,
		Example: "  signalbox policy rollback\n  signalbox policy rollback --to 4",
		RunE: func(command *cobra.Command, _ []string) error {
			if command.Flags().Changed("to") && to < 1 {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--to", "is no version", "use 1 or more; see signalbox policy history"))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				before, err := app.policy(command.Context())
				if err != nil {
					return err
				}
				stored, changes, err := app.db.RollBackPolicy(command.Context(), operator, to)
				if err != nil {
					return err
				}
				unknown, err := app.unknownIntents(command.Context(), stored)
				if err != nil {
					return err
				}
				made := policyChange{stored.Version, before.Version, changeLines(changes), unknown, stored.WithoutTarget()}
				return s.print(made, func() { s.printChange(made) })
			})
		},
	}
	command.Flags().Int64Var(&to, "to", 0, "version to go back to (the one before)")
	return s.withJSON(command)
}
