package postgres

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/seal"
)

// ConnectionInfo is a connection as it is listed, without its secrets.
type ConnectionInfo struct {
	ID               uuid.UUID       `json:"id"`
	SiteID           *uuid.UUID      `json:"site_id,omitempty"`
	Kind             string          `json:"kind"` // zendesk, chatwoot, email …
	Name             string          `json:"name"`
	Settings         json.RawMessage `json:"settings"`                    // an object; holds no secret
	RestrictionGroup string          `json:"restriction_group,omitempty"` // of the tickets that come through it
	CreatedAt        time.Time       `json:"created_at"`
	DisabledAt       *time.Time      `json:"disabled_at,omitempty"`
}

// NewConnection describes a connection. With Secret, that one is used, for
// helpdesks that choose it themselves; without, one is made.
type NewConnection struct {
	Kind, Name       string
	SiteID           uuid.UUID       // zero for none
	Settings         json.RawMessage // nil for {}
	RestrictionGroup string
	Secret           string
}

var kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Validate names the first field that is wrong.
func (c NewConnection) Validate() error {
	var settings map[string]any
	switch {
	case !kindPattern.MatchString(c.Kind):
		return fault.Field(fault.Unprocessable, "kind", "is not a helpdesk's name", "use zendesk, freshdesk, chatwoot …")
	case strings.TrimSpace(c.Name) == "" || len(c.Name) > 200:
		return fault.Field(fault.Unprocessable, "name", "is missing or longer than 200 bytes", "name the connection")
	case c.Settings != nil && json.Unmarshal(c.Settings, &settings) != nil:
		return fault.Field(fault.Unprocessable, "settings", "is not a JSON object", "send an object")
	}
	return validSecret(c.Secret)
}

func validSecret(secret string) error {
	if secret != "" && (len(secret) < 16 || len(secret) > 1000) {
		return fault.Field(fault.Unprocessable, "secret", "is shorter than 16 or longer than 1000 bytes", "leave it out to have one made")
	}
	return nil
}

// Connections keeps helpdesk connections and their hook secrets.
type Connections struct {
	db  *DB
	box *seal.Box
}

// NewConnections returns a store that seals hook secrets with box.
func NewConnections(db *DB, box *seal.Box) *Connections { return &Connections{db: db, box: box} }

const connectionColumns = `id, site_id, kind, name, settings, coalesce(restriction_group, ''), created_at, disabled_at`

const insertConnection = `
insert into connections (id, site_id, kind, name, settings, restriction_group)
values ($1, $2, $3, $4, $5, nullif($6, '')) returning ` + connectionColumns

// CreateConnection makes a connection and returns its secret this once.
func (c *Connections) CreateConnection(ctx context.Context, actor desk.Actor, wanted NewConnection) (ConnectionInfo, string, error) {
	if err := wanted.Validate(); err != nil {
		return ConnectionInfo{}, "", err
	}
	settings := wanted.Settings
	if settings == nil {
		settings = json.RawMessage("{}")
	}
	var made ConnectionInfo
	var secret string
	err := c.db.changing(ctx, actor, func(tx pgx.Tx) (done change, err error) {
		made, err = one[ConnectionInfo](tx.Query(ctx, insertConnection, newID(), optional(wanted.SiteID),
			wanted.Kind, wanted.Name, settings, wanted.RestrictionGroup))
		if err == nil {
			secret, err = c.addSecret(ctx, tx, made.ID, wanted.Secret)
		}
		return change{"connection.create", "connection", made.ID, map[string]any{"kind": wanted.Kind}}, err
	})
	if err != nil {
		return ConnectionInfo{}, "", failure(err, "create connection")
	}
	return made, secret, nil
}

const disableConnection = `
update connections set disabled_at = coalesce(disabled_at, now()) where id = $1 returning id`

// Disable makes the connection's hook refuse everything. What came stays.
func (c *Connections) Disable(ctx context.Context, actor desk.Actor, id uuid.UUID) error {
	err := c.db.changing(ctx, actor, func(tx pgx.Tx) (change, error) {
		err := tx.QueryRow(ctx, disableConnection, id).Scan(&id)
		return change{action: "connection.disable", subjectKind: "connection", subjectID: id}, err
	})
	return failure(err, "disable connection")
}

const selectConnections = `select ` + connectionColumns + ` from connections order by created_at, id`

// ListConnections lists every connection, disabled ones too, oldest first, without secrets.
func (c *Connections) ListConnections(ctx context.Context) ([]ConnectionInfo, error) {
	connections, err := many[ConnectionInfo](c.db.app.Query(ctx, selectConnections))
	return connections, failure(err, "list connections")
}

// Describe returns one connection without its secrets.
func (c *Connections) Describe(ctx context.Context, id uuid.UUID) (ConnectionInfo, error) {
	connection, err := one[ConnectionInfo](c.db.app.Query(ctx, selectConnection, id))
	return connection, failure(err, "read connection %s", id)
}
