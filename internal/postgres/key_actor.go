package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// useInterval is how often the use of a key is written down.
const useInterval = time.Minute

// A key is found by its hash: the time of an index search over hashes of 256
// random bits tells nothing about a key.
const selectLiveKey = `
select id, scope, groups, connection_id, last_used_at
from api_keys
where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`

const touchKey = `
update api_keys set last_used_at = now()
where id = $1 and (last_used_at is null or last_used_at < now() - $2::interval)`

// liveKey is what authentication needs of a key.
type liveKey struct {
	ID           uuid.UUID
	Scope        desk.ActorKind
	Groups       []string
	ConnectionID *uuid.UUID
	LastUsedAt   *time.Time
}

// ActorByKey returns who holds this key. A key that is unknown, revoked or
// expired is refused as Unauthenticated, without saying which. Nothing is cached,
// so that a revocation holds from the next request on.
func (db *DB) ActorByKey(ctx context.Context, plaintext string) (desk.Actor, error) {
	refused := fault.New(fault.Unauthenticated, "this API key is not valid")
	if !wellFormed(plaintext) {
		return desk.Actor{}, refused
	}
	hash := sha256.Sum256([]byte(plaintext))
	key, err := one[liveKey](db.app.Query(ctx, selectLiveKey, hash[:]))
	if fault.Is(failure(err, "find key"), fault.NotFound) {
		return desk.Actor{}, refused
	}
	if err != nil {
		return desk.Actor{}, failure(err, "find key")
	}
	if key.LastUsedAt == nil || time.Since(*key.LastUsedAt) > useInterval {
		if _, err := db.app.Exec(ctx, touchKey, key.ID, useInterval); err != nil {
			return desk.Actor{}, failure(err, "note the use of key %s", key.ID)
		}
	}
	actor := desk.Actor{Kind: key.Scope, ID: key.ID, Groups: key.Groups}
	if key.ConnectionID != nil {
		actor.ConnectionID = *key.ConnectionID
	}
	return actor, nil
}

const selectKeyByID = `
select id, scope, groups, connection_id, last_used_at
from api_keys where id = $1 and scope <> 'hook' and revoked_at is null and (expires_at is null or expires_at > now())`

// ActorOfKey returns whom a live key of an agent or an admin belongs to, for whoever
// runs the service and acts in their name. NotFound if there is none.
func (db *DB) ActorOfKey(ctx context.Context, id uuid.UUID) (desk.Actor, error) {
	key, err := one[liveKey](db.app.Query(ctx, selectKeyByID, id))
	return desk.Actor{Kind: key.Scope, ID: key.ID, Groups: key.Groups}, failure(err, "find key %s", id)
}

// wellFormed reports whether a text can be a key, before the database is asked.
func wellFormed(plaintext string) bool {
	rest, prefixed := strings.CutPrefix(plaintext, keyPrefix)
	scope, encoded, found := strings.Cut(rest, "_")
	if !prefixed || !found || (scope != "hook" && scope != "agent" && scope != "admin") {
		return false
	}
	secret, err := base64.RawURLEncoding.DecodeString(encoded)
	return err == nil && len(secret) == secretBytes
}
