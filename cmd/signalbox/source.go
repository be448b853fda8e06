package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) source() *cobra.Command {
	return group("source", "Folders and pages that are read again and again", "  signalbox source add help --folder /srv/help --audience public --every 1h\n  signalbox source list",
		s.sourceAdd(), s.sourceList(), s.sourceSync(), s.sourceRemove())
}

func (s *shell) sourceAdd() *cobra.Command {
	var audience, folder, list string
	var urls []string
	var every time.Duration
	command := &cobra.Command{
		Use: "add NAME", Short: "Keep a folder or a list of pages as a source", Args: cobra.ExactArgs(1),
		Long: `Keep a folder or a list of pages. With --every, "signalbox work" reads it again in that
interval: changed articles get a new version, those that are gone are archived. A source that
cannot be read, or that holds nothing any more, archives nothing. The folder must be readable
where "signalbox work" runs.`,
		Example: "  signalbox source add help --folder /srv/help --audience public --every 1h\n  signalbox source add pages --url-list pages.txt --audience public --every 24h",
		RunE: func(command *cobra.Command, args []string) error {
			chosen, err := audienceOf(audience)
			if err != nil {
				return err
			}
			origin := retrieval.Origin{Name: args[0], Audience: chosen, Every: every}
			if err := locate(&origin, folder, list, urls); err != nil {
				return err
			}
			if err := origin.Validate(); err != nil {
				return withCode(exitUsage, err)
			}
			return s.withKnowledge(command.Context(), func(_ *app, knowledge *knowledge) error {
				added, err := knowledge.store.AddSource(command.Context(), operator, origin)
				if err != nil {
					return err
				}
				return s.print(added, func() { s.printf("added %s; run `signalbox source sync %s` to read it now\n", added.Name, added.Name) })
			})
		},
	}
	command.Flags().StringVar(&audience, "audience", "", "public or internal")
	command.Flags().StringVar(&folder, "folder", "", "a folder")
	command.Flags().StringVar(&list, "url-list", "", "file of addresses, one a line")
	command.Flags().StringArrayVar(&urls, "url", nil, "an address (repeatable)")
	command.Flags().DurationVar(&every, "every", 0, "interval, 5m to 720h; 0 syncs only when asked")
	return s.withJSON(command)
}

// locate says where a source is.
func locate(origin *retrieval.Origin, folder, list string, urls []string) error {
	if folder != "" && (list != "" || len(urls) > 0) {
		return withCode(exitUsage, fault.Field(fault.Invalid, "--folder", "stands beside addresses", "make two sources"))
	}
	if folder != "" {
		whole, err := filepath.Abs(folder)
		info, problem := os.Stat(folder)
		if err != nil || problem != nil || !info.IsDir() {
			return withCode(exitUsage, fault.Field(fault.Invalid, "--folder", "is no folder that can be read", "name one that is there"))
		}
		origin.Kind, origin.Locations = retrieval.FolderOrigin, []string{whole}
		return nil
	}
	if list != "" {
		lines, err := readLines(list)
		if err != nil {
			return err
		}
		urls = append(urls, lines...)
	}
	if len(urls) > 0 {
		origin.Kind, origin.Locations = retrieval.URLsOrigin, urls
	}
	return nil
}

func (s *shell) sourceList() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "list", Short: "List sources with their last run", Args: cobra.NoArgs, Example: "  signalbox source list --json",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.withKnowledge(command.Context(), func(_ *app, knowledge *knowledge) error {
				sources, err := knowledge.store.Sources(command.Context())
				if err != nil {
					return err
				}
				return s.print(sources, func() { s.printSources(sources) })
			})
		},
	})
}

func (s *shell) printSources(sources []retrieval.Origin) {
	var rows [][]string
	for _, source := range sources {
		last := "never"
		if source.LastRun != nil {
			last = source.LastRun.Format(time.DateTime) + " " + string(source.LastState)
		}
		every := source.EverySays
		if every == "" {
			every = "when asked"
		}
		rows = append(rows, []string{source.Name, string(source.Kind), string(source.Audience), fmt.Sprint(source.Articles), every, last})
	}
	s.table([]string{"NAME", "KIND", "AUDIENCE", "ARTICLES", "EVERY", "LAST RUN"}, rows)
}

func (s *shell) sourceSync() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "sync NAME", Short: "Read a source now", Args: cobra.ExactArgs(1), Example: "  signalbox source sync help",
		RunE: func(command *cobra.Command, args []string) error {
			return s.withKnowledge(command.Context(), func(app *app, knowledge *knowledge) error {
				source, err := knowledge.store.SourceNamed(command.Context(), args[0])
				if err != nil {
					return unnamed(err)
				}
				meter := s.meter("files")
				report, err := app.keeper(knowledge).Sync(command.Context(), source.ID, uuid.Nil, meter.progress)
				meter.end()
				if err != nil {
					return mistaken(err)
				}
				return s.reported(report)
			})
		},
	})
}

func (s *shell) sourceRemove() *cobra.Command {
	var keep bool
	command := &cobra.Command{
		Use: "remove NAME", Short: "Forget a source and archive its articles", Args: cobra.ExactArgs(1),
		Example: "  signalbox source remove help\n  signalbox source remove help --keep",
		RunE: func(command *cobra.Command, args []string) error {
			return s.withKnowledge(command.Context(), func(_ *app, knowledge *knowledge) error {
				count, err := knowledge.store.RemoveSource(command.Context(), operator, args[0], keep)
				if err != nil {
					return unnamed(err)
				}
				done := "archived"
				if keep {
					done = "kept"
				}
				return s.print(map[string]any{"removed": args[0], done: count}, func() { s.printf("removed; %d articles %s\n", count, done) })
			})
		},
	}
	command.Flags().BoolVar(&keep, "keep", false, "leave its articles where they are")
	return s.withJSON(command)
}

func unnamed(err error) error {
	if fault.Is(err, fault.NotFound) {
		return errors.Join(fault.New(fault.NotFound, "there is no source of this name; see signalbox source list"))
	}
	return err
}

// withKnowledge opens the knowledge base for a command.
func (s *shell) withKnowledge(ctx context.Context, do func(*app, *knowledge) error) error {
	return s.with(ctx, needs{}, func(app *app) error {
		knowledge, err := app.knowledge()
		if err != nil {
			return err
		}
		return do(app, knowledge)
	})
}
