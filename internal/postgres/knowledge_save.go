package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

const selectForSave = `
select a.id, a.current_version, a.is_canary from articles a where a.audience = $1 and a.source_key = $2`

const upsertArticle = `
insert into articles (audience, id, source_key, title, language, about_article_id, disclosure, product_area, tier,
  error_type, tags, votes, current_version, content_hash, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, coalesce($14, ''::bytea), coalesce($15, now()))
on conflict (audience, id) do update set title = excluded.title, language = excluded.language, status = 'published',
  about_article_id = excluded.about_article_id, disclosure = excluded.disclosure, product_area = excluded.product_area,
  tier = excluded.tier, error_type = excluded.error_type, tags = excluded.tags, votes = excluded.votes,
  current_version = excluded.current_version, content_hash = excluded.content_hash, updated_at = excluded.updated_at`

const insertVersion = `
insert into article_versions (audience, id, article_id, version, title, body) values ($1, $2, $3, $4, $5, $6)`

// One statement for all chunks: the triggers count once for each statement.
const insertChunks = `
insert into chunks (audience, id, version_id, article_id, ordinal, heading_path, anchor, body, start_offset, end_offset,
  language, disclosure, length, lexemes, weights)
select $1, r.id, $2, $3, r.ordinal, coalesce(r.heading_path, '{}'), r.anchor, r.body, r.start_offset, r.end_offset,
  $4, r.disclosure, r.length, coalesce(r.lexemes, '{}'), r.weights::sparsevec
from jsonb_to_recordset($5) as r (id uuid, ordinal integer, heading_path text[], anchor text, body text,
  start_offset integer, end_offset integer, disclosure text, length integer, lexemes integer[], weights text)`

const insertVectors = `
insert into chunk_vectors (audience, space_id, chunk_id, embedding)
select $1, $2, r.id, r.embedding::halfvec from jsonb_to_recordset($3) as r (id uuid, embedding text)
where r.embedding is not null`

// chunkRow is a chunk as the insert reads it.
type chunkRow struct {
	ID          uuid.UUID            `json:"id"`
	Ordinal     int                  `json:"ordinal"`
	HeadingPath []string             `json:"heading_path"`
	Anchor      string               `json:"anchor"`
	Body        string               `json:"body"`
	StartOffset int                  `json:"start_offset"`
	EndOffset   int                  `json:"end_offset"`
	Disclosure  retrieval.Disclosure `json:"disclosure"`
	Length      int                  `json:"length"`
	Lexemes     []int32              `json:"lexemes"`
	Weights     string               `json:"weights"`
}

// vectorRow is a chunk's vector; a text without a known word has none.
type vectorRow struct {
	ID        uuid.UUID `json:"id"`
	Embedding *string   `json:"embedding"`
}

// Save writes an article's next version with its chunks and vectors, all or
// nothing, and publishes it. The article is found by audience and source key; the
// result carries its ID and version. A new public article whose key an internal
// one holds is a Conflict: it may have been moved there so that customers lose it.
func (k *Knowledge) Save(ctx context.Context, article retrieval.Article, chunks []retrieval.Chunk) (retrieval.Article, error) {
	saved := article
	space := spaceOf(chunks)
	err := k.writing(ctx, func(tx pgx.Tx) (err error) {
		if err := stillCurrent(ctx, tx, space); err != nil {
			return err
		}
		if saved, err = nextVersion(ctx, tx, article); err != nil {
			return err
		}
		return insertArticle(ctx, tx, saved, chunks)
	})
	return saved, failure(err, "save article")
}

// spaceOf is the space that an article was embedded in; 0 if it has no vector.
func spaceOf(chunks []retrieval.Chunk) int {
	for _, chunk := range chunks {
		if retrieval.HasDirection(chunk.Embedding) {
			return max(chunk.SpaceID, retrieval.BuiltInSpace)
		}
	}
	return 0
}

// stillCurrent refuses vectors of a space that queries left meanwhile: the article
// would miss in the one that they use now.
func stillCurrent(ctx context.Context, tx pgx.Tx, space int) error {
	if space == 0 {
		return nil
	}
	var current int
	err := tx.QueryRow(ctx, "select id from embedding_spaces where state = 'current'").Scan(&current)
	if err == nil && current != space {
		err = retrieval.ErrOtherSpace
	}
	return err
}

// nextVersion finds the article's ID and the version to write.
func nextVersion(ctx context.Context, tx pgx.Tx, article retrieval.Article) (retrieval.Article, error) {
	var canary bool
	err := tx.QueryRow(ctx, selectForSave, article.Audience, article.SourceKey).Scan(&article.ID, &article.Version, &canary)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		article.ID, article.Version = newID(), 1
		return article, freeOfInternal(ctx, tx, article)
	case canary:
		return article, fault.Field(fault.Conflict, "source_key", "is reserved", "rename the file")
	}
	article.Version++
	return article, err
}

// freeOfInternal refuses a new public article under an internal one's key.
func freeOfInternal(ctx context.Context, tx pgx.Tx, article retrieval.Article) error {
	if article.Audience != desk.Public {
		return nil
	}
	var taken bool
	err := tx.QueryRow(ctx, "select exists (select from articles where audience = 'internal' and source_key = $1)", article.SourceKey).Scan(&taken)
	if err == nil && taken {
		return fault.Field(fault.Conflict, "source_key", "belongs to an internal article", "rename the file, or move that article to the public")
	}
	return err
}

// insertArticle writes the version in place of the one before.
func insertArticle(ctx context.Context, tx pgx.Tx, article retrieval.Article, chunks []retrieval.Chunk) error {
	versionID := newID()
	rows, vectors := rowsOf(chunks)
	encodedRows, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	encodedVectors, err := json.Marshal(vectors)
	if err != nil {
		return err
	}
	tags := article.Tags
	if tags == nil {
		tags = []string{}
	}
	var updated any
	if !article.UpdatedAt.IsZero() {
		updated = article.UpdatedAt
	}
	var batch pgx.Batch
	batch.Queue(upsertArticle, article.Audience, article.ID, article.SourceKey, article.Title, article.Language,
		article.AboutArticleID, article.Disclosure, article.ProductArea, article.Tier, article.ErrorType, tags,
		article.Votes, article.Version, article.ContentHash, updated)
	batch.Queue("delete from chunks where audience = $1 and article_id = $2", article.Audience, article.ID)
	batch.Queue(insertVersion, article.Audience, versionID, article.ID, article.Version, article.Title, article.Body)
	batch.Queue(insertChunks, article.Audience, versionID, article.ID, article.Language, encodedRows)
	batch.Queue(insertVectors, article.Audience, max(spaceOf(chunks), retrieval.BuiltInSpace), encodedVectors)
	queueSuggestions(&batch, article, chunks)
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	return learnWords(ctx, tx, article.Audience, chunks)
}

func rowsOf(chunks []retrieval.Chunk) ([]chunkRow, []vectorRow) {
	rows, vectors := make([]chunkRow, 0, len(chunks)), make([]vectorRow, 0, len(chunks))
	for _, chunk := range chunks {
		weights := make(map[int32]float32, len(chunk.Terms.Lexemes))
		for i, lexeme := range chunk.Terms.Lexemes {
			weights[lexeme-1] = chunk.Terms.Weights[i] // pgvector-go counts from zero, SQL from one
		}
		row := chunkRow{
			ID: newID(), Ordinal: chunk.Ordinal, HeadingPath: chunk.HeadingPath, Anchor: chunk.Anchor, Body: chunk.Body,
			StartOffset: chunk.StartOffset, EndOffset: chunk.EndOffset, Disclosure: chunk.Disclosure, Length: chunk.Terms.Length,
			Lexemes: chunk.Terms.Lexemes, Weights: pgvector.NewSparseVectorFromMap(weights, retrieval.Lexemes).String(),
		}
		rows = append(rows, row)
		vector := vectorRow{ID: row.ID}
		if retrieval.HasDirection(chunk.Embedding) {
			text := pgvector.NewHalfVector(chunk.Embedding).String()
			vector.Embedding = &text
		}
		vectors = append(vectors, vector)
	}
	return rows, vectors
}
