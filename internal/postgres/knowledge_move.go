package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

const hasNever = `
select exists (select from chunks where audience = 'internal' and article_id = $1 and disclosure = 'never')
  or exists (select from articles where audience = 'internal' and id = $1 and disclosure = 'never')`

// The foreign keys carry versions, chunks and vectors along.
const moveArticle = `
update articles set audience = $3, about_article_id = case when $3 = 'public'::audience then null else about_article_id end
where audience = $2 and id = $1 and not is_canary`

// What earlier versions said was never meant for customers, whose login would be
// able to read them.
const forgetVersions = `
delete from article_versions v using articles a
where a.audience = 'internal' and a.id = $1 and not a.is_canary
  and v.audience = 'internal' and v.article_id = a.id and v.version <> a.current_version`

// The words that the article itself holds go along: a hash alone could name another
// word of the audience that it leaves.
const moveWords = `
insert into vocabulary (audience, term, lexeme, keys)
select $3, v.term, v.lexeme, v.keys
from chunks c
join article_versions av on av.audience = c.audience and av.id = c.version_id
cross join lateral unnest(c.lexemes) as l (lexeme)
join vocabulary v on v.audience = $2 and v.lexeme = l.lexeme
where c.audience = $2 and c.article_id = $1
  and strpos(lower(av.title || ' ' || array_to_string(c.heading_path, ' ') || ' ' || c.body), v.term) > 0
on conflict do nothing`

// Move takes an article with everything of it to another audience, from the next
// query on; to the public, without its earlier versions. An article with a section that may never be told is a Conflict on its
// way to the public; a taken source key is one too.
func (k *Knowledge) Move(ctx context.Context, actor desk.Actor, id uuid.UUID, from, to desk.Audience) error {
	return failure(k.writing(ctx, func(tx pgx.Tx) error {
		if to == desk.Public {
			if err := tellable(ctx, tx, id); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, forgetVersions, id); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, moveWords, id, from, to); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, moveArticle, id, from, to)
		if err == nil && done.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		if err == nil && from == desk.Public {
			_, err = tx.Exec(ctx, forgetWords)
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, actor, change{action: "article.move", subjectKind: "article", subjectID: id,
			details: map[string]any{"from": from, "to": to}})
	}), "move article %s", id)
}

// tellable refuses an article that has something never to be told.
func tellable(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var never bool
	if err := tx.QueryRow(ctx, hasNever, id).Scan(&never); err != nil {
		return err
	}
	if never {
		return &fault.Error{Kind: fault.Conflict, Message: "the article has a section whose disclosure is never",
			Remedy: "take the section out, or change its disclosure, and ingest it again"}
	}
	return nil
}
