package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/evals/report"
	"github.com/signalbox/signalbox/internal/fault"
)

func (s *shell) historyAudit() *cobra.Command {
	var h historyFlags
	var seed uint64
	command := &cobra.Command{
		Use: "audit FILE", Short: "Look for label noise in past tickets before anything learns from them", Args: cobra.ExactArgs(1),
		Long: `Look at the labels that people left in a history, and report what would spoil a training:
the same text with different labels, presets that nobody changes, labels that hold everything,
labels that are one, and columns or tags that were written after the ticket was labelled; and
the ceiling: how often any system can agree with these labels at most. Nothing is stored.`,
		Example: "  signalbox history audit tickets.csv\n  signalbox history audit export.jsonl --column route=\"Assigned team\" --json",
		RunE: func(command *cobra.Command, args []string) error {
			h.path = args[0]
			past, err := h.read(command.Context())
			if err != nil {
				return err
			}
			found, err := history.Examine(command.Context(), past, seed, s.evalProgress())
			if err != nil {
				return err
			}
			printed := s.print(found, func() { err = report.AuditText(s.stdout, found) })
			return errors.Join(printed, err)
		},
	}
	h.register(command, false)
	command.Flags().Uint64Var(&seed, "seed", 1, "seed of the models that judge the labels")
	return s.withJSON(command)
}

func (s *shell) historySample() *cobra.Command {
	var rows int
	var problems []string
	var seed uint64
	command := &cobra.Command{
		Use: "sample FILE", Short: "Write an invented history, to try things on", Args: cobra.ExactArgs(1),
		Long: `Write the past tickets of an invented bicycle leasing firm as CSV, as a helpdesk would export
them, clean or with problems of the labels that signalbox history audit finds:
` + strings.Join(history.Problems, ", ") + `.`,
		Example: "  signalbox history sample tickets.csv\n  signalbox history sample messy.csv --rows 5000 --problem conflicting_labels --problem catch_all",
		RunE: func(_ *cobra.Command, args []string) error {
			if rows < 1 || rows > 1_000_000 {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--rows", "is out of range", "use 1 to 1000000"))
			}
			for _, problem := range problems {
				if !slices.Contains(history.Problems, problem) {
					return withCode(exitUsage, fault.Field(fault.Invalid, "--problem", fmt.Sprintf("knows no %q", problem), "use "+strings.Join(history.Problems, ", ")))
				}
			}
			file, err := os.OpenFile(filepath.Clean(args[0]), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return withCode(exitUsage, fault.Field(fault.Invalid, "FILE", "cannot be written, or is there already", "name a new file"))
			}
			made := history.Sample(rows, problems, seed)
			if err := errors.Join(history.WriteCSV(file, made), file.Close()); err != nil {
				return fmt.Errorf("write %s: %w", args[0], err)
			}
			return s.print(map[string]any{"file": args[0], "rows": len(made)}, func() { s.printf("%s holds %d tickets\n", args[0], len(made)) })
		},
	}
	command.Flags().IntVar(&rows, "rows", 2000, "tickets, about")
	command.Flags().StringArrayVar(&problems, "problem", nil, "plant a problem (repeatable)")
	command.Flags().Uint64Var(&seed, "seed", 1, "seed of what is invented")
	return s.withJSON(command)
}
