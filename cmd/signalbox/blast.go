package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) blastRadius() *cobra.Command {
	var query retrieval.BlastQuery
	command := &cobra.Command{
		Use: "blast-radius ARTICLE[@VERSION]", Short: "What was said because of an article", Args: cobra.ExactArgs(1),
		Long: `List every answer that cites an article, or one version of it, newest first, with counts by
version. ARTICLE is an ID or a source key. An edit is a new version; an answer keeps the
version that it cited. Drafts are not kept, and decisions cite no articles, so both are 0.
Answers are kept as long as raw payloads.`,
		Example: "  signalbox blast-radius billing/refunds@3\n  signalbox blast-radius billing/refunds --json --limit 1000",
		RunE: func(command *cobra.Command, args []string) error {
			query.Article, query.Version = retrieval.ParseVersioned(args[0])
			return s.withKnowledge(command.Context(), func(_ *app, knowledge *knowledge) error {
				radius, err := knowledge.store.BlastRadius(command.Context(), query)
				if err != nil {
					return err
				}
				return s.print(radius, func() { s.printRadius(radius) })
			})
		},
	}
	command.Flags().IntVar(&query.Limit, "limit", 100, "how many, 1 to 1000")
	command.Flags().StringVar(&query.Before, "before", "", "the next of the page before")
	return s.withJSON(command)
}

func (s *shell) printRadius(radius retrieval.BlastRadius) {
	s.printf("%s (%s), now version %d\n%d answers, %d drafts, %d decisions", printable(radius.Title), radius.Audience, radius.CurrentVersion, radius.Answers, radius.Drafts, radius.Decisions)
	if radius.First != nil && radius.Last != nil {
		s.printf(", from %s to %s", radius.First.Format(time.DateTime), radius.Last.Format(time.DateTime))
	}
	s.printf("\n\n")
	var versions, uses [][]string
	for _, version := range radius.Versions {
		made := "deleted"
		if version.CreatedAt != nil {
			made = version.CreatedAt.Format(time.DateTime)
		}
		versions = append(versions, []string{fmt.Sprint(version.Version), made, fmt.Sprint(version.Answers)})
	}
	s.table([]string{"VERSION", "MADE", "ANSWERS"}, versions)
	if len(radius.Uses) == 0 {
		return
	}
	s.printf("\n")
	for _, use := range radius.Uses {
		uses = append(uses, []string{use.Kind, use.ID.String(), use.CreatedAt.Format(time.DateTime), use.Outcome, fmt.Sprint(use.Versions), fmt.Sprint(use.Sentences)})
	}
	s.table([]string{"KIND", "ID", "AT", "OUTCOME", "VERSIONS", "SENTENCES"}, uses)
	if radius.Next != "" {
		s.printf("\nfurther ones: --before %s\n", radius.Next)
	}
}
