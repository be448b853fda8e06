package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// searchFlags narrow a search.
type searchFlags struct {
	filter       retrieval.Filter
	audience     string
	updatedAfter string
	maxAgeDays   int
	limit        int
	explain      bool
}

func (s *shell) search() *cobra.Command {
	var flags searchFlags
	command := &cobra.Command{
		Use: "search QUESTION", Short: "Search both knowledge bases as an agent", Args: cobra.ExactArgs(1),
		Long: `Search both knowledge bases, as an agent does. --explain says for each passage which part of
the search brought it, its raw scores and shares, the boosts, which words of the question it
holds, and what misspelt words were taken for.`,
		Example: `  signalbox search "SYNC_409 after an import" --explain
  signalbox search "refund limits" --audience internal --tag billing --max-age-days 365 --json`,
		RunE: func(command *cobra.Command, args []string) error {
			if err := flags.complete(time.Now()); err != nil {
				return withCode(exitUsage, err)
			}
			return s.withKnowledge(command.Context(), func(_ *app, k *knowledge) error {
				return s.searchFor(command.Context(), k, args[0], flags)
			})
		},
	}
	set := command.Flags()
	set.StringVar(&flags.audience, "audience", "", "public or internal (both)")
	set.StringVar(&flags.filter.Language, "language", "", "language code, such as de")
	set.StringVar(&flags.filter.ProductArea, "product-area", "", "product area")
	set.StringVar(&flags.filter.Tier, "tier", "", "tier")
	set.StringVar(&flags.filter.ErrorType, "error-type", "", "error type")
	set.StringArrayVar(&flags.filter.Tags, "tag", nil, "tag that articles must have; may be repeated")
	set.StringVar(&flags.updatedAfter, "updated-after", "", "day, such as 2026-03-31: articles changed since then")
	set.IntVar(&flags.maxAgeDays, "max-age-days", 0, "articles changed in so many days")
	set.IntVar(&flags.limit, "limit", 10, "results, 1-50")
	set.BoolVar(&flags.explain, "explain", false, "say why each passage was found")
	return s.withJSON(command)
}

func (f *searchFlags) complete(now time.Time) error {
	f.filter.Audience = desk.Audience(f.audience)
	if f.audience != "" && !slices.Contains([]desk.Audience{desk.Public, desk.Internal}, f.filter.Audience) {
		return fault.Field(fault.Invalid, "--audience", "is unknown", "use public or internal")
	}
	if f.maxAgeDays < 0 {
		return fault.Field(fault.Invalid, "--max-age-days", "is negative", "use a number of days")
	}
	if f.maxAgeDays > 0 {
		f.filter.UpdatedAfter = now.AddDate(0, 0, -f.maxAgeDays)
	}
	if f.updatedAfter != "" {
		day, err := time.Parse(time.DateOnly, f.updatedAfter)
		if err != nil {
			return fault.Field(fault.Invalid, "--updated-after", "is no day", "use a day such as 2026-03-31")
		}
		if day.After(f.filter.UpdatedAfter) {
			f.filter.UpdatedAfter = day
		}
	}
	return nil
}

func (s *shell) searchFor(ctx context.Context, k *knowledge, question string, flags searchFlags) error {
	passages, err := k.all.Search(ctx, question, flags.limit, flags.filter)
	if err != nil {
		return err
	}
	if err := s.print(passages, func() { s.printFound(passages, flags.explain) }); err != nil {
		return err
	}
	if len(passages) == 0 {
		return withCode(exitNotFound, fault.New(fault.NotFound, "nothing was found"))
	}
	return nil
}

func (s *shell) printFound(passages []retrieval.Passage, explain bool) {
	if !explain {
		s.printPassages(passages)
		return
	}
	for i := range passages {
		s.printPassages(passages[i : i+1])
		p, why := passages[i], passages[i].Why
		s.printf("        by %s: words %.2f (BM25 %.1f), meaning %.2f (cosine %.2f, %s)", why.FoundBy, why.Lexical, p.LexicalScore, why.Dense, p.DenseScore, why.Space)
		if why.Boosts != nil {
			s.printf(", title %+.3f, votes %+.3f, freshness %+.3f", why.Boosts.Title, why.Boosts.Votes, why.Boosts.Freshness)
		}
		s.printf("\n        holds: %s\n", shorten(strings.Join(why.Words, " "), 100))
		for word, meant := range why.Corrections {
			s.printf("        %s\n", shorten(fmt.Sprintf("%s was taken for %s", word, meant), 100))
		}
		if why.Note != "" {
			s.printf("        %s\n", why.Note)
		}
	}
}
