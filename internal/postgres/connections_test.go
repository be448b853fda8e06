package postgres

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/fault"
)

// secretsOf returns the live secrets of a connection as texts, sorted.
func secretsOf(t *testing.T, store *Connections, id uuid.UUID) []string {
	t.Helper()
	connection, err := store.Connection(t.Context(), id)
	must(t, err)
	var texts []string
	for _, secret := range connection.Secrets {
		texts = append(texts, string(secret))
	}
	slices.Sort(texts)
	return texts
}

func sorted(texts ...string) []string { slices.Sort(texts); return texts }

func TestConnectionSecretsRotate(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := open(t)
	store := NewConnections(db, newBox(t))
	connection, first, err := store.CreateConnection(ctx, system, NewConnection{Kind: "chatwoot", Name: "Chat", RestrictionGroup: "legal", Settings: json.RawMessage(`{"base":"x"}`)})
	must(t, err)
	if got := secretsOf(t, store, connection.ID); !slices.Equal(got, []string{first}) {
		t.Error("the made secret is not the live one")
	}
	second, err := store.RotateSecret(ctx, system, connection.ID, "")
	must(t, err)
	if got := secretsOf(t, store, connection.ID); !slices.Equal(got, sorted(first, second)) {
		t.Errorf("after one rotation %d secrets are live, want the two", len(got))
	}
	const given = "chosen-by-the-helpdesk"
	third, err := store.RotateSecret(ctx, system, connection.ID, given)
	must(t, err)
	if got := secretsOf(t, store, connection.ID); third != given || !slices.Equal(got, sorted(second, given)) {
		t.Errorf("after two rotations %d secrets are live, want the last two", len(got))
	}
	must(t, store.RetireOldSecrets(ctx, system, connection.ID))
	if got := secretsOf(t, store, connection.ID); !slices.Equal(got, []string{given}) {
		t.Errorf("after retiring, %d secrets are live, want the newest", len(got))
	}
	if err := store.RetireOldSecrets(ctx, system, connection.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("retiring again: %v, want NotFound", err)
	}
}

func TestConnectionsListAndDisable(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := NewConnections(open(t), newBox(t))
	connection, _, err := store.CreateConnection(ctx, system, NewConnection{Kind: "zendesk", Name: "Zen", Secret: "0123456789abcdef"})
	must(t, err)
	must(t, store.Disable(ctx, system, connection.ID))
	listed, err := store.ListConnections(ctx)
	must(t, err)
	if len(listed) != 1 || listed[0].DisabledAt == nil {
		t.Errorf("listed %+v, want one disabled connection", listed)
	}
	for name, err := range map[string]error{
		"read":    func() error { _, err := store.Connection(ctx, uuid.New()); return err }(),
		"disable": store.Disable(ctx, system, uuid.New()),
		"rotate":  func() error { _, err := store.RotateSecret(ctx, system, uuid.New(), ""); return err }(),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s an unknown connection: %v, want NotFound", name, err)
		}
	}
}

func TestNewConnectionNamesTheWrongField(t *testing.T) {
	t.Parallel()
	for field, wanted := range map[string]NewConnection{
		"kind":     {Kind: "Zen desk", Name: "x"},
		"name":     {Kind: "zendesk"},
		"settings": {Kind: "zendesk", Name: "x", Settings: json.RawMessage(`[1]`)},
		"secret":   {Kind: "zendesk", Name: "x", Secret: "short"},
	} {
		if err := wanted.Validate(); err == nil || fault.Safe(err).Field != field {
			t.Errorf("error %v, want one about %s", err, field)
		}
	}
}
