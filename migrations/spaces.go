package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
)

// MaximumDimension is the longest vector that pgvector's HNSW takes as halfvec.
const MaximumDimension = 4000

// Space is an embedding space to be made.
type Space struct {
	Name, Identity, Model, URL  string
	DocumentPrefix, QueryPrefix string
	Dimension, AskedDimension   int
	Probe                       string   // a halfvec literal, or "" for the built-in embedding
	DenseWeight                 *float64 // 0–1, how much meaning counts beside words; nil is the usual weight, and leaves a space that is there as it is
}

// EndpointWeight is how much the vectors of a sentence encoder count beside words where
// nobody says otherwise; it was chosen on training questions (docs/evaluation.md).
const EndpointWeight = 0.4

const lockSpaces = `select pg_advisory_xact_lock(hashtext('signalbox embedding spaces')), set_config('lock_timeout', '10s', true)`

const insertSpace = `
insert into embedding_spaces (id, name, identity, dimension, state, model, url, document_prefix, query_prefix, probe, asked_dimension, dense_weight)
select max(id) + 1, $1, $2, $3, 'building', $4, $5, $6, $7, nullif($8, '')::halfvec, $9, coalesce($10::real, case when $5 <> '' then $11::real end) from embedding_spaces
on conflict (name) do nothing`

// AddSpace makes the space's row and its leaves for both audiences with the grants
// that hold for leaves, or finds what an earlier call has left. A name that another
// embedding holds is an error. Queries go on meanwhile.
func AddSpace(ctx context.Context, url string, roles Roles, space Space) (id int, err error) {
	err = with(ctx, url, func(db *sql.DB, _ *goose.Provider) error {
		err := within(ctx, db, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, insertSpace, space.Name, space.Identity, space.Dimension, space.Model, space.URL,
				space.DocumentPrefix, space.QueryPrefix, space.Probe, space.AskedDimension, space.DenseWeight, EndpointWeight)
			if err != nil {
				return err
			}
			var identity string
			if err := tx.QueryRowContext(ctx, "select id, identity from embedding_spaces where name = $1", space.Name).Scan(&id, &identity); err != nil {
				return err
			}
			if identity != space.Identity {
				return fmt.Errorf("the name %s belongs to another embedding: choose one with --name, or drop that space", space.Name)
			}
			// Asked for again with another weight, the space takes it: its vectors stay.
			if _, err := tx.ExecContext(ctx, "update embedding_spaces set dense_weight = $2 where id = $1 and $2::real is not null", id, space.DenseWeight); err != nil {
				return err
			}
			return makeLeaves(ctx, tx, id, space.Dimension)
		})
		if err != nil {
			return owned(err, "make an embedding space's tables")
		}
		return grant(ctx, db, roles)
	})
	return id, err
}

// makeLeaves writes numbers alone into SQL.
func makeLeaves(ctx context.Context, tx *sql.Tx, id, dimension int) error {
	for _, audience := range []string{"public", "internal"} {
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`create table if not exists chunk_vectors_%[1]s_%[2]d
			partition of chunk_vectors_%[1]s (check (vector_dims(embedding) = %[3]d)) for values in (%[2]d)`, audience, id, dimension))
		if err != nil {
			return err
		}
	}
	return nil
}

// IndexSpace builds each leaf's HNSW where it is missing and gathers statistics.
// Built after the fill it takes a fraction of the time that single inserts take.
func IndexSpace(ctx context.Context, url string, id, dimension int) error {
	return with(ctx, url, func(db *sql.DB, _ *goose.Provider) error {
		return owned(within(ctx, db, func(tx *sql.Tx) error {
			// The graph should fit: one that spills takes many times as long.
			if _, err := tx.ExecContext(ctx, "select set_config('maintenance_work_mem', '512MB', true)"); err != nil {
				return err
			}
			for _, audience := range []string{"public", "internal"} {
				leaf := fmt.Sprintf("chunk_vectors_%s_%d", audience, id)
				_, err := tx.ExecContext(ctx, fmt.Sprintf("create index if not exists %[1]s_hnsw on %[1]s using hnsw ((embedding::halfvec(%[2]d)) halfvec_ip_ops)", leaf, dimension))
				if err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, "analyze "+leaf); err != nil {
					return err
				}
			}
			return nil
		}), "index an embedding space")
	})
}

// DropSpace removes a space with its vectors. The current one stays, and so does
// the built-in first, which the sentinels stand in.
func DropSpace(ctx context.Context, url string, id int) error {
	return with(ctx, url, func(db *sql.DB, _ *goose.Provider) error {
		return owned(within(ctx, db, func(tx *sql.Tx) error {
			done, err := tx.ExecContext(ctx, "delete from embedding_spaces where id = $1 and id <> 1 and state <> 'current'", id)
			if err != nil {
				return err
			}
			if rows, err := done.RowsAffected(); err != nil || rows == 0 {
				return errors.Join(err, errors.New("the space is in use: switch to another one first"))
			}
			_, err = tx.ExecContext(ctx, fmt.Sprintf("drop table if exists chunk_vectors_public_%[1]d, chunk_vectors_internal_%[1]d", id))
			return err
		}), "drop an embedding space")
	})
}

func within(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, lockSpaces); err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// owned says what to do when the login does not own the tables.
func owned(err error, operation string) error {
	var pgError *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case refused(err):
		return fmt.Errorf("%s: DATABASE_URL_MIGRATE names a login that does not own the tables; name the one that ran `signalbox migrate up`: %w", operation, err)
	case errors.As(err, &pgError) && pgError.Code == "55P03":
		return fmt.Errorf("%s: a long transaction holds the tables; try again: %w", operation, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}
