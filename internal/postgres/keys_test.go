package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// system is who acts in tests of stores, which leave authorisation to routes.
var system = desk.Actor{Kind: desk.SystemActor}

func TestKeyIsItsActor(t *testing.T) {
	t.Parallel()
	db := open(t)
	key, plaintext, err := db.CreateKey(t.Context(), system, NewKey{Name: "sidebar", Scope: desk.AgentActor, Groups: []string{"legal"}})
	must(t, err)
	if !strings.HasPrefix(plaintext, "sbx_agent_") || len(plaintext) != len("sbx_agent_")+43 || !strings.HasSuffix(plaintext, key.Hint) {
		t.Errorf("plaintext has the wrong form, or the hint %q is not its end", key.Hint)
	}
	for range 2 {
		actor, err := db.ActorByKey(t.Context(), plaintext)
		must(t, err)
		if actor.Kind != desk.AgentActor || actor.ID != key.ID || !actor.Sees("legal") || actor.Sees("other") {
			t.Errorf("the key's actor is %+v, want the agent of group legal", actor)
		}
	}
	var stored int
	must(t, db.app.QueryRow(t.Context(), "select count(*) from api_keys k where k::text like '%' || $1 || '%'", plaintext[10:]).Scan(&stored))
	if stored != 0 {
		t.Error("the plaintext is stored")
	}
	listed, err := db.ListKeys(t.Context())
	must(t, err)
	if len(listed) != 1 || listed[0].LastUsedAt == nil {
		t.Errorf("listed %+v, want one key with its last use", listed)
	}
}

func TestRefusedKeys(t *testing.T) {
	t.Parallel()
	db := open(t)
	soon := time.Now().Add(time.Hour)
	revoked, revokedText, err := db.CreateKey(t.Context(), system, NewKey{Name: "a", Scope: desk.AdminActor})
	must(t, err)
	must(t, db.RevokeKey(t.Context(), system, revoked.ID))
	must(t, db.RevokeKey(t.Context(), system, revoked.ID))
	expired, expiredText, err := db.CreateKey(t.Context(), system, NewKey{Name: "b", Scope: desk.HookActor, ExpiresAt: &soon})
	must(t, err)
	run(t, db.app, "update api_keys set expires_at = now() - interval '1 second' where id = $1", expired.ID)
	other := strings.Replace(revokedText, "_admin_", "_agent_", 1)
	for name, text := range map[string]string{
		"revoked": revokedText, "expired": expiredText, "other scope": other, "empty": "", "short": "sbx_admin_abc",
		"unknown": "sbx_admin_" + randomText(), "bad scope": "sbx_root_" + randomText(), "NUL": "sbx_admin_\x00",
	} {
		if _, err := db.ActorByKey(t.Context(), text); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: error %v, want Unauthenticated", name, err)
		}
	}
	if err := db.RevokeKey(t.Context(), system, uuid.New()); !fault.Is(err, fault.NotFound) {
		t.Errorf("revoking an unknown key: %v, want NotFound", err)
	}
}

func TestUseOfAKeyIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	db := open(t)
	key, plaintext, err := db.CreateKey(t.Context(), system, NewKey{Name: "a", Scope: desk.AdminActor})
	must(t, err)
	for _, test := range []struct {
		ago   string
		moves bool
	}{{"30 seconds", false}, {"2 minutes", true}} {
		run(t, db.app, "update api_keys set last_used_at = now() - $2::text::interval where id = $1", key.ID, test.ago)
		_, err = db.ActorByKey(t.Context(), plaintext)
		must(t, err)
		var moved bool
		must(t, db.app.QueryRow(t.Context(), "select last_used_at > now() - interval '20 seconds' from api_keys where id = $1", key.ID).Scan(&moved))
		if moved != test.moves {
			t.Errorf("used %s ago: written again is %v, want %v", test.ago, moved, test.moves)
		}
	}
}

func TestNewKeyNamesTheWrongField(t *testing.T) {
	t.Parallel()
	past := time.Now().Add(-time.Hour)
	for field, key := range map[string]NewKey{
		"name":          {Scope: desk.AdminActor},
		"scope":         {Name: "x", Scope: desk.SystemActor},
		"groups":        {Name: "x", Scope: desk.HookActor, Groups: []string{"legal"}},
		"connection_id": {Name: "x", Scope: desk.AgentActor, ConnectionID: uuid.New()},
		"expires_at":    {Name: "x", Scope: desk.AgentActor, ExpiresAt: &past},
	} {
		if err := key.Validate(); err == nil || fault.Safe(err).Field != field {
			t.Errorf("error %v, want one about %s", err, field)
		}
	}
}

func FuzzWellFormed(f *testing.F) {
	f.Add("sbx_admin_" + strings.Repeat("A", 43))
	f.Add("sbx__")
	f.Fuzz(func(t *testing.T, text string) {
		if wellFormed(text) && (len(text) < 50 || !strings.HasPrefix(text, "sbx_")) {
			t.Errorf("%q is taken for a key", text)
		}
	})
}
