package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// Knowledge writes articles, and reads both audiences for people who may.
// Writes take one lock after another, so that two of them cannot deadlock on the
// document frequencies, and go through the partitioned parents.
type Knowledge struct {
	db  *DB
	app *pgxpool.Pool
}

// NewKnowledge returns the knowledge base on the app login.
func NewKnowledge(db *DB) *Knowledge { return &Knowledge{db: db, app: db.app} }

var (
	_ retrieval.Store = (*Knowledge)(nil)
	_ retrieval.Space = (*Knowledge)(nil)
)

const lockKnowledge = "select pg_advisory_xact_lock(hashtext('signalbox knowledge'))"

// writing runs do alone among the writers, and again if the database asks for that.
func (k *Knowledge) writing(ctx context.Context, do func(pgx.Tx) error) error {
	const attempts = 5
	var err error
	for range attempts {
		err = pgx.BeginFunc(ctx, k.app, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, lockKnowledge); err != nil {
				return err
			}
			return do(tx)
		})
		if !retryable(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// A space of an endpoint is checked when it is opened.
const claimSpace = `
update embedding_spaces set identity = case when url = '' then $1 else identity end
where state = 'current' and (url <> '' or dimension = $2 and identity in ('', $1))`

// ClaimSpace makes sure that vectors of this model may be stored: the first call
// names the space, and another identity or dimension is a Conflict fault.
func (k *Knowledge) ClaimSpace(ctx context.Context, identity string, dimension int) error {
	done, err := k.app.Exec(ctx, claimSpace, identity, dimension)
	if err != nil {
		return failure(err, "check embedding space")
	}
	if done.RowsAffected() == 0 {
		return &fault.Error{Kind: fault.Conflict, Message: "the articles were embedded with another model",
			Remedy: "run `signalbox embeddings build --built-in` and switch to what it makes, or start the version that ingested them"}
	}
	return nil
}

// EmptySpace forgets every vector and the model's name, and makes the next ingest
// write all articles again. Until then only the words of articles are searched.
func (k *Knowledge) EmptySpace(ctx context.Context) error {
	return failure(k.writing(ctx, func(tx pgx.Tx) error {
		var batch pgx.Batch
		batch.Queue("delete from chunk_vectors where chunk_id in (select c.id from chunks c join articles a on a.audience = c.audience and a.id = c.article_id where not a.is_canary)")
		batch.Queue("update articles set content_hash = '' where not is_canary")
		batch.Queue("update embedding_spaces set identity = '' where state = 'current'")
		return tx.SendBatch(ctx, &batch).Close()
	}), "empty embedding space")
}

const selectIndexed = `
select source_key, id, content_hash, status = 'archived', source_id
from articles where audience = $1 and not is_canary`

// Indexed lists what an audience holds by source key. Canaries are nobody's articles.
func (k *Knowledge) Indexed(ctx context.Context, audience desk.Audience) (map[string]retrieval.Indexed, error) {
	type row struct {
		key  string
		item retrieval.Indexed
	}
	rows, err := k.app.Query(ctx, selectIndexed, audience)
	if err != nil {
		return nil, failure(err, "list articles")
	}
	indexed := map[string]retrieval.Indexed{}
	found, err := pgx.CollectRows(rows, func(each pgx.CollectableRow) (r row, err error) {
		return r, each.Scan(&r.key, &r.item.ID, &r.item.ContentHash, &r.item.Archived, &r.item.Source)
	})
	for _, r := range found {
		indexed[r.key] = r.item
	}
	return indexed, failure(err, "list articles")
}

const archiveArticles = `
update articles set status = 'archived', content_hash = '', updated_at = now()
where audience = $1 and id = any($2) and not is_canary`

const dropChunks = "delete from chunks where audience = $1 and article_id = any($2)"

// Notes that were cut out of an article have its key and a number.
const selectNotes = `
select n.id from articles a
join articles n on n.audience = 'internal' and n.status <> 'archived' and n.source_key ~ '#(internal|aside)-[0-9]+$'
  and (n.about_article_id = a.id and starts_with(n.source_key, a.source_key || '#internal-')
    or a.audience = 'internal' and starts_with(n.source_key, a.source_key || '#aside-'))
where a.audience = $1 and a.id = $2`

// Archive takes an article out of every search, and keeps its versions. Notes that
// were cut out of it go with it.
func (k *Knowledge) Archive(ctx context.Context, audience desk.Audience, id uuid.UUID) error {
	return failure(k.writing(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectNotes, audience, id)
		if err != nil {
			return err
		}
		notes, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		done, err := tx.Exec(ctx, archiveArticles, audience, []uuid.UUID{id})
		if err == nil && done.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return err
		}
		var batch pgx.Batch
		batch.Queue(dropChunks, audience, []uuid.UUID{id})
		batch.Queue(archiveArticles, desk.Internal, notes)
		batch.Queue(dropChunks, desk.Internal, notes)
		batch.Queue(dropSuggestions, audience, []uuid.UUID{id})
		batch.Queue(dropSuggestions, desk.Internal, notes)
		return tx.SendBatch(ctx, &batch).Close()
	}), "archive article %s", id)
}

// Adopt makes articles that belong to no source belong to one.
func (k *Knowledge) Adopt(ctx context.Context, audience desk.Audience, source uuid.UUID, ids []uuid.UUID) error {
	_, err := k.app.Exec(ctx, "update articles set source_id = $2 where audience = $1 and id = any($3) and source_id is null", audience, source, ids)
	return failure(err, "adopt articles")
}
