package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) article() *cobra.Command {
	return group("article", "List articles, and move them between the audiences", "  signalbox article list --audience internal\n  signalbox article move refunds --to internal",
		s.articleList(), s.articleMove())
}

func audienceFlag(flag, text string) (desk.Audience, error) {
	audience := desk.Audience(text)
	if audience != desk.Public && audience != desk.Internal {
		return "", withCode(exitUsage, fault.Field(fault.Invalid, flag, "is missing or unknown", "say public or internal"))
	}
	return audience, nil
}

// articlePage is what article list prints. Next is empty on the last page.
type articlePage struct {
	Articles []retrieval.Article `json:"articles"`
	Next     string              `json:"next,omitempty"`
}

func (s *shell) articleList() *cobra.Command {
	var audience, after string
	var limit int
	command := &cobra.Command{
		Use: "list", Short: "List an audience's published articles by their key", Args: cobra.NoArgs,
		Example: "  signalbox article list --audience public\n  signalbox article list --audience internal --after refunds --json",
		RunE: func(command *cobra.Command, _ []string) error {
			chosen, err := audienceFlag("--audience", audience)
			if err != nil {
				return err
			}
			if limit < 1 || limit > 500 {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--limit", "is out of range", "use 1 to 500"))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				knowledge, err := app.knowledge()
				if err != nil {
					return err
				}
				page := articlePage{}
				if page.Articles, err = knowledge.store.Articles(command.Context(), chosen, after, limit); err != nil {
					return err
				}
				if len(page.Articles) == limit {
					page.Next = page.Articles[limit-1].SourceKey
				}
				return s.print(page, func() { s.printArticles(page) })
			})
		},
	}
	command.Flags().StringVar(&audience, "audience", "", "public or internal")
	command.Flags().StringVar(&after, "after", "", "key of the last row of the page before")
	command.Flags().IntVar(&limit, "limit", 50, "rows, 1–500")
	return s.withJSON(command)
}

func (s *shell) printArticles(page articlePage) {
	rows := make([][]string, 0, len(page.Articles))
	for _, article := range page.Articles {
		rows = append(rows, []string{article.ID.String(), shorten(article.SourceKey, 60), article.Language, fmt.Sprint(article.Version), article.UpdatedAt.Format(time.DateOnly), shorten(article.Title, 60)})
	}
	s.table([]string{"ID", "KEY", "LANGUAGE", "VERSION", "UPDATED", "TITLE"}, rows)
}

func (s *shell) articleMove() *cobra.Command {
	var to string
	command := &cobra.Command{
		Use: "move KEY", Short: "Move an article with everything of it to the other audience", Args: cobra.ExactArgs(1),
		Long: `Move an article with its versions, chunks and vectors, at once and as a whole: no query that
begins afterwards finds it where it was. KEY is its source key or its ID. On the way to the
public its earlier versions are deleted, and an article with a section that may never be told
is refused. Notes about a moved article stay where they are. Every move is in the audit log.`,
		Example: "  signalbox article move refunds --to internal\n  signalbox article move 01972f… --to public --json",
		RunE: func(command *cobra.Command, args []string) error {
			chosen, err := audienceFlag("--to", to)
			if err != nil {
				return err
			}
			from := desk.Public
			if chosen == desk.Public {
				from = desk.Internal
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				knowledge, err := app.knowledge()
				if err != nil {
					return err
				}
				id, err := knowledge.articleID(command.Context(), from, args[0])
				if err != nil {
					return err
				}
				if err := knowledge.store.Move(command.Context(), operator, id, from, chosen); err != nil {
					return err
				}
				moved := struct {
					ID       uuid.UUID     `json:"id"`
					Audience desk.Audience `json:"audience"`
				}{id, chosen}
				return s.print(moved, func() { s.printf("%s is %s now\n", id, chosen) })
			})
		},
	}
	command.Flags().StringVar(&to, "to", "", "public or internal")
	return s.withJSON(command)
}

// articleID finds an article by its ID or its key.
func (k *knowledge) articleID(ctx context.Context, audience desk.Audience, key string) (uuid.UUID, error) {
	if id, err := uuid.Parse(key); err == nil {
		return id, nil
	}
	indexed, err := k.store.Indexed(ctx, audience)
	if err != nil {
		return uuid.Nil, err
	}
	item, known := indexed[key]
	if !known {
		return uuid.Nil, fault.New(fault.NotFound, "there is no %s article %s", audience, shorten(key, 100))
	}
	return item.ID, nil
}
