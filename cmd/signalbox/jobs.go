package main

import (
	"context"
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
			if state == poison {
				return s.listPoison(command.Context(), before, limit)
			}
			if wanted != desk.WorkFailed && wanted != desk.WorkOpen && wanted != desk.WorkDone {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--state", "is unknown", "use failed, open, done or poison"))
			}
			cursor, err := cursorOf(before)
			if err != nil {
				return err
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
	command.Flags().StringVar(&state, "state", "failed", "failed, open or done; poison: hook events that were signed but unreadable")
	command.Flags().StringVar(&before, "before", "", "ID of the last row of the page before")
	command.Flags().IntVar(&limit, "limit", 50, "rows, 1–200")
	return s.withJSON(command)
}

// poison is the state of events, not of work: they never became any.
const poison = "poison"

func cursorOf(before string) (uuid.UUID, error) {
	if before == "" {
		return uuid.Nil, nil
	}
	return parseID(before)
}

func (s *shell) listPoison(ctx context.Context, before string, limit int) error {
	cursor, err := cursorOf(before)
	if err != nil {
		return err
	}
	return s.with(ctx, needs{}, func(app *app) error {
		events, err := app.db.PoisonDeliveries(ctx, cursor, limit)
		if err != nil {
			return err
		}
		return s.print(events, func() {
			rows := make([][]string, 0, len(events))
			for _, event := range events {
				rows = append(rows, []string{event.ID.String(), event.ReceivedAt.Format(time.RFC3339), fmt.Sprint(event.Bytes), shorten(event.Reason, 100)})
			}
			s.table([]string{"ID", "RECEIVED", "BYTES", "REASON"}, rows)
		})
	})
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
