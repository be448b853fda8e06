package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/document"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) ingest() *cobra.Command {
	var audience, list string
	var keep, allowEmpty bool
	command := &cobra.Command{
		Use: "ingest DIR | FILE … | URL …", Short: "Bring articles into the knowledge base", Args: cobra.ArbitraryArgs,
		Long: `Read every file below DIR, or these files and pages, into one audience: Markdown, HTML, PDF,
CSV (an article a row), plain text, ZIP, and the JSON exports of Zendesk Guide and Intercom.
Unchanged articles cost a hash; those of DIR whose file is gone are archived. What stands
between <!-- internal --> and <!-- /internal --> becomes an internal article about the public
one. Broken files are named and skipped, and the exit code is then 3. A run that was killed
loses nothing; the next one takes up the rest.`,
		Example: "  signalbox ingest docs/help --audience public\n  signalbox ingest zendesk-export.json faq.csv --audience public\n  signalbox ingest https://help.example.com/refunds --audience public\n  signalbox ingest --url-list pages.txt --audience internal --json",
		RunE: func(command *cobra.Command, args []string) error {
			chosen, err := audienceOf(audience)
			if err != nil {
				return err
			}
			if list != "" {
				lines, err := readLines(list)
				if err != nil {
					return err
				}
				args = append(args, lines...)
			}
			if len(args) == 0 {
				return withCode(exitUsage, fault.Field(fault.Invalid, "DIR", "is missing", "name a folder, files, addresses, or --url-list FILE"))
			}
			options := retrieval.Options{Keep: keep, AllowEmpty: allowEmpty}
			if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
				if len(args) > 1 {
					return withCode(exitUsage, fault.Field(fault.Invalid, "DIR", "stands beside other arguments", "ingest one folder at a time"))
				}
				return s.with(command.Context(), needs{}, func(app *app) error {
					return s.ingestDir(command.Context(), app, args[0], chosen, options)
				})
			}
			files, err := readInputs(args)
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error { return s.ingestOnce(command.Context(), app, files, chosen) })
		},
	}
	command.Flags().StringVar(&audience, "audience", "", "public or internal")
	command.Flags().StringVar(&list, "url-list", "", "file of addresses, one a line")
	command.Flags().BoolVar(&keep, "keep", false, "do not archive articles whose file is gone")
	command.Flags().BoolVar(&allowEmpty, "allow-empty", false, "archive everything when DIR holds no article")
	return s.withJSON(command)
}

func audienceOf(word string) (desk.Audience, error) {
	if chosen := desk.Audience(word); chosen == desk.Public || chosen == desk.Internal {
		return chosen, nil
	}
	return "", withCode(exitUsage, fault.Field(fault.Invalid, "--audience", "is missing or unknown", "say public or internal"))
}

// readLines reads the addresses of a list.
func readLines(path string) ([]string, error) {
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, withCode(exitUsage, fault.Field(fault.Invalid, "--url-list", "cannot be read", "name a file of addresses, one a line"))
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// readInputs reads files and takes addresses as they are.
func readInputs(args []string) ([]retrieval.ImportFile, error) {
	var files []retrieval.ImportFile
	for _, arg := range args {
		if strings.Contains(arg, "://") {
			files = append(files, retrieval.ImportFile{Name: arg, Address: true})
			continue
		}
		info, err := os.Stat(arg)
		if err != nil || !info.Mode().IsRegular() {
			return nil, withCode(exitUsage, fault.Field(fault.Invalid, "FILE", "is no file, folder or address that can be read: "+shorten(arg, 200), "name what is there"))
		}
		file := retrieval.ImportFile{Name: filepath.ToSlash(filepath.Base(arg))}
		if info.Size() <= document.LimitOf(arg) {
			if file.Content, err = os.ReadFile(filepath.Clean(arg)); err != nil {
				return nil, withCode(exitUsage, fault.Field(fault.Invalid, "FILE", "cannot be read: "+shorten(arg, 200), "check its permissions"))
			}
		} else if file.Problem = "is larger than its format may be"; document.LimitOf(arg) == 0 {
			file.Problem = "has a format that is not read"
		}
		files = append(files, file)
	}
	return files, nil
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
	meter := s.meter("files")
	options.Progress = meter.progress
	report, err := knowledge.ingester().IngestDir(ctx, root.FS(), audience, options)
	meter.end()
	if err != nil {
		return mistaken(err)
	}
	return s.reported(report)
}

func (s *shell) ingestOnce(ctx context.Context, app *app, files []retrieval.ImportFile, audience desk.Audience) error {
	knowledge, err := app.knowledge()
	if err != nil {
		return err
	}
	meter := s.meter("files")
	report, err := app.keeper(knowledge).Once(ctx, files, audience, meter.progress)
	meter.end()
	if err != nil {
		return mistaken(err)
	}
	return s.reported(report)
}

// mistaken gives what is wrong with a source the code of a wrong argument.
func mistaken(err error) error {
	var mistake *fault.Error
	if errors.As(err, &mistake) && mistake.Field == "source" {
		return withCode(exitUsage, err)
	}
	return err
}

// reported prints a report; skipped files have an exit code of their own.
func (s *shell) reported(report retrieval.Report) error {
	if err := s.print(report, func() { s.printReport(report) }); err != nil {
		return err
	}
	if len(report.Skipped) > 0 {
		return withCode(exitPartial, fmt.Errorf("%d files were skipped; mend them and run this again", len(report.Skipped)))
	}
	return nil
}

func (s *shell) printReport(report retrieval.Report) {
	s.printf("%d files in %.1f s, %.0f a second\n", len(report.Files)+report.Ignored, report.Seconds, report.PerSecond)
	s.printf("created %d  updated %d  unchanged %d  archived %d  chunks written %d\n",
		len(report.Created), len(report.Updated), report.Unchanged, len(report.Archived), report.Chunks)
	if report.WithoutVectors > 0 {
		s.printf("warning  the embedding endpoint did not answer: %d chunks are found by words alone until `signalbox embeddings build` with the space's flags\n", report.WithoutVectors)
	}
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

// progress shows how far an ingest is.
func (m *meter) progress(p retrieval.Progress) { m.show(p.Done, p.Total, p.PerSecond, p.Left) }

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
