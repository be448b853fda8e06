package main

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

func (s *shell) jobs() *cobra.Command {
	return group("jobs", "See and retry work", "  signalbox jobs list", s.jobsList(), s.jobsRetry())
}

func (s *shell) jobsList() *cobra.Command {
	var state, before string
	var limit int
	command := &cobra.Command{
		Use: "list", Short: "List work that failed, is open or is done", Args: cobra.NoArgs,
		Example: "  signalbox jobs list\n  signalbox jobs list --state open --json",
		RunE: func(command *cobra.Command, _ []string) error {
			wanted := desk.WorkState(state)
			if wanted != desk.WorkFailed && wanted != desk.WorkOpen && wanted != desk.WorkDone {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--state", "is unknown", "use failed, open or done"))
			}
			cursor := uuid.Nil
			if before != "" {
				id, err := parseID(before)
				if err != nil {
					return err
				}
				cursor = id
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				work, err := app.db.ListWork(command.Context(), wanted, cursor, limit)
				if err != nil {
					return err
				}
				return s.print(work, func() {
					if len(work) == 0 {
						s.printf("no %s work\n", wanted)
						return
					}
					rows := make([][]string, 0, len(work))
					for _, item := range work {
						rows = append(rows, []string{item.ID.String(), item.Kind, fmt.Sprint(item.Attempts), item.CreatedAt.Format(time.RFC3339), shorten(item.Reason, 80)})
					}
					s.table([]string{"ID", "KIND", "ATTEMPTS", "SINCE", "REASON"}, rows)
				})
			})
		},
	}
	command.Flags().StringVar(&state, "state", "failed", "failed, open or done")
	command.Flags().StringVar(&before, "before", "", "ID of the last row of the page before")
	command.Flags().IntVar(&limit, "limit", 50, "rows, 1–200")
	return s.withJSON(command)
}

func (s *shell) jobsRetry() *cobra.Command {
	return &cobra.Command{
		Use: "retry ID [ID …]", Short: "Run failed work again", Args: cobra.MinimumNArgs(1), Example: "  signalbox jobs retry 01972f…",
		RunE: func(command *cobra.Command, args []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				for _, text := range args {
					id, err := parseID(text)
					if err != nil {
						return err
					}
					if err := app.db.RetryWork(command.Context(), id); err != nil {
						return err
					}
					s.notef("%s is open again\n", id)
				}
				return nil
			})
		},
	}
}
