package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) ingest() *cobra.Command {
	var audience string
	var keep, allowEmpty bool
	command := &cobra.Command{
		Use: "ingest DIR", Short: "Bring a folder of Markdown articles into the knowledge base", Args: cobra.ExactArgs(1),
		Long: `Read every .md file below DIR into one audience. Front matter may give title, language,
product_area, tier, error_type, tags, about, disclosure, votes and updated. Unchanged files
cost a hash; articles whose file is gone are archived. Broken files are named and skipped,
and the exit code is then 3.`,
		Example: "  signalbox ingest docs/help --audience public\n  signalbox ingest runbooks --audience internal --json",
		RunE: func(command *cobra.Command, args []string) error {
			chosen := desk.Audience(audience)
			if chosen != desk.Public && chosen != desk.Internal {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--audience", "is missing or unknown", "say public or internal"))
			}
			info, err := os.Stat(args[0])
			if err != nil || !info.IsDir() {
				return withCode(exitUsage, fault.Field(fault.Invalid, "DIR", "is no folder that can be read", "name a folder of .md files"))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				return s.ingestDir(command.Context(), app, args[0], chosen, retrieval.Options{Keep: keep, AllowEmpty: allowEmpty})
			})
		},
	}
	command.Flags().StringVar(&audience, "audience", "", "public or internal")
	command.Flags().BoolVar(&keep, "keep", false, "do not archive articles whose file is gone")
	command.Flags().BoolVar(&allowEmpty, "allow-empty", false, "archive everything when DIR holds no .md file")
	return s.withJSON(command)
}

func (s *shell) ingestDir(ctx context.Context, app *app, directory string, audience desk.Audience, options retrieval.Options) error {
	knowledge, err := app.knowledge()
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(directory) // links cannot lead out of the folder
	if err != nil {
		return fmt.Errorf("open %s: %w", directory, err)
	}
	defer root.Close()
	meter := s.meter("articles")
	options.Progress = func(p retrieval.Progress) { meter.show(p.Done, p.Total, p.PerSecond, p.Left) }
	report, err := knowledge.ingester().IngestDir(ctx, root.FS(), audience, options)
	meter.end()
	if err != nil {
		return err
	}
	if err := s.print(report, func() { s.printReport(report) }); err != nil {
		return err
	}
	if len(report.Skipped) > 0 {
		return withCode(exitPartial, fmt.Errorf("%d files were skipped; mend them and run this again", len(report.Skipped)))
	}
	return nil
}

func (s *shell) printReport(report retrieval.Report) {
	s.printf("created %d  updated %d  unchanged %d  archived %d  chunks written %d\n",
		len(report.Created), len(report.Updated), report.Unchanged, len(report.Archived), report.Chunks)
	for _, problem := range report.Warnings {
		s.printf("warning  %s: %s\n", shorten(problem.File, 200), problem.Reason)
	}
	for _, problem := range report.Skipped {
		s.printf("skipped  %s: %s\n", shorten(problem.File, 200), problem.Reason)
	}
}

// meter shows progress on standard error, at most ten times a second, and only
// where somebody can see it move.
type meter struct {
	shell  *shell
	what   string
	last   time.Time
	shown  bool
	active bool
}

func (s *shell) meter(what string) *meter {
	file, isFile := s.stderr.(*os.File)
	if !isFile {
		return &meter{shell: s, what: what}
	}
	info, err := file.Stat()
	return &meter{shell: s, what: what, active: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

func (m *meter) show(done, total int, perSecond float64, left time.Duration) {
	if !m.active || done < total && time.Since(m.last) < 100*time.Millisecond {
		return
	}
	m.last, m.shown = time.Now(), true
	m.shell.notef("\r\033[K%d of %d %s, %.0f a second, %s left", done, total, m.what, perSecond, left.Round(time.Second))
}

// say shows what is being done where there is nothing to count.
func (m *meter) say(what string) {
	if m.active {
		m.shown = true
		m.shell.notef("\r\033[K… %s", what)
	}
}

func (m *meter) end() {
	if m.shown {
		m.shell.notef("\r\033[K")
	}
}
