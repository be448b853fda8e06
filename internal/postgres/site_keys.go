package postgres

import (
	"context"
	"crypto/ed25519"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// The algorithms of a site's key. Each key has exactly one: a token cannot choose.
const (
	HS256 = "HS256" // a secret that the site shares with us
	EdDSA = "EdDSA" // an Ed25519 key whose private half only the site has
)

// maxLiveKeys lets one key be rotated while the other is in use.
const maxLiveKeys = 2

// SiteKeyInfo is a site's key as it is listed, without its secret.
type SiteKeyInfo struct {
	KeyID     string     `json:"key_id"` // the token's kid
	Algorithm string     `json:"algorithm"`
	PublicKey []byte     `json:"public_key,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	RetiredAt *time.Time `json:"retired_at,omitempty"`
}

// siteKeyContext binds a sealed secret to its row.
func siteKeyContext(site uuid.UUID, keyID string) []byte {
	return []byte("site_keys/" + site.String() + "/" + keyID)
}

const lockSite = `select id from sites where id = $1 for update`

const countLiveSiteKeys = `select count(*) from site_keys where site_id = $1 and retired_at is null`

const insertSiteKey = `
insert into site_keys (site_id, key_id, algorithm, secret_sealed, public_key) values ($1, $2, $3, $4, $5)`

// AddSiteKey adds a live key under a new kid. With a public key it is EdDSA;
// without, an HS256 secret is made and returned this once: its text is the HMAC
// key, as JWT libraries take it. With two live keys it is a Conflict.
func (s *Sites) AddSiteKey(ctx context.Context, actor desk.Actor, site uuid.UUID, public ed25519.PublicKey) (desk.SiteKey, string, error) {
	if public != nil && len(public) != ed25519.PublicKeySize {
		return desk.SiteKey{}, "", fault.Field(fault.Unprocessable, "public_key", "is not an Ed25519 public key", "send its 32 bytes")
	}
	key := desk.SiteKey{SiteID: site, KeyID: randomText()[:12], Algorithm: EdDSA, PublicKey: public}
	var secret string
	var sealed []byte
	if public == nil {
		secret = randomText()
		key.Algorithm, key.Secret = HS256, []byte(secret)
		sealed = s.box.Seal(key.Secret, siteKeyContext(site, key.KeyID))
	}
	err := s.db.changing(ctx, actor, func(tx pgx.Tx) (change, error) {
		if err := s.roomForKey(ctx, tx, site); err != nil {
			return change{}, err
		}
		_, err := tx.Exec(ctx, insertSiteKey, site, key.KeyID, key.Algorithm, sealed, []byte(public))
		return change{"site_key.add", "site", site, map[string]any{"key_id": key.KeyID, "algorithm": key.Algorithm}}, err
	})
	if err != nil {
		return desk.SiteKey{}, "", failure(err, "add a key to site %s", site)
	}
	return key, secret, nil
}

// roomForKey locks the site, so that concurrent calls count each other's keys.
func (s *Sites) roomForKey(ctx context.Context, tx pgx.Tx, site uuid.UUID) error {
	if err := tx.QueryRow(ctx, lockSite, site).Scan(&site); err != nil {
		return err
	}
	var live int
	if err := tx.QueryRow(ctx, countLiveSiteKeys, site).Scan(&live); err != nil {
		return err
	}
	if live >= maxLiveKeys {
		return fault.New(fault.Conflict, "the site has two live keys; retire one first")
	}
	return nil
}

const selectSiteKey = `
select algorithm, secret_sealed, public_key from site_keys
where site_id = $1 and key_id = $2 and retired_at is null`

// SiteKey returns a site's live key of this kid with its secret opened, or
// NotFound if there is none or it is retired.
func (s *Sites) SiteKey(ctx context.Context, site uuid.UUID, keyID string) (desk.SiteKey, error) {
	if !utf8.ValidString(keyID) || strings.ContainsRune(keyID, 0) {
		return desk.SiteKey{}, fault.New(fault.NotFound, "no such key")
	}
	key := desk.SiteKey{SiteID: site, KeyID: keyID}
	var sealed []byte
	err := s.db.app.QueryRow(ctx, selectSiteKey, site, keyID).Scan(&key.Algorithm, &sealed, &key.PublicKey)
	if err == nil && sealed != nil {
		key.Secret, err = s.box.Open(sealed, siteKeyContext(site, keyID))
	}
	if err != nil {
		return desk.SiteKey{}, failure(err, "read a key of site %s", site)
	}
	return key, nil
}

const selectSiteKeys = `
select key_id, algorithm, public_key, created_at, retired_at
from site_keys where site_id = $1 order by created_at desc, key_id`

// ListSiteKeys lists a site's keys, retired ones too, newest first.
func (s *Sites) ListSiteKeys(ctx context.Context, site uuid.UUID) ([]SiteKeyInfo, error) {
	keys, err := many[SiteKeyInfo](s.db.app.Query(ctx, selectSiteKeys, site))
	return keys, failure(err, "list keys of site %s", site)
}

const retireSiteKey = `
update site_keys set retired_at = coalesce(retired_at, now()) where site_id = $1 and key_id = $2 returning key_id`

// RetireSiteKey ends a key at once. Retiring it again changes nothing.
func (s *Sites) RetireSiteKey(ctx context.Context, actor desk.Actor, site uuid.UUID, keyID string) error {
	err := s.db.changing(ctx, actor, func(tx pgx.Tx) (change, error) {
		err := tx.QueryRow(ctx, retireSiteKey, site, keyID).Scan(&keyID)
		return change{"site_key.retire", "site", site, map[string]any{"key_id": keyID}}, err
	})
	return failure(err, "retire a key of site %s", site)
}
