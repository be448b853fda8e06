package postgres

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

func TestSettingsAreVersioned(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t)
	if _, err := db.Setting(ctx, "intents"); !fault.Is(err, fault.NotFound) {
		t.Errorf("before it was put: %v, want NotFound", err)
	}
	first, err := db.PutSetting(ctx, system, "intents", json.RawMessage(`{"a":1}`), 0)
	must(t, err)
	second, err := db.PutSetting(ctx, system, "intents", json.RawMessage(`{"a":2}`), first.Version)
	must(t, err)
	for _, stale := range []int64{0, first.Version, 99} {
		if _, err := db.PutSetting(ctx, system, "intents", json.RawMessage(`{}`), stale); !fault.Is(err, fault.Conflict) {
			t.Errorf("version %d: %v, want Conflict", stale, err)
		}
	}
	read, err := db.Setting(ctx, "intents")
	must(t, err)
	if read.Version != 2 || second.Version != 2 || string(read.Value) != `{"a": 2}` {
		t.Errorf("read version %d: %s, want 2 with the second value", read.Version, read.Value)
	}
	if listed, err := db.ListSettings(ctx); err != nil || len(listed) != 1 {
		t.Errorf("listed %d, %v; want 1", len(listed), err)
	}
	for field, try := range map[string]func() error{
		"name":    func() error { _, err := db.PutSetting(ctx, system, "Bad name", json.RawMessage(`1`), 0); return err },
		"value":   func() error { _, err := db.PutSetting(ctx, system, "x", json.RawMessage(`{`), 0); return err },
		"version": func() error { _, err := db.PutSetting(ctx, system, "x", json.RawMessage(`1`), -1); return err },
	} {
		if err := try(); err == nil || fault.Safe(err).Field != field {
			t.Errorf("error %v, want one about %s", err, field)
		}
	}
}

func TestChangesAreAudited(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t)
	admin := desk.Actor{Kind: desk.AdminActor, ID: uuid.New()}
	key, _, err := db.CreateKey(ctx, admin, NewKey{Name: "hush-name", Scope: desk.AgentActor})
	must(t, err)
	must(t, db.RevokeKey(ctx, admin, key.ID))
	if err := db.RevokeKey(ctx, admin, uuid.New()); err == nil {
		t.Error("an unknown key was revoked")
	}
	_, err = db.PutSetting(ctx, admin, "routes", json.RawMessage(`["hush-value"]`), 0)
	must(t, err)
	entries, err := db.AuditLog(ctx, uuid.Nil, 10)
	must(t, err)
	var actions []string
	for _, entry := range entries {
		actions = append(actions, entry.Action)
		if entry.ActorKind != desk.AdminActor || entry.ActorID == nil || *entry.ActorID != admin.ID {
			t.Errorf("%s was done by %s %v, want the admin", entry.Action, entry.ActorKind, entry.ActorID)
		}
		if text, _ := json.Marshal(entry); strings.Contains(string(text), "hush") {
			t.Errorf("the entry %s holds text: %s", entry.Action, text)
		}
	}
	if got := strings.Join(actions, " "); got != "setting.put key.revoke key.create" {
		t.Errorf("actions %q, want the three changes, newest first, and not the failed one", got)
	}
	if older, err := db.AuditLog(ctx, entries[1].ID, 10); err != nil || len(older) != 1 || older[0].Action != "key.create" {
		t.Errorf("before the second: %+v, %v; want the oldest", older, err)
	}
}
