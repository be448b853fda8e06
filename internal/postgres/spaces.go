package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

var _ retrieval.SpaceStore = (*Knowledge)(nil)

// CountedSpace is a space with how many passages have a vector in it.
type CountedSpace struct {
	retrieval.EmbeddingSpace
	Vectors int `json:"vectors"`
	Chunks  int `json:"chunks"` // of all articles
}

const selectSpaces = `
select id, name, state, model, url, identity, dimension, document_prefix, query_prefix, probe, asked_dimension, dense_weight, created_at
from embedding_spaces where $1 = '' or name = $1 or state = $1 and $1 = 'current' order by id`

// CurrentSpace is the space that queries use now.
func (k *Knowledge) CurrentSpace(ctx context.Context) (retrieval.EmbeddingSpace, error) {
	return k.oneSpace(ctx, "current")
}

// SpaceNamed finds a space; an unknown name is a NotFound fault.
func (k *Knowledge) SpaceNamed(ctx context.Context, name string) (retrieval.EmbeddingSpace, error) {
	space, err := k.oneSpace(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return space, &fault.Error{Kind: fault.NotFound, Message: "there is no embedding space of this name", Remedy: "signalbox embeddings list shows them"}
	}
	return space, err
}

func (k *Knowledge) oneSpace(ctx context.Context, which string) (retrieval.EmbeddingSpace, error) {
	spaces, err := k.spaces(ctx, which)
	if err == nil && len(spaces) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return retrieval.EmbeddingSpace{}, failure(err, "read embedding space")
	}
	return spaces[0], nil
}

func (k *Knowledge) spaces(ctx context.Context, which string) ([]retrieval.EmbeddingSpace, error) {
	rows, err := k.app.Query(ctx, selectSpaces, which)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s retrieval.EmbeddingSpace, err error) {
		var probe *pgvector.HalfVector
		err = row.Scan(&s.ID, &s.Name, &s.State, &s.Model, &s.URL, &s.Identity, &s.Dimension, &s.DocumentPrefix, &s.QueryPrefix, &probe, &s.AskedDimension, &s.DenseWeight, &s.CreatedAt)
		if probe != nil {
			s.Probe = probe.Slice()
		}
		return s, err
	})
}

// The sentinels' chunks are nobody's passages.
const countVectors = `
select v.space_id::int, count(*)::int from chunk_vectors v where v.chunk_id <> $1 group by 1
union all
select 0, count(*)::int from chunks where id <> $1`

// Spaces lists every embedding space with its counts.
func (k *Knowledge) Spaces(ctx context.Context) ([]CountedSpace, error) {
	spaces, err := k.spaces(ctx, "")
	if err != nil {
		return nil, failure(err, "list embedding spaces")
	}
	rows, err := many[struct{ Space, Count int }](k.app.Query(ctx, countVectors, sentinelChunk))
	if err != nil {
		return nil, failure(err, "count vectors")
	}
	counts := map[int]int{}
	for _, row := range rows {
		counts[row.Space] = row.Count
	}
	list := make([]CountedSpace, len(spaces))
	for i, space := range spaces {
		list[i] = CountedSpace{space, counts[space.ID], counts[0]}
	}
	return list, nil
}

const selectUnembedded = `
select c.audience, c.id, v.title, c.heading_path, c.body
from chunks c
join article_versions v on v.audience = c.audience and v.id = c.version_id
where c.audience = $2 and c.id > $3 and c.id <> $5
  and not exists (select from chunk_vectors w where w.audience = c.audience and w.space_id = $1 and w.chunk_id = c.id)
order by c.id
limit $4`

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, arguments ...any) (pgx.Rows, error)
}

// Unembedded lists passages without a vector in the space.
func (k *Knowledge) Unembedded(ctx context.Context, spaceID int, after *retrieval.Unembedded, limit int) ([]retrieval.Unembedded, error) {
	list, err := unembedded(ctx, k.app, spaceID, after, limit)
	return list, failure(err, "list passages without a vector")
}

// unembedded goes through the public passages, then the internal ones.
func unembedded(ctx context.Context, on querier, spaceID int, after *retrieval.Unembedded, limit int) ([]retrieval.Unembedded, error) {
	audience, id := desk.Public, uuid.Nil
	if after != nil {
		audience, id = after.Audience, after.ChunkID
	}
	for {
		rows, err := on.Query(ctx, selectUnembedded, spaceID, audience, id, limit, sentinelChunk)
		if err != nil {
			return nil, err
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[retrieval.Unembedded])
		if err != nil || len(list) > 0 || audience == desk.Internal {
			return list, err
		}
		audience, id = desk.Internal, uuid.Nil
	}
}

// CountUnembedded counts them.
func (k *Knowledge) CountUnembedded(ctx context.Context, spaceID int) (count int, err error) {
	err = k.app.QueryRow(ctx, `select (select count(*) from chunks) - (select count(*) from chunk_vectors where space_id = $1)
		- (select count(*) from chunks where id = $2) + (select count(*) from chunk_vectors where space_id = $1 and chunk_id = $2)`,
		spaceID, sentinelChunk).Scan(&count)
	return count, failure(err, "count passages without a vector")
}

// Whatever was moved or deleted meanwhile is left out: the lock keeps the rest.
const addVectors = `
insert into chunk_vectors (audience, space_id, chunk_id, embedding)
select c.audience, $1, c.id, r.embedding::halfvec
from jsonb_to_recordset($2) as r (audience audience, id uuid, embedding text)
join chunks c on c.audience = r.audience and c.id = r.id
on conflict do nothing`

// AddVectors stores vectors of a space.
func (k *Knowledge) AddVectors(ctx context.Context, spaceID int, vectors []retrieval.Vector) error {
	return failure(k.writing(ctx, func(tx pgx.Tx) error { return insertVectorsOf(ctx, tx, spaceID, vectors) }), "store vectors")
}

func insertVectorsOf(ctx context.Context, tx pgx.Tx, spaceID int, vectors []retrieval.Vector) error {
	type row struct {
		Audience  desk.Audience `json:"audience"`
		ID        uuid.UUID     `json:"id"`
		Embedding string        `json:"embedding"`
	}
	rows := make([]row, len(vectors))
	for i, vector := range vectors {
		rows[i] = row{vector.Audience, vector.ChunkID, pgvector.NewHalfVector(vector.Embedding).String()}
	}
	encoded, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, addVectors, spaceID, encoded)
	return err
}

// FinishSpace says that a space has been built.
func (k *Knowledge) FinishSpace(ctx context.Context, spaceID int) error {
	_, err := k.app.Exec(ctx, "update embedding_spaces set state = 'ready' where id = $1 and state = 'building'", spaceID)
	return failure(err, "finish embedding space")
}

// switchPatience bounds how long writers wait while the last passages are embedded.
const switchPatience = time.Minute

// SwitchSpace makes a space the current one for every process at once. Passages
// that were written since it was built are embedded first, while no other can be
// written; a space that is still being built is a Conflict fault.
func (k *Knowledge) SwitchSpace(ctx context.Context, actor desk.Actor, space retrieval.EmbeddingSpace, model retrieval.TextEmbedder) error {
	if space.State == "building" {
		return &fault.Error{Kind: fault.Conflict, Message: "the embedding space is not built yet", Remedy: "run `signalbox embeddings build` to its end"}
	}
	ctx, cancel := context.WithTimeout(ctx, switchPatience)
	defer cancel()
	return failure(k.writing(ctx, func(tx pgx.Tx) error {
		if err := catchUp(ctx, tx, space, model); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "update embedding_spaces set state = 'ready' where state = 'current' and id <> $1", space.ID); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, "update embedding_spaces set state = 'current', identity = $2 where id = $1 and identity in ('', $2)", space.ID, space.Identity)
		if err == nil && done.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return err
		}
		return audit(ctx, tx, actor, change{action: "embeddings.switch", subjectKind: "embedding_space", details: map[string]any{"space": space.ID}})
	}), "switch to embedding space %s", space.Name)
}

func catchUp(ctx context.Context, tx pgx.Tx, space retrieval.EmbeddingSpace, model retrieval.TextEmbedder) error {
	var after *retrieval.Unembedded
	for {
		batch, err := unembedded(ctx, tx, space.ID, after, 200)
		if err != nil || len(batch) == 0 {
			return err
		}
		after = &batch[len(batch)-1]
		vectors, err := retrieval.EmbedPassages(ctx, space, model, batch)
		if err != nil {
			return err
		}
		if err := insertVectorsOf(ctx, tx, space.ID, vectors); err != nil {
			return err
		}
	}
}
