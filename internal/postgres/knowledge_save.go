package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

const selectForSave = `
select a.id, a.current_version, coalesce(a.is_canary, false), a.source_id, a.status = 'archived',
  k.audience = 'public'::audience and a.id is null and exists (select from articles i where i.audience = 'internal' and i.source_key = k.key)
from unnest($1::text[]::audience[], $2::text[]) with ordinality k (audience, key, position)
left join articles a on a.audience = k.audience and a.source_key = k.key
order by k.position`

const upsertArticles = `
insert into articles (audience, id, source_key, title, language, about_article_id, disclosure, product_area, tier,
  error_type, tags, votes, current_version, content_hash, updated_at, source_id)
select r.audience, r.id, r.source_key, r.title, r.language, r.about_article_id, r.disclosure, r.product_area, r.tier,
  r.error_type, coalesce(r.tags, '{}'), r.votes, r.version, decode(r.content_hash, 'hex'), coalesce(r.updated_at, now()), r.source_id
from jsonb_to_recordset($1) as r (audience audience, id uuid, source_key text, title text, language text, about_article_id uuid,
  disclosure text, product_area text, tier text, error_type text, tags text[], votes integer, version integer,
  content_hash text, updated_at timestamptz, source_id uuid)
on conflict (audience, id) do update set title = excluded.title, language = excluded.language, status = 'published',
  about_article_id = excluded.about_article_id, disclosure = excluded.disclosure, product_area = excluded.product_area,
  tier = excluded.tier, error_type = excluded.error_type, tags = excluded.tags, votes = excluded.votes,
  current_version = excluded.current_version, content_hash = excluded.content_hash, updated_at = excluded.updated_at,
  source_id = excluded.source_id`

const deleteChunks = `
delete from chunks c using jsonb_to_recordset($1) as r (audience audience, id uuid, version integer)
where c.audience = r.audience and c.article_id = r.id and r.version > 1`

const insertVersions = `
insert into article_versions (audience, id, article_id, version, title, body)
select r.audience, r.version_id, r.id, r.version, r.title, r.body
from jsonb_to_recordset($1) as r (audience audience, version_id uuid, id uuid, version integer, title text, body text)`

// One statement for the chunks of all articles: the triggers count once for each statement.
const insertChunks = `
insert into chunks (audience, id, version_id, article_id, ordinal, heading_path, anchor, body, start_offset, end_offset,
  language, disclosure, length, lexemes, weights)
select a.audience, r.id, a.version_id, a.id, r.ordinal, coalesce(r.heading_path, '{}'), r.anchor, r.body, r.start_offset, r.end_offset,
  a.language, r.disclosure, r.length, coalesce(r.lexemes, '{}'), r.weights::sparsevec
from jsonb_to_recordset($2) as r (article integer, id uuid, ordinal integer, heading_path text[], anchor text, body text,
  start_offset integer, end_offset integer, disclosure text, length integer, lexemes integer[], weights text)
join jsonb_to_recordset($1) as a (position integer, audience audience, version_id uuid, id uuid, language text) on a.position = r.article`

const insertVectors = `
insert into chunk_vectors (audience, space_id, chunk_id, embedding)
select a.audience, $3, r.id, r.embedding::halfvec
from jsonb_to_recordset($2) as r (article integer, id uuid, embedding text)
join jsonb_to_recordset($1) as a (position integer, audience audience) on a.position = r.article
where r.embedding is not null`

// What an earlier public version held of a note, customers could read on: in other
// words, lines or breaks than the note has now, so no earlier version stays.
const forgetNoted = `
delete from article_versions v
using articles a, jsonb_to_recordset($1) as r (audience audience, source_key text, forget boolean)
where a.audience = r.audience and a.source_key = r.source_key and r.audience = 'public'
  and v.audience = a.audience and v.article_id = a.id and v.version <> a.current_version
  and r.forget`

// Words of the public vocabulary that no public passage holds any more: customers'
// login can read them.
const forgetWords = `
delete from vocabulary v
where v.audience = 'public' and not exists (
  select from lexeme_frequencies f where f.audience = 'public' and f.lexeme = v.lexeme and f.documents > 0)`

// Save writes one article's next version and publishes it. Vectors of a space that is
// no longer the current one are refused with [retrieval.ErrOtherSpace]. The article is found by
// audience and source key; the result carries its ID and version.
func (k *Knowledge) Save(ctx context.Context, article retrieval.Article, chunks []retrieval.Chunk) (retrieval.Article, error) {
	batch, err := newArticleBatch([]retrieval.Group{{Writes: []retrieval.Write{{Article: article, Chunks: chunks}}}})
	if err == nil {
		err = k.saveBatch(ctx, batch)
	}
	if err == nil && batch.refusals[0] != nil {
		err = batch.refusals[0]
	}
	if err != nil {
		return article, failure(err, "save article")
	}
	article.ID, article.Version = batch.rows[0].ID, batch.rows[0].Version
	return article, nil
}

// SaveAll writes the next versions of all groups' articles with their chunks and
// vectors in one transaction. A new public article whose key an internal one holds is
// refused: it may have been moved there so that customers lose it.
func (k *Knowledge) SaveAll(ctx context.Context, groups []retrieval.Group) ([]*fault.Error, error) {
	batch, err := newArticleBatch(groups)
	if err == nil {
		err = k.saveBatch(ctx, batch)
	}
	if err != nil {
		return nil, failure(err, "save articles")
	}
	return batch.refusals, nil
}

func (k *Knowledge) saveBatch(ctx context.Context, batch *articleBatch) error {
	return k.writing(ctx, func(tx pgx.Tx) error {
		if err := stillCurrent(ctx, tx, batch.space); err != nil {
			return err
		}
		if err := batch.ofSources(ctx, tx); err != nil {
			return err
		}
		if err := batch.number(ctx, tx); err != nil {
			return err
		}
		return batch.insert(ctx, tx)
	})
}

// stillCurrent refuses vectors of a space that queries left meanwhile: the articles
// would miss in the one that they use now.
func stillCurrent(ctx context.Context, tx pgx.Tx, space int) error {
	if space == 0 { // without any vector
		return nil
	}
	var current int
	err := tx.QueryRow(ctx, "select id from embedding_spaces where state = 'current'").Scan(&current)
	if err == nil && current != space {
		err = retrieval.ErrOtherSpace
	}
	return err
}

// ofSources holds the sources that the articles come from: a run that goes on after its
// source was removed must not publish under an ID that nobody can see.
func (b *articleBatch) ofSources(ctx context.Context, tx pgx.Tx) error {
	held := map[uuid.UUID]bool{}
	for _, row := range b.rows {
		if row.Source == nil || held[*row.Source] {
			continue
		}
		held[*row.Source] = true
		var id uuid.UUID
		err := tx.QueryRow(ctx, "select id from sources where id = $1 for share", *row.Source).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.New(fault.NotFound, "the source was removed while it was read")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// number finds each article's ID and next version, and who refuses its group.
func (b *articleBatch) number(ctx context.Context, tx pgx.Tx) error {
	clear(b.refusals)
	audiences, keys := make([]string, len(b.rows)), make([]string, len(b.rows))
	for i, row := range b.rows {
		audiences[i], keys[i] = string(row.Audience), row.SourceKey
	}
	rows, err := tx.Query(ctx, selectForSave, audiences, keys)
	if err != nil {
		return err
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		var found savedArticle
		if err := rows.Scan(&found.id, &found.version, &found.canary, &found.source, &found.archived, &found.inside); err != nil {
			return err
		}
		b.place(i, found)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return b.linkNotes(ctx, tx)
}

// savedArticle is what stands under a key already.
type savedArticle struct {
	id             *uuid.UUID
	version        *int
	canary, inside bool
	archived       *bool
	source         *uuid.UUID
}

// place numbers row i, or refuses its group.
func (b *articleBatch) place(i int, found savedArticle) {
	row := &b.rows[i]
	refuse := func(message, remedy string) {
		if b.refusals[row.group] == nil {
			b.refusals[row.group] = fault.Field(fault.Conflict, "source_key", message, remedy)
		}
	}
	switch {
	case found.canary:
		refuse("is reserved", "rename the file")
	case found.inside:
		refuse("belongs to an internal article", "rename the file, or move that article to the public")
	case found.id == nil:
		row.ID, row.Version = newID(), 1
	case found.source != nil && !*found.archived && row.Source != nil && *found.source != *row.Source:
		refuse("belongs to an article of another source", "rename the file, or remove it there")
	default:
		row.ID, row.Version = *found.id, *found.version+1
	}
}

// linkNotes lets notes point to the public articles that they were cut out of.
func (b *articleBatch) linkNotes(ctx context.Context, tx pgx.Tx) error {
	for i := range b.rows {
		row := &b.rows[i]
		if row.about == "" || b.refusals[row.group] != nil {
			continue
		}
		for j := range b.rows {
			if other := &b.rows[j]; other.group == row.group && other.Audience == desk.Public && other.SourceKey == row.about {
				row.AboutArticleID = &other.ID
			}
		}
		if row.AboutArticleID != nil {
			continue
		}
		var id uuid.UUID
		err := tx.QueryRow(ctx, "select id from articles where audience = 'public' and source_key = $1", row.about).Scan(&id)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			b.refusals[row.group] = fault.Field(fault.Conflict, "source_key", "holds a note about an article that is gone", "run this again")
		case err != nil:
			return err
		default:
			row.AboutArticleID = &id
		}
	}
	return nil
}

// insert writes the versions in place of the ones before.
func (b *articleBatch) insert(ctx context.Context, tx pgx.Tx) error {
	rows := []articleRow{}
	var archived []uuid.UUID
	for _, row := range b.rows {
		if b.refusals[row.group] == nil {
			rows = append(rows, row)
		}
	}
	for i, ids := range b.archive {
		if b.refusals[i] == nil {
			archived = append(archived, ids...)
		}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	var batch pgx.Batch
	batch.Queue(upsertArticles, encoded)
	batch.Queue(deleteChunks, encoded)
	batch.Queue(insertVersions, encoded)
	batch.Queue(insertChunks, encoded, b.chunks)
	batch.Queue(insertVectors, encoded, b.vectors, max(b.space, retrieval.BuiltInSpace))
	batch.Queue(replaceSuggestions, encoded)
	batch.Queue(insertSuggestions, encoded, b.suggestions)
	batch.Queue(forgetNoted, encoded)
	if slices.ContainsFunc(rows, func(row articleRow) bool { return row.Forget }) {
		batch.Queue(forgetWords)
	}
	if len(archived) > 0 {
		batch.Queue(archiveArticles, desk.Internal, archived)
		batch.Queue(dropChunks, desk.Internal, archived)
		batch.Queue(dropSuggestions, desk.Internal, archived)
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	return b.learn(ctx, tx, rows)
}

// learn adds the written articles' words to their audiences' vocabularies.
func (b *articleBatch) learn(ctx context.Context, tx pgx.Tx, rows []articleRow) error {
	words := map[desk.Audience]map[string]bool{desk.Public: {}, desk.Internal: {}}
	for _, row := range rows {
		for _, word := range b.words[row.Position] {
			words[row.Audience][word] = true
		}
	}
	for _, audience := range []desk.Audience{desk.Public, desk.Internal} {
		if err := learnWords(ctx, tx, audience, slices.Sorted(maps.Keys(words[audience]))); err != nil {
			return err
		}
	}
	return nil
}
