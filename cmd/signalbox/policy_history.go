package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/triage"
)

func (s *shell) policyHistory() *cobra.Command {
	var limit int
	command := &cobra.Command{
		Use: "history", Short: "List the versions of the policy: when, who, what changed", Args: cobra.NoArgs,
		Example: "  signalbox policy history\n  signalbox policy history --limit 5 --json",
		RunE: func(command *cobra.Command, _ []string) error {
			if limit < 1 || limit > 200 {
				return withCode(exitUsage, errors.New("--limit: use 1 to 200"))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				versions, err := app.db.PolicyVersions(command.Context(), limit)
				if err != nil {
					return err
				}
				return s.print(map[string]any{"versions": versions}, func() {
					if len(versions) == 0 {
						s.printf("no policy was stored yet: the default suggests everything\n")
					}
					for _, version := range versions {
						s.printVersion(version)
					}
				})
			})
		},
	}
	command.Flags().IntVar(&limit, "limit", 20, "how many, 1 to 200")
	return s.withJSON(command)
}

func (s *shell) printVersion(version triage.PolicyVersion) {
	who := string(version.Actor)
	if version.ActorID != nil {
		who += " " + version.ActorID.String()
	}
	s.printf("version %d  %s  %s  %s", version.Version, version.At.UTC().Format(time.RFC3339), version.Action, who)
	if version.Reason != "" {
		s.printf("  %s", printable(version.Reason))
	}
	s.printf("\n")
	for _, line := range changeLines(version.Changes) {
		s.printf("  %s\n", printable(line))
	}
}

func (s *shell) policyDiff() *cobra.Command {
	var from, to int64
	command := &cobra.Command{
		Use: "diff [FILE]", Short: "Show what differs between policies", Args: cobra.MaximumNArgs(1),
		Long: `Show what a file would change of the policy in force, or what differs between two versions:
without --to the one in force, without --from the one before that.`,
		Example: "  signalbox policy diff policy.yaml\n  signalbox policy diff --from 3 --to 5",
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) == 1 && (command.Flags().Changed("from") || command.Flags().Changed("to")) || from < 0 || to < 0 {
				return withCode(exitUsage, errors.New("give either a file, or versions with --from and --to"))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				changes, err := app.policyDiff(command.Context(), args, from, to)
				if err != nil {
					return err
				}
				return s.print(changes, func() {
					if len(changes) == 0 {
						s.printf("no difference\n")
					}
					for _, line := range changeLines(changes) {
						s.printf("%s\n", printable(line))
					}
				})
			})
		},
	}
	command.Flags().Int64Var(&from, "from", 0, "version to compare from; left out: the one before")
	command.Flags().Int64Var(&to, "to", 0, "version to compare with; left out: the one in force")
	return s.withJSON(command)
}

func (a *app) policyDiff(ctx context.Context, file []string, from, to int64) ([]triage.PolicyChange, error) {
	current, err := a.policy(ctx)
	if err != nil {
		return nil, err
	}
	if len(file) == 1 {
		policy, err := readPolicyFile("FILE", file[0])
		return current.ChangesTo(policy), err
	}
	if to == 0 {
		to = current.Version
	}
	if from == 0 {
		from = max(to-1, 0)
	}
	before, err := a.db.PolicyVersion(ctx, from)
	if err != nil {
		return nil, err
	}
	after, err := a.db.PolicyVersion(ctx, to)
	return before.ChangesTo(after), err
}
