package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The sentinels that migrations plant, by their fixed IDs.
const (
	sentinelArticle = "00000000-0000-7000-8000-000000000001"
	sentinelVersion = "00000000-0000-7000-8000-000000000002"
	sentinelChunk   = "00000000-0000-7000-8000-000000000003"
	sentinelPerson  = "00000000-0000-7000-8000-000000000004"
	sentinelTicket  = "00000000-0000-7000-8000-000000000005"
	sentinelComment = "00000000-0000-7000-8000-000000000006"
	sentinelNote    = "00000000-0000-7000-8000-000000000007"
)

// probe is one attempt to read a sentinel. Each statement counts what it sees.
type probe struct{ relation, sql, id string }

// probes go for each sentinel through the leaf, through every parent, and
// through the public leaf, where it would be if somebody had moved it.
var probes = []probe{
	{"articles_internal", `select count(*) from articles_internal where id = $1`, sentinelArticle},
	{"articles", `select count(*) from articles where id = $1`, sentinelArticle},
	{"articles_public", `select count(*) from articles_public where id = $1`, sentinelArticle},
	{"article_versions_internal", `select count(*) from article_versions_internal where id = $1`, sentinelVersion},
	{"article_versions", `select count(*) from article_versions where id = $1`, sentinelVersion},
	{"article_versions_public", `select count(*) from article_versions_public where id = $1`, sentinelVersion},
	{"chunks_internal", `select count(*) from chunks_internal where id = $1`, sentinelChunk},
	{"chunks", `select count(*) from chunks where id = $1`, sentinelChunk},
	{"chunks_public", `select count(*) from chunks_public where id = $1`, sentinelChunk},
	{"chunk_vectors_internal_1", `select count(*) from chunk_vectors_internal_1 where chunk_id = $1`, sentinelChunk},
	{"chunk_vectors_internal", `select count(*) from chunk_vectors_internal where chunk_id = $1`, sentinelChunk},
	{"chunk_vectors", `select count(*) from chunk_vectors where chunk_id = $1`, sentinelChunk},
	{"chunk_vectors_public", `select count(*) from chunk_vectors_public where chunk_id = $1`, sentinelChunk},
	{"lexeme_frequencies_internal", `select count(*) from lexeme_frequencies_internal where $1 <> ''`, sentinelChunk},
	{"vocabulary_internal", `select count(*) from vocabulary_internal where $1 <> ''`, sentinelChunk},
	{"suggestions_internal", `select count(*) from suggestions_internal where article_id = $1`, sentinelArticle},
	{"suggestions", `select count(*) from suggestions where article_id = $1`, sentinelArticle},
	{"suggestions_public", `select count(*) from suggestions_public where article_id = $1`, sentinelArticle},
	{"customers", `select count(*) from customers where id = $1`, sentinelPerson},
	{"tickets", `select count(id) from tickets where id = $1`, sentinelTicket},
	{"messages_public", `select count(id) from messages_public where id = $1`, sentinelComment},
	{"messages_public", `select count(id) from messages_public where ticket_id = $1`, sentinelTicket},
	{"messages_public", `select count(id) from messages_public where id = $1`, sentinelNote},
	{"messages_internal", `select count(*) from messages_internal where id = $1`, sentinelNote},
	{"messages", `select count(*) from messages where id = $1`, sentinelNote},
}

// checkSentinels tries each probe as nobody and as a customer who is none. Only a
// refusal (SQLSTATE 42501) or no row is right; and the sentinel must be there,
// else its absence would pass for a refusal.
func (db *DB) checkSentinels(ctx context.Context, _ logins) ([]Finding, error) {
	var found []Finding
	for _, attempt := range probes {
		var there int
		if err := db.app.QueryRow(ctx, attempt.sql, attempt.id).Scan(&there); err != nil {
			return nil, err
		}
		if there == 0 && !movedAlone(attempt.relation) {
			found = append(found, missing(attempt.relation+" sentinel "+attempt.id, "separation"))
		}
		for _, reader := range []uuid.UUID{uuid.Nil, uuid.New()} {
			seen, err := db.see(ctx, reader, attempt)
			if err != nil {
				return nil, err
			}
			if seen {
				found = append(found, Finding{attempt.relation, "shows a customer the sentinel " + attempt.id, layAnew + "; do not serve before this is mended"})
				break
			}
		}
	}
	return found, nil
}

// movedAlone reports the public leaves, which hold no sentinel unless one was
// moved. messages_public is among them for the sake of the private note; its
// comment is missed by the ticket's own probe.
func movedAlone(relation string) bool {
	switch relation {
	case "articles_public", "article_versions_public", "chunks_public", "chunk_vectors_public", "suggestions_public", "messages_public":
		return true
	}
	return false
}

// see reports whether a reader (zero for nobody) gets a row.
func (db *DB) see(ctx context.Context, reader uuid.UUID, attempt probe) (bool, error) {
	var rows int
	scan := func(row pgx.Row) error { return row.Scan(&rows) }
	var err error
	if reader == uuid.Nil {
		err = db.customer.QueryRow(ctx, attempt.sql, attempt.id).Scan(&rows)
	} else {
		err = db.asCustomer(ctx, reader, func(batch *pgx.Batch) { batch.Queue(attempt.sql, attempt.id).QueryRow(scan) })
	}
	var pgError *pgconn.PgError
	if errors.As(err, &pgError) && pgError.Code == "42501" {
		return false, nil
	}
	return rows > 0, err
}
