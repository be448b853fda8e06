package searchbench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"
	pgxvector "github.com/pgvector/pgvector-go/pgx"

	"github.com/signalbox/signalbox/retrieval"
)

// Indexes and counting triggers are laid down again after the load: row by row they
// take many times as long.
const beforeLoad = `
set search_path = signalbox, public;
alter table chunks disable trigger count_inserted;
drop index chunks_lexemes_idx, vocabulary_keys_idx, chunk_vectors_public_1_hnsw, chunk_vectors_internal_1_hnsw`

const afterLoad = `
set search_path = signalbox, public;
set maintenance_work_mem = '512MB';
insert into lexeme_frequencies (audience, language, lexeme, documents)
  select audience, language, lexeme, count(*) from chunks, unnest(lexemes) lexeme where language = 'en' group by 1, 2, 3;
insert into lexical_statistics (audience, language, chunks, total_length)
  select audience, language, count(*), sum(length) from chunks where language = 'en' group by 1, 2;
create index on chunks using gin (lexemes) with (fastupdate = off);
create index on vocabulary using gin (keys) with (fastupdate = off);
alter table chunks enable trigger count_inserted;
create index chunk_vectors_public_1_hnsw   on chunk_vectors_public_1   using hnsw ((embedding::halfvec(256)) halfvec_ip_ops);
create index chunk_vectors_internal_1_hnsw on chunk_vectors_internal_1 using hnsw ((embedding::halfvec(256)) halfvec_ip_ops);
update embedding_spaces set identity = $identity$bench$identity$ where id = 1;
analyze`

// portion is how many chunks one COPY takes.
const portion = 10_000

// loader copies generated articles as the schema's owner.
type loader struct {
	conn     *pgx.Conn
	source   *source
	analyser *retrieval.Analyser
	progress func(done int)
	rows     map[string][][]any
	known    map[string]bool // words of the vocabulary, with their audience
	loaded   int
}

// load fills an empty, migrated database, half of it internal.
func (l *loader) load(ctx context.Context, chunks int) error {
	if err := pgxvector.RegisterTypes(ctx, l.conn); err != nil {
		return fmt.Errorf("register vectors: %w", err)
	}
	if _, err := l.conn.Exec(ctx, beforeLoad); err != nil {
		return fmt.Errorf("drop indexes: %w", err)
	}
	l.rows, l.known = map[string][][]any{}, map[string]bool{}
	for article := 0; l.loaded < chunks; article++ {
		audience := "public"
		if article%2 == 1 {
			audience = "internal"
		}
		if err := l.article(article, audience, min(chunksAnEntry, chunks-l.loaded)); err != nil {
			return err
		}
		if len(l.rows["chunks"]) >= portion || l.loaded >= chunks {
			if err := l.copy(ctx); err != nil {
				return err
			}
			l.progress(l.loaded)
		}
	}
	if _, err := l.conn.Exec(ctx, afterLoad); err != nil {
		return fmt.Errorf("build indexes: %w", err)
	}
	return nil
}

var columns = []struct {
	table   string
	columns []string
}{
	{"articles", []string{"audience", "id", "source_key", "title", "current_version", "votes", "updated_at"}},
	{"article_versions", []string{"audience", "id", "article_id", "version", "title", "body"}},
	{"chunks", []string{"audience", "id", "version_id", "article_id", "ordinal", "heading_path", "anchor", "body", "start_offset", "end_offset", "length", "lexemes", "weights"}},
	{"chunk_vectors", []string{"audience", "space_id", "chunk_id", "embedding"}},
	{"suggestions", []string{"audience", "article_id", "ordinal", "word", "key", "heading", "anchor", "rank"}},
	{"vocabulary", []string{"audience", "term", "lexeme", "keys"}},
}

func (l *loader) copy(ctx context.Context) error {
	for _, each := range columns {
		if _, err := l.conn.CopyFrom(ctx, pgx.Identifier{each.table}, each.columns, pgx.CopyFromRows(l.rows[each.table])); err != nil {
			return fmt.Errorf("copy %s: %w", each.table, err)
		}
		l.rows[each.table] = l.rows[each.table][:0]
	}
	return nil
}

func (l *loader) add(table string, values ...any) { l.rows[table] = append(l.rows[table], values) }

// article makes one article of a few chunks about one subject.
func (l *loader) article(number int, audience string, count int) error {
	random := l.source.random
	subject := random.IntN(subjects)
	id, version := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	article := retrieval.Article{Title: l.source.text(subject, 3+random.IntN(4), questionShare), Votes: random.IntN(50),
		UpdatedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -random.IntN(1500))}
	chunks := make([]retrieval.Chunk, count)
	body := ""
	for i := range chunks {
		text := l.source.text(subject, passageWords/2+random.IntN(passageWords), subjectShare) + "\n"
		chunks[i] = retrieval.Chunk{Ordinal: i, HeadingPath: []string{article.Title, l.source.text(subject, 2+random.IntN(3), questionShare)},
			Anchor: fmt.Sprintf("part-%d", i), Body: text, StartOffset: len(body), EndOffset: len(body) + len(text)}
		body += text
	}
	l.add("articles", audience, id, fmt.Sprintf("bench/%07d", number), article.Title, 1, article.Votes, article.UpdatedAt)
	l.add("article_versions", audience, version, id, 1, article.Title, body)
	for _, chunk := range chunks {
		l.chunk(audience, id, version, article.Title, subject, chunk)
	}
	for _, entry := range retrieval.SuggestionsOf(article, chunks) {
		for word, key := range entry.Keys {
			l.add("suggestions", audience, id, entry.Ordinal, word, key, entry.Heading, entry.Anchor, entry.Rank)
		}
	}
	l.loaded += count
	return nil
}

func (l *loader) chunk(audience string, article, version uuid.UUID, title string, subject int, chunk retrieval.Chunk) {
	terms := l.analyser.Document("en", title, chunk.HeadingPath, chunk.Body)
	weights := make(map[int32]float32, len(terms.Lexemes))
	for i, lexeme := range terms.Lexemes {
		weights[lexeme-1] = terms.Weights[i]
	}
	id := uuid.Must(uuid.NewV7())
	l.add("chunks", audience, id, version, article, chunk.Ordinal, chunk.HeadingPath, chunk.Anchor, chunk.Body, chunk.StartOffset,
		chunk.EndOffset, terms.Length, terms.Lexemes, pgvector.NewSparseVectorFromMap(weights, retrieval.Lexemes))
	l.add("chunk_vectors", audience, int16(1), id, pgvector.NewHalfVector(unit(l.source.around(l.source.centre[subject], passageSpread))))
	for _, word := range terms.Words {
		if !l.known[audience+word] {
			l.known[audience+word] = true
			l.add("vocabulary", audience, word, retrieval.Lexeme(word), retrieval.SpellingKeys(word))
		}
	}
}
