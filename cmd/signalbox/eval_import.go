package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/zendesk"
	"github.com/signalbox/signalbox/internal/fault"
)

func (s *shell) evalImport() *cobra.Command {
	var from, out string
	command := &cobra.Command{
		Use: "import EXPORT", Short: "Make a labelled CSV of a helpdesk's export", Args: cobra.ExactArgs(1),
		Long: `Make a CSV with id, created_at, subject, body (the first message), channel, priority, status,
group, tags and one column for each custom field, for signalbox eval triage. Tickets without a
text, and deleted ones, are left out (exit code 3). A cell that a spreadsheet would run as a
formula gets an apostrophe before it.`,
		Example: `  signalbox eval import --from zendesk export.json --out labelled.csv
  signalbox eval triage --train labelled.csv --text-column subject,body --label-column group --channel-column channel`,
		RunE: func(command *cobra.Command, args []string) error {
			switch {
			case from != "zendesk":
				return withCode(exitUsage, fault.Field(fault.Invalid, "--from", "is missing or unknown", "use zendesk"))
			case s.json && out == "":
				return withCode(exitUsage, fault.Field(fault.Invalid, "--json", "needs --out, since the CSV goes to standard output", "name a file with --out"))
			}
			return s.importTickets(command.Context(), args[0], out)
		},
	}
	command.Flags().StringVar(&from, "from", "", "the helpdesk: zendesk (required)")
	command.Flags().StringVar(&out, "out", "", "file of the CSV (standard output)")
	return s.withJSON(command)
}

func (s *shell) importTickets(ctx context.Context, export, out string) error {
	meter, start := s.meter("bytes"), time.Now()
	progress := func(done, total int) {
		rate := float64(done) / max(time.Since(start).Seconds(), 1e-3)
		meter.show(done, total, rate, time.Duration(float64(total-done)/max(rate, 1)*float64(time.Second)))
	}
	var summary zendesk.Summary
	var err error
	if out == "" {
		summary, err = zendesk.Import(ctx, export, s.stdout, progress)
	} else {
		summary, err = importFile(ctx, export, out, progress)
	}
	meter.end()
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%d tickets, %d columns; %d left out, %d doubled\n", summary.Tickets, len(summary.Columns), summary.Left, summary.Duplicates)
	if out == "" {
		s.notef("%s", text)
	} else if err := s.print(summary, func() { s.printf("%s", text) }); err != nil {
		return err
	}
	if summary.Left > 0 {
		return withCode(exitPartial, fmt.Errorf("%d tickets have no text or were deleted: %s", summary.Left, shorten(strings.Join(summary.Skipped, ", "), 300)))
	}
	return nil
}

// importFile leaves no half file behind.
func importFile(ctx context.Context, export, out string, progress func(done, total int)) (summary zendesk.Summary, err error) {
	if same, _ := filepath.Abs(out); same != "" {
		if input, _ := filepath.Abs(export); input == same {
			return summary, withCode(exitUsage, fault.Field(fault.Invalid, "--out", "is the export itself", "name another file"))
		}
	}
	file, err := os.CreateTemp(filepath.Dir(out), ".import-*")
	if err != nil {
		return summary, withCode(exitUsage, fault.Field(fault.Invalid, "--out", "cannot be written", "name a file in a folder that exists"))
	}
	summary, err = zendesk.Import(ctx, export, io.Writer(file), progress)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), out)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return summary, err
}
