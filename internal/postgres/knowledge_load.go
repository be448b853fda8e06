package postgres

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

// Loader fills an empty knowledge base with many articles at once: a statement a
// table for a whole batch, where [Knowledge.Save] writes the next version of one
// article. It is for measurements, which bring their own database.
type Loader struct{ app *pgxpool.Pool }

// NewLoader returns a loader on the app login.
func NewLoader(db *DB) *Loader { return &Loader{db.app} }

const loadArticles = `
insert into articles (audience, id, source_key, title, language, disclosure, current_version)
select 'public', r.id, r.source_key, r.title, r.language, 'paraphrase', 1
from jsonb_to_recordset($1) as r (id uuid, source_key text, title text, language text)`

const loadVersions = `
insert into article_versions (audience, id, article_id, version, title, body)
select 'public', r.version_id, r.id, 1, r.title, r.body
from jsonb_to_recordset($1) as r (id uuid, version_id uuid, title text, body text)`

const loadChunks = `
insert into chunks (audience, id, version_id, article_id, ordinal, heading_path, anchor, body, start_offset, end_offset,
  language, disclosure, length, lexemes, weights)
select 'public', r.id, r.version_id, r.article_id, r.ordinal, coalesce(r.heading_path, '{}'), r.anchor, r.body, r.start_offset,
  r.end_offset, r.language, r.disclosure, r.length, coalesce(r.lexemes, '{}'), r.weights::sparsevec
from jsonb_to_recordset($1) as r (id uuid, version_id uuid, article_id uuid, ordinal integer, heading_path text[], anchor text,
  body text, start_offset integer, end_offset integer, language text, disclosure text, length integer, lexemes integer[], weights text)`

type loadedArticle struct {
	ID        uuid.UUID `json:"id"`
	VersionID uuid.UUID `json:"version_id"`
	SourceKey string    `json:"source_key"`
	Title     string    `json:"title"`
	Language  string    `json:"language"`
	Body      string    `json:"body"`
}

type loadedChunk struct {
	chunkRow
	VersionID uuid.UUID `json:"version_id"`
	ArticleID uuid.UUID `json:"article_id"`
	Language  string    `json:"language"`
}

// Load stores a batch of new public articles. It may be called
// from several goroutines: the vectors, which cost most, are written after the lock
// that all writers take is given back.
func (l *Loader) Load(ctx context.Context, batch []retrieval.Prepared) error {
	articles, chunks, vectors := loadedRows(batch)
	encodedArticles, err := json.Marshal(articles)
	if err != nil {
		return err
	}
	encodedChunks, err := json.Marshal(chunks)
	if err != nil {
		return err
	}
	encodedVectors, err := json.Marshal(vectors)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, l.app, func(tx pgx.Tx) error {
		var statements pgx.Batch
		statements.Queue(lockKnowledge)
		statements.Queue(loadArticles, encodedArticles)
		statements.Queue(loadVersions, encodedArticles)
		statements.Queue(loadChunks, encodedChunks)
		if err := tx.SendBatch(ctx, &statements).Close(); err != nil {
			return err
		}
		return learnWords(ctx, tx, desk.Public, chunksOf(batch))
	})
	if err == nil {
		_, err = l.app.Exec(ctx, insertVectors, desk.Public, retrieval.BuiltInSpace, encodedVectors)
	}
	return failure(err, "load articles")
}

func chunksOf(batch []retrieval.Prepared) (chunks []retrieval.Chunk) {
	for _, each := range batch {
		chunks = append(chunks, each.Chunks...)
	}
	return chunks
}

func loadedRows(batch []retrieval.Prepared) (articles []loadedArticle, chunks []loadedChunk, vectors []vectorRow) {
	articles, chunks, vectors = make([]loadedArticle, 0, len(batch)), []loadedChunk{}, []vectorRow{}
	for _, each := range batch {
		article := loadedArticle{newID(), newID(), each.Article.SourceKey, each.Article.Title, each.Article.Language, each.Article.Body}
		articles = append(articles, article)
		rows, itsVectors := rowsOf(each.Chunks)
		for _, row := range rows {
			chunks = append(chunks, loadedChunk{row, article.VersionID, article.ID, article.Language})
		}
		vectors = append(vectors, itsVectors...)
	}
	return articles, chunks, vectors
}
