package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/signalbox/signalbox/triage"
)

func (s *shell) policy() *cobra.Command {
	return group("policy", "See what the service may do, and fit its weights", "  signalbox policy show", s.policyShow(), s.policyApply(), s.policySet(), s.policyHistory(), s.policyDiff(), s.policyRollback(), s.policyFit())
}

func (s *shell) policyShow() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "show", Short: "Print the policy in force as YAML", Args: cobra.NoArgs,
		Example: "  signalbox policy show > policy.yaml\n  signalbox train --policy policy.yaml",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				policy, err := app.policy(command.Context())
				if err != nil {
					return err
				}
				text, err := yaml.Marshal(policy)
				if err != nil {
					return fmt.Errorf("write the policy: %w", err)
				}
				return s.print(policy, func() { s.printf("%s", text) })
			})
		},
	})
}

func (s *shell) policyFit() *cobra.Command {
	var apply bool
	command := &cobra.Command{
		Use: "fit", Short: "Fit the priority's weights to the bands that people gave", Args: cobra.NoArgs,
		Long: `Fit the points of the priority's factors to the bands (urgent, high, normal, low) that people
gave to tickets, none below zero, and show how often the band would have been right before
and after, on tickets that took no part in the fit. With --apply the new weights become part
of the policy if they are better.`,
		Example: "  signalbox policy fit\n  signalbox policy fit --apply",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				fit, applied, err := app.fitWeights(command.Context(), apply)
				if err != nil {
					return err
				}
				result := map[string]any{"fit": fit, "applied": applied}
				return s.print(result, func() { s.printFit(fit, applied) })
			})
		},
	}
	command.Flags().BoolVar(&apply, "apply", false, "put the fitted weights into the policy if they are better")
	return s.withJSON(command)
}

// fitWeights fits on what the database holds. Applying is a change of a setting, with
// its entry in the audit log.
func (a *app) fitWeights(ctx context.Context, apply bool) (triage.WeightsFit, bool, error) {
	policy, err := a.policy(ctx)
	if err != nil {
		return triage.WeightsFit{}, false, err
	}
	var examples []triage.Example
	if err := a.db.TrainingExamples(ctx, func(example triage.Example) error { examples = append(examples, example); return nil }); err != nil {
		return triage.WeightsFit{}, false, err
	}
	fit, err := triage.NewEngine(nil, policy, triage.EngineOptions{}).FitWeights(ctx, examples)
	if err != nil || !apply || fit.After <= fit.Before {
		return fit, false, err
	}
	policy.Priority = fit.Weights
	_, _, err = a.applyPolicy(ctx, policy)
	return fit, true, err
}

func (s *shell) printFit(fit triage.WeightsFit, applied bool) {
	s.printf("band right: %.1f %% before, %.1f %% with the fitted weights (%d tickets, five-fold)\n\n", 100*fit.Before, 100*fit.After, fit.Tickets)
	text, err := json.Marshal(fit.Weights)
	var weights map[string]any
	if err == nil {
		err = json.Unmarshal(text, &weights)
	}
	if err == nil {
		keys := make([]string, 0, len(weights))
		for key := range weights {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		var rows [][]string
		for _, key := range keys {
			rows = append(rows, []string{spaced(key), fmt.Sprint(weights[key])})
		}
		s.table([]string{"FACTOR", "POINTS"}, rows)
	}
	switch {
	case applied:
		s.notef("\nThe policy has these weights now; signalbox policy show prints it.\n")
	case fit.After <= fit.Before:
		s.notef("\nThey are no better, so nothing was changed.\n")
	default:
		s.notef("\nNothing was changed; --apply puts them into the policy.\n")
	}
}
