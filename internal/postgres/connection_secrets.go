package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

func secretContext(connection uuid.UUID, keyID string) []byte {
	return []byte("connection_secrets/" + connection.String() + "/" + keyID)
}

const insertSecret = `insert into connection_secrets (connection_id, key_id, secret_sealed) values ($1, $2, $3)`

// addSecret seals a given secret or a new one, and returns its text, whose bytes
// are the HMAC key.
func (c *Connections) addSecret(ctx context.Context, tx pgx.Tx, connection uuid.UUID, given string) (string, error) {
	secret := given
	if secret == "" {
		secret = randomText()
	}
	keyID := randomText()[:12]
	_, err := tx.Exec(ctx, insertSecret, connection, keyID, c.box.Seal([]byte(secret), secretContext(connection, keyID)))
	return secret, err
}

// One statement, because every hook asks it.
const selectConnection = `
select c.id, c.site_id, c.kind, c.name, coalesce(c.restriction_group, ''), c.disabled_at is not null,
       array(select key_id from connection_secrets where connection_id = c.id and retired_at is null order by created_at desc, key_id),
       array(select secret_sealed from connection_secrets where connection_id = c.id and retired_at is null order by created_at desc, key_id)
from connections c where c.id = $1`

// Connection returns a connection with its live secrets opened, at most two. A
// disabled one is returned too, and says so: its hook must refuse.
func (c *Connections) Connection(ctx context.Context, id uuid.UUID) (desk.Connection, error) {
	var connection desk.Connection
	var site *uuid.UUID
	var keyIDs []string
	var sealed [][]byte
	err := c.db.line.QueryRow(ctx, selectConnection, id).Scan(&connection.ID, &site, &connection.Kind, &connection.Name,
		&connection.RestrictionGroup, &connection.Disabled, &keyIDs, &sealed)
	if err != nil {
		return desk.Connection{}, failure(err, "read connection %s", id)
	}
	if site != nil {
		connection.SiteID = *site
	}
	for i, keyID := range keyIDs {
		opened, err := c.box.Open(sealed[i], secretContext(id, keyID))
		if err != nil {
			return desk.Connection{}, failure(err, "open secret %s of connection %s", keyID, id)
		}
		connection.Secrets = append(connection.Secrets, opened)
	}
	return connection, nil
}

const lockConnection = `select id from connections where id = $1 for update`

// All but the newest are retired: with the one that is added, two are live.
const retireOlderSecrets = `
update connection_secrets set retired_at = now()
where connection_id = $1 and retired_at is null and key_id <> (
  select key_id from connection_secrets where connection_id = $1 and retired_at is null
  order by created_at desc, key_id limit 1)`

// RotateSecret adds a secret (given, or made if "") and returns it this once.
// The one before it stays live until the next rotation; older ones end.
func (c *Connections) RotateSecret(ctx context.Context, actor desk.Actor, id uuid.UUID, given string) (string, error) {
	if err := validSecret(given); err != nil {
		return "", err
	}
	var secret string
	err := c.db.changing(ctx, actor, func(tx pgx.Tx) (done change, err error) {
		if err := tx.QueryRow(ctx, lockConnection, id).Scan(&id); err != nil {
			return change{}, err
		}
		if _, err := tx.Exec(ctx, retireOlderSecrets, id); err != nil {
			return change{}, err
		}
		secret, err = c.addSecret(ctx, tx, id, given)
		return change{action: "connection.rotate", subjectKind: "connection", subjectID: id}, err
	})
	if err != nil {
		return "", failure(err, "rotate the secret of connection %s", id)
	}
	return secret, nil
}

const retireAllButNewest = retireOlderSecrets + ` returning key_id`

// RetireOldSecrets ends every secret but the newest at once, for one that leaked.
func (c *Connections) RetireOldSecrets(ctx context.Context, actor desk.Actor, id uuid.UUID) error {
	err := c.db.changing(ctx, actor, func(tx pgx.Tx) (change, error) {
		ended, err := many[struct{ KeyID string }](tx.Query(ctx, retireAllButNewest, id))
		if err == nil && len(ended) == 0 {
			err = fault.New(fault.NotFound, "there is no older secret")
		}
		return change{"connection.retire_secrets", "connection", id, map[string]any{"count": len(ended)}}, err
	})
	return failure(err, "retire old secrets of connection %s", id)
}
