package postgres

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/seal"
)

// newBox makes a box with one random key.
func newBox(t testing.TB) *seal.Box {
	t.Helper()
	box, err := seal.NewBox([]seal.Key{seal.NewKey("test")})
	must(t, err)
	return box
}

func TestSiteKeys(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t)
	sites := NewSites(db, newBox(t))
	site, err := sites.CreateSite(ctx, system, "Shop", []string{"https://shop.example"})
	must(t, err)
	found, err := sites.SiteByPublishableKey(ctx, site.PublishableKey)
	must(t, err)
	if found.ID != site.ID || len(found.AllowedOrigins) != 1 {
		t.Errorf("found %+v, want %+v", found, site)
	}
	shared, secret, err := sites.AddSiteKey(ctx, system, site.ID, nil)
	must(t, err)
	public, _, err := ed25519.GenerateKey(nil)
	must(t, err)
	signed, none, err := sites.AddSiteKey(ctx, system, site.ID, public)
	must(t, err)
	if none != "" || len(secret) != 43 {
		t.Errorf("secrets have %d and %d characters, want 43 and none for a public key", len(secret), len(none))
	}
	if _, _, err := sites.AddSiteKey(ctx, system, site.ID, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("a third live key: %v, want Conflict", err)
	}
	key, err := sites.SiteKey(ctx, site.ID, shared.KeyID)
	must(t, err)
	if string(key.Secret) != secret || key.Algorithm != HS256 {
		t.Error("the HS256 key does not come back")
	}
	key, err = sites.SiteKey(ctx, site.ID, signed.KeyID)
	must(t, err)
	if !bytes.Equal(key.PublicKey, public) || key.Algorithm != EdDSA || key.Secret != nil {
		t.Error("the EdDSA key does not come back")
	}
	must(t, sites.RetireSiteKey(ctx, system, site.ID, shared.KeyID))
	for name, keyID := range map[string]string{"retired": shared.KeyID, "unknown": "x", "empty": "", "NUL": "\x00"} {
		if _, err := sites.SiteKey(ctx, site.ID, keyID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s key: %v, want NotFound", name, err)
		}
	}
	if _, _, err := sites.AddSiteKey(ctx, system, site.ID, nil); err != nil {
		t.Errorf("after a key was retired: %v, want room for another", err)
	}
	keys, err := sites.ListSiteKeys(ctx, site.ID)
	must(t, err)
	if len(keys) != 3 {
		t.Errorf("%d keys listed, want 3", len(keys))
	}
}

func TestASealedSecretStaysWithItsSite(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t)
	sites := NewSites(db, newBox(t))
	first, err := sites.CreateSite(ctx, system, "A", nil)
	must(t, err)
	second, err := sites.CreateSite(ctx, system, "B", nil)
	must(t, err)
	key, _, err := sites.AddSiteKey(ctx, system, first.ID, nil)
	must(t, err)
	run(t, db.app, "update site_keys set site_id = $1", second.ID)
	if _, err := sites.SiteKey(ctx, second.ID, key.KeyID); !fault.Is(err, fault.Internal) {
		t.Errorf("a secret moved to another site opens: %v", err)
	}
	if _, _, err := sites.AddSiteKey(ctx, system, uuid.New(), nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("a key for an unknown site: %v, want NotFound", err)
	}
}

func TestSiteRefusesWhatIsNoOrigin(t *testing.T) {
	t.Parallel()
	sites := NewSites(open(t), newBox(t))
	for _, origin := range []string{"shop.example", "https://", "https://a/b", "*", "https://*.example", "ftp://a", "https://A.example"} {
		if _, err := sites.CreateSite(t.Context(), system, "x", []string{origin}); !fault.Is(err, fault.Unprocessable) {
			t.Errorf("origin %q: %v, want Unprocessable", origin, err)
		}
	}
	for _, key := range []string{"", "sbp_nothing", "sbp_\x00"} {
		if _, err := sites.SiteByPublishableKey(t.Context(), key); !fault.Is(err, fault.NotFound) {
			t.Errorf("key %q: %v, want NotFound", key, err)
		}
	}
}
