package postgres

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/pgvector/pgvector-go"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// articleBatch is what one transaction writes. It is encoded before the transaction
// begins, so that other writers wait for statements only.
type articleBatch struct {
	rows     []articleRow
	chunks   []byte // JSON of []chunkRow
	vectors  []byte // JSON of []vectorRow
	archive  [][]uuid.UUID
	refusals []*fault.Error

	space       int        // of the vectors; 0 without any
	suggestions []byte     // JSON of []suggestionRow
	words       [][]string // by position
}

// articleRow is an article's next version as the statements read it.
type articleRow struct {
	group int
	about string

	Position       int                  `json:"position"`
	Audience       desk.Audience        `json:"audience"`
	ID             uuid.UUID            `json:"id"`
	VersionID      uuid.UUID            `json:"version_id"`
	Version        int                  `json:"version"`
	SourceKey      string               `json:"source_key"`
	Title          string               `json:"title"`
	Body           string               `json:"body"`
	Language       string               `json:"language"`
	AboutArticleID *uuid.UUID           `json:"about_article_id"`
	Disclosure     retrieval.Disclosure `json:"disclosure"`
	ProductArea    string               `json:"product_area"`
	Tier           string               `json:"tier"`
	ErrorType      string               `json:"error_type"`
	Tags           []string             `json:"tags"`
	Votes          int                  `json:"votes"`
	ContentHash    string               `json:"content_hash"`
	UpdatedAt      *time.Time           `json:"updated_at"`
	Source         *uuid.UUID           `json:"source_id"`
	Forget         bool                 `json:"forget,omitempty"`
}

// chunkRow is a chunk as the insert reads it.
type chunkRow struct {
	Article     int                  `json:"article"` // position of its article
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
	Article   int       `json:"article"`
	ID        uuid.UUID `json:"id"`
	Embedding *string   `json:"embedding"`
}

func newArticleBatch(groups []retrieval.Group) (*articleBatch, error) {
	batch := &articleBatch{refusals: make([]*fault.Error, len(groups))}
	chunks, vectors, suggestions := []chunkRow{}, []vectorRow{}, []suggestionRow{}
	for i, group := range groups {
		batch.archive = append(batch.archive, group.Archive)
		for _, write := range group.Writes {
			row := newArticleRow(write, len(batch.rows))
			row.group, row.Source = i, group.Source
			if write.Article.Audience == desk.Public {
				row.Forget = group.Forget
			}
			batch.rows = append(batch.rows, row)
			batch.note(write)
			suggestions = appendSuggestions(suggestions, row.Position, write)
			chunks, vectors = appendRows(chunks, vectors, row.Position, write.Chunks)
		}
	}
	var err error
	if batch.suggestions, err = json.Marshal(suggestions); err != nil {
		return nil, err
	}
	if batch.chunks, err = json.Marshal(chunks); err != nil {
		return nil, err
	}
	batch.vectors, err = json.Marshal(vectors)
	return batch, err
}

// note keeps an article's words, and the space of its vectors.
func (b *articleBatch) note(write retrieval.Write) {
	var words []string
	for _, chunk := range write.Chunks {
		words = append(words, chunk.Terms.Words...)
		if retrieval.HasDirection(chunk.Embedding) {
			b.space = max(chunk.SpaceID, retrieval.BuiltInSpace)
		}
	}
	b.words = append(b.words, words)
}

func newArticleRow(write retrieval.Write, position int) articleRow {
	article := write.Article
	row := articleRow{
		about: write.About, Position: position, Audience: article.Audience, VersionID: newID(), SourceKey: article.SourceKey,
		Title: article.Title, Body: article.Body, Language: article.Language, AboutArticleID: article.AboutArticleID,
		Disclosure: article.Disclosure, ProductArea: article.ProductArea, Tier: article.Tier, ErrorType: article.ErrorType,
		Tags: article.Tags, Votes: article.Votes, ContentHash: hex.EncodeToString(article.ContentHash),
	}
	if !article.UpdatedAt.IsZero() {
		row.UpdatedAt = &article.UpdatedAt
	}
	return row
}

func appendRows(rows []chunkRow, vectors []vectorRow, article int, chunks []retrieval.Chunk) ([]chunkRow, []vectorRow) {
	for _, chunk := range chunks {
		weights := make(map[int32]float32, len(chunk.Terms.Lexemes))
		for i, lexeme := range chunk.Terms.Lexemes {
			weights[lexeme-1] = chunk.Terms.Weights[i] // pgvector-go counts from zero, SQL from one
		}
		row := chunkRow{
			Article: article, ID: newID(), Ordinal: chunk.Ordinal, HeadingPath: chunk.HeadingPath, Anchor: chunk.Anchor, Body: chunk.Body,
			StartOffset: chunk.StartOffset, EndOffset: chunk.EndOffset, Disclosure: chunk.Disclosure, Length: chunk.Terms.Length,
			Lexemes: chunk.Terms.Lexemes, Weights: pgvector.NewSparseVectorFromMap(weights, retrieval.Lexemes).String(),
		}
		rows = append(rows, row)
		vector := vectorRow{Article: article, ID: row.ID}
		if retrieval.HasDirection(chunk.Embedding) {
			text := pgvector.NewHalfVector(chunk.Embedding).String()
			vector.Embedding = &text
		}
		vectors = append(vectors, vector)
	}
	return rows, vectors
}
