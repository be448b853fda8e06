package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

const selectImport = `
select id, audience, state, done, total, report, created_at, finished_at from imports where id = $1`

const insertImport = `
insert into imports (id, key_hash, created_by, audience, total) values ($1, $2, $3, $4, $5)
on conflict (key_hash) where key_hash is not null do nothing`

// AddImport stores what was sent and the work that reads it, in one transaction. The
// same key of the same actor gives the import that it made before.
func (k *Knowledge) AddImport(ctx context.Context, actor desk.Actor, kind string, asked retrieval.NewImport) (made retrieval.Import, repeated bool, err error) {
	if err := asked.Validate(); err != nil {
		return made, false, err
	}
	id, key := newID(), importKey(actor, asked.Key)
	err = pgx.BeginFunc(ctx, k.app, func(tx pgx.Tx) error {
		added, err := tx.Exec(ctx, insertImport, id, key, optional(actor.ID), asked.Audience, len(asked.Files))
		if err != nil {
			return err
		}
		if repeated = added.RowsAffected() == 0; repeated {
			return tx.QueryRow(ctx, "select id from imports where key_hash = $1", key).Scan(&id)
		}
		for i, file := range asked.Files {
			if _, err := tx.Exec(ctx, "insert into import_files (import_id, ordinal, name, address, content) values ($1, $2, $3, $4, $5)",
				id, i, file.Name, file.Address, file.Content); err != nil {
				return err
			}
		}
		payload, err := json.Marshal(map[string]uuid.UUID{"import_id": id})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "insert into outbox (id, kind, payload) values ($1, $2, $3)", newID(), kind, payload); err != nil {
			return err
		}
		return audit(ctx, tx, actor, change{action: "import.add", subjectKind: "import", subjectID: id,
			details: map[string]any{"audience": asked.Audience, "files": len(asked.Files)}})
	})
	if err != nil {
		return made, false, failure(err, "add import")
	}
	made, err = k.Import(ctx, id)
	return made, repeated, err
}

// importKey hashes who sent it with their key, nil without one.
func importKey(actor desk.Actor, key string) []byte {
	if key == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(actor.ID.String() + "\x00" + key))
	return sum[:]
}

// Import reads how far an import is.
func (k *Knowledge) Import(ctx context.Context, id uuid.UUID) (retrieval.Import, error) {
	found, err := one[retrieval.Import](k.app.Query(ctx, selectImport, id))
	if errors.Is(err, pgx.ErrNoRows) {
		err = fault.New(fault.NotFound, "there is no import with this ID")
	}
	return found, failure(err, "read import")
}

// ImportFiles reads what was sent.
func (k *Knowledge) ImportFiles(ctx context.Context, id uuid.UUID) (retrieval.Import, []retrieval.ImportFile, error) {
	found, err := k.Import(ctx, id)
	if err != nil {
		return found, nil, err
	}
	files, err := many[retrieval.ImportFile](k.app.Query(ctx, "select name, address, content, '' from import_files where import_id = $1 order by ordinal", id))
	return found, files, failure(err, "read import")
}

// AdvanceImport says how many of its files are done.
func (k *Knowledge) AdvanceImport(ctx context.Context, id uuid.UUID, done, total int) error {
	_, err := k.app.Exec(ctx, "update imports set done = $2, total = $3 where id = $1 and state = 'open'", id, done, total)
	return failure(err, "advance import")
}

// FinishImport keeps the report, forgets what was sent, and closes the row that asked
// for it.
func (k *Knowledge) FinishImport(ctx context.Context, id, work uuid.UUID, report retrieval.KeptReport) error {
	encoded, err := json.Marshal(report)
	if err != nil {
		return failure(err, "finish import")
	}
	return failure(pgx.BeginFunc(ctx, k.app, func(tx pgx.Tx) error {
		var batch pgx.Batch
		batch.Queue("update imports set state = $2, report = $3, done = total, finished_at = now() where id = $1 and state = 'open'", id, report.StateOf(), encoded)
		batch.Queue("update import_files set content = null where import_id = $1", id)
		batch.Queue(finishWork, work)
		return tx.SendBatch(ctx, &batch).Close()
	}), "finish import")
}
