package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Key is an API key without its secret.
type Key struct {
	ID           uuid.UUID      `json:"id"`
	Name         string         `json:"name"`
	Scope        desk.ActorKind `json:"scope"` // hook, agent or admin
	Groups       []string       `json:"groups,omitempty"`
	ConnectionID *uuid.UUID     `json:"connection_id,omitempty"`
	Hint         string         `json:"hint"` // the last four characters
	CreatedAt    time.Time      `json:"created_at"`
	ExpiresAt    *time.Time     `json:"expires_at,omitempty"`
	LastUsedAt   *time.Time     `json:"last_used_at,omitempty"` // exact to a minute
	RevokedAt    *time.Time     `json:"revoked_at,omitempty"`
}

// NewKey says what a key may do.
type NewKey struct {
	Name         string
	Scope        desk.ActorKind // hook, agent or admin
	Groups       []string       // agents: the restriction groups they see
	ConnectionID uuid.UUID      // hooks: the only connection it may post to; zero for any
	ExpiresAt    *time.Time     // nil for never
}

// Validate names the first field that is wrong.
func (k NewKey) Validate() error {
	switch {
	case strings.TrimSpace(k.Name) == "" || len(k.Name) > 200:
		return fault.Field(fault.Unprocessable, "name", "is missing or longer than 200 bytes", "say who uses the key")
	case k.Scope != desk.HookActor && k.Scope != desk.AgentActor && k.Scope != desk.AdminActor:
		return fault.Field(fault.Unprocessable, "scope", "is not known", "use hook, agent or admin")
	case len(k.Groups) > 0 && k.Scope != desk.AgentActor:
		return fault.Field(fault.Unprocessable, "groups", "are for agents only", "leave them out")
	case k.ConnectionID != uuid.Nil && k.Scope != desk.HookActor:
		return fault.Field(fault.Unprocessable, "connection_id", "is for hooks only", "leave it out")
	case k.ExpiresAt != nil && !k.ExpiresAt.After(time.Now()):
		return fault.Field(fault.Unprocessable, "expires_at", "is past", "use a later time")
	}
	return nil
}

const (
	keyPrefix   = "sbx_"
	secretBytes = 32 // 256 random bits need no slow hash
)

// randomText is 256 random bits as 43 base64url characters.
func randomText() string {
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(secret)
}

const keyColumns = `id, name, scope, groups, connection_id, hint, created_at, expires_at, last_used_at, revoked_at`

const insertKey = `
insert into api_keys (id, name, scope, groups, connection_id, hint, hash, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning ` + keyColumns

// CreateKey makes a key and returns its plaintext, which is stored nowhere.
func (db *DB) CreateKey(ctx context.Context, actor desk.Actor, wanted NewKey) (Key, string, error) {
	if err := wanted.Validate(); err != nil {
		return Key{}, "", err
	}
	plaintext := keyPrefix + string(wanted.Scope) + "_" + randomText()
	hash := sha256.Sum256([]byte(plaintext))
	groups := wanted.Groups
	if groups == nil {
		groups = []string{}
	}
	var key Key
	err := db.changing(ctx, actor, func(tx pgx.Tx) (done change, err error) {
		key, err = one[Key](tx.Query(ctx, insertKey, newID(), wanted.Name, string(wanted.Scope), groups,
			optional(wanted.ConnectionID), plaintext[len(plaintext)-4:], hash[:], wanted.ExpiresAt))
		return change{"key.create", "api_key", key.ID, map[string]any{"scope": wanted.Scope}}, err
	})
	if err != nil {
		return Key{}, "", failure(err, "create key")
	}
	return key, plaintext, nil
}

const selectKeys = `select ` + keyColumns + ` from api_keys order by created_at desc, id desc`

// ListKeys lists every key, revoked ones too, newest first.
func (db *DB) ListKeys(ctx context.Context) ([]Key, error) {
	keys, err := many[Key](db.app.Query(ctx, selectKeys))
	return keys, failure(err, "list keys")
}

const revokeKey = `update api_keys set revoked_at = coalesce(revoked_at, now()) where id = $1 returning ` + keyColumns

// RevokeKey ends a key at once. Revoking it again changes nothing.
func (db *DB) RevokeKey(ctx context.Context, actor desk.Actor, id uuid.UUID) error {
	err := db.changing(ctx, actor, func(tx pgx.Tx) (change, error) {
		_, err := one[Key](tx.Query(ctx, revokeKey, id))
		return change{action: "key.revoke", subjectKind: "api_key", subjectID: id}, err
	})
	return failure(err, "revoke key %s", id)
}
