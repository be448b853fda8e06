package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
)

// AuditEntry says who changed what. Details hold IDs, names of settings and
// numbers, never anybody's text.
type AuditEntry struct {
	ID          uuid.UUID      `json:"id"`
	OccurredAt  time.Time      `json:"occurred_at"`
	ActorKind   desk.ActorKind `json:"actor_kind"`
	ActorID     *uuid.UUID     `json:"actor_id,omitempty"`
	Action      string         `json:"action"` // key.create, customer.erase …
	SubjectKind string         `json:"subject_kind"`
	SubjectID   *uuid.UUID     `json:"subject_id,omitempty"`
	Details     map[string]any `json:"details"`
}

// change is what an actor does to a subject.
type change struct {
	action      string
	subjectKind string
	subjectID   uuid.UUID
	details     map[string]any
}

const insertAudit = `
insert into audit_log (id, actor_kind, actor_id, action, subject_kind, subject_id, details)
values ($1, $2, $3, $4, $5, $6, $7)`

// audit appends to the log inside the transaction that makes the change.
func audit(ctx context.Context, tx pgx.Tx, actor desk.Actor, done change) error {
	details := done.details
	if details == nil {
		details = map[string]any{}
	}
	_, err := tx.Exec(ctx, insertAudit, newID(), string(actor.Kind), optional(actor.ID),
		done.action, done.subjectKind, optional(done.subjectID), details)
	return failure(err, "audit %s", done.action)
}

const selectAudit = `
select id, occurred_at, actor_kind, actor_id, action, subject_kind, subject_id, details
from audit_log
where ($1::uuid is null or (occurred_at, id) < (select occurred_at, id from audit_log where id = $1))
order by occurred_at desc, id desc
limit $2`

// AuditLog lists entries, newest first, that are older than the entry `before`
// (the zero UUID starts at the newest). limit is 1–500.
func (db *DB) AuditLog(ctx context.Context, before uuid.UUID, limit int) ([]AuditEntry, error) {
	rows, err := db.app.Query(ctx, selectAudit, optional(before), min(max(limit, 1), 500))
	if err != nil {
		return nil, failure(err, "list audit log")
	}
	entries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[AuditEntry])
	return entries, failure(err, "list audit log")
}

// changeAttempts bounds how often a change is tried that collides with others.
const changeAttempts = 5

// changing runs do in a transaction and appends what it did to the audit log. If
// Postgres ends the transaction because it collided with another one (a deadlock,
// a row that moved), do is run again from the start.
func (db *DB) changing(ctx context.Context, actor desk.Actor, do func(pgx.Tx) (change, error)) error {
	var err error
	for range changeAttempts {
		err = pgx.BeginFunc(ctx, db.app, func(tx pgx.Tx) error {
			done, err := do(tx)
			if err != nil {
				return err
			}
			return audit(ctx, tx, actor, done)
		})
		if !retryable(err) {
			break
		}
	}
	return err
}

// newID makes a UUID of version 7: its order is the order of making.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// optional is nil for the zero UUID, which no row has.
func optional(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
