package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// MaxArtifactBytes is the largest model that is stored.
const MaxArtifactBytes = 16 << 20

// The lock numbers the models of a kind one after the other.
const saveModel = `
with locked as materialized (select pg_advisory_xact_lock(hashtext('signalbox model ' || $2)))
insert into models (id, kind, version, schema_version, taxonomy_hash, data_hash, metrics, artifact)
select $1, $2, coalesce((select max(version) from models where kind = $2), 0) + 1, $3, $4, $5, $6, $7
from locked
returning id, kind, version, schema_version, state, taxonomy_hash, data_hash, metrics, created_at, promoted_at`

// SaveModel stores a trained model as a candidate of record.Kind under the next
// version. Kind, SchemaVersion, both hashes and Metrics are taken from record.
// Errors: TooLarge beyond MaxArtifactBytes, Unprocessable without kind or artifact.
func (db *DB) SaveModel(ctx context.Context, record triage.ModelRecord, artifact []byte) (triage.ModelRecord, error) {
	switch {
	case record.Kind == "" || len(artifact) == 0:
		return triage.ModelRecord{}, fault.Field(fault.Unprocessable, "model", "has no kind or no artifact", "train it first")
	case len(artifact) > MaxArtifactBytes:
		return triage.ModelRecord{}, fault.Field(fault.TooLarge, "model", "is larger than 16 MiB", "train with fewer features")
	}
	if len(record.Metrics) == 0 {
		record.Metrics = json.RawMessage(`{}`)
	}
	var saved triage.ModelRecord
	var err error
	for range receiveAttempts {
		saved, err = one[triage.ModelRecord](db.app.Query(ctx, saveModel, newID(), record.Kind, record.SchemaVersion,
			append([]byte{}, record.TaxonomyHash...), append([]byte{}, record.DataHash...), record.Metrics, artifact))
		if err == nil || !collided(err) {
			break
		}
	}
	return saved, failure(err, "save model %s", record.Kind)
}

const listModels = `
select id, kind, version, schema_version, state, taxonomy_hash, data_hash, metrics, created_at, promoted_at
from models where kind = $1 order by version desc`

// Models lists the models of a kind, newest first, without their artifacts.
func (db *DB) Models(ctx context.Context, kind string) ([]triage.ModelRecord, error) {
	models, err := many[triage.ModelRecord](db.app.Query(ctx, listModels, kind))
	return models, failure(err, "list models")
}

const currentModelID = `select id from models where kind = $1 and state = 'current'`

// CurrentModelID returns which model of a kind is current, and the zero UUID if none is.
func (db *DB) CurrentModelID(ctx context.Context, kind string) (uuid.UUID, error) {
	var id uuid.UUID
	err := db.app.QueryRow(ctx, currentModelID, kind).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, nil
	}
	return id, failure(err, "ask for the current model")
}

const currentVersions = `
select (select id from models where kind = $1 and state = 'current'),
       coalesce((select version from settings where name = $2), 0)`

// CurrentVersions returns which model of a kind is current, and which version of a
// setting; zeros where there is none.
func (db *DB) CurrentVersions(ctx context.Context, kind, setting string) (model uuid.UUID, version int64, err error) {
	var id *uuid.UUID
	err = db.app.QueryRow(ctx, currentVersions, kind, setting).Scan(&id, &version)
	if id != nil {
		model = *id
	}
	return model, version, failure(err, "ask for the current model and %s", setting)
}

const loadModel = `
select id, kind, version, schema_version, state, taxonomy_hash, data_hash, metrics, created_at, promoted_at, artifact
from models where id = $1`

// Model returns a model and its artifact. NotFound if there is none.
func (db *DB) Model(ctx context.Context, id uuid.UUID) (triage.ModelRecord, []byte, error) {
	type whole struct {
		triage.ModelRecord
		Artifact []byte
	}
	loaded, err := one[whole](db.app.Query(ctx, loadModel, id))
	return loaded.ModelRecord, loaded.Artifact, failure(err, "load model %s", id)
}

const (
	kindOfModel = `select kind from models where id = $1` // a kind never changes, so the kind's lock is the first
	lockKind    = `select pg_advisory_xact_lock(hashtext('signalbox model ' || $1))`
	retireModel = `update models set state = 'retired' where kind = $1 and state = 'current' and id <> $2`
	raiseModel  = `update models set state = 'current', promoted_at = clock_timestamp() where id = $1 and state <> 'current'`
)

// Promote makes a model the current one of its kind and retires the one before.
// Promoting the current one changes nothing. NotFound if there is none.
func (db *DB) Promote(ctx context.Context, actor desk.Actor, id uuid.UUID) error {
	if err := actor.May(desk.ManageService); err != nil {
		return err
	}
	err := db.changing(ctx, actor, func(tx pgx.Tx) (change, error) {
		return change{action: "model.promote", subjectKind: "model", subjectID: id}, promote(ctx, tx, id)
	})
	return failure(err, "promote model %s", id)
}

// promote swaps the current model inside a transaction.
func promote(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var kind string
	if err := tx.QueryRow(ctx, kindOfModel, id).Scan(&kind); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, lockKind, kind); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, retireModel, kind, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, raiseModel, id)
	return err
}

const modelBefore = `
select id from models
where kind = $1 and state = 'retired' and promoted_at is not null
order by promoted_at desc limit 1`

// Rollback makes the model that was current before the current one current again
// and returns its ID. NotFound if there was none.
func (db *DB) Rollback(ctx context.Context, actor desk.Actor, kind string) (uuid.UUID, error) {
	if err := actor.May(desk.ManageService); err != nil {
		return uuid.Nil, err
	}
	var id uuid.UUID
	err := db.changing(ctx, actor, func(tx pgx.Tx) (change, error) {
		if err := tx.QueryRow(ctx, modelBefore, kind).Scan(&id); err != nil {
			return change{}, err
		}
		return change{action: "model.rollback", subjectKind: "model", subjectID: id}, promote(ctx, tx, id)
	})
	return id, failure(err, "roll back model %s", kind)
}
