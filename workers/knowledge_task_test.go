package workers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/outbound"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

// shelf is a knowledge base whose imports and sources are read by the real keeper.
func shelf(t *testing.T, p *plant) (*postgres.Knowledge, *retrieval.Keeper) {
	t.Helper()
	model, err := embedding.Default()
	check(t, err)
	analyser, err := retrieval.NewAnalyser(retrieval.DefaultParameters(), nil)
	check(t, err)
	store := postgres.NewKnowledge(p.db)
	return store, &retrieval.Keeper{
		Ingester: &retrieval.Ingester{Store: store, Space: store, Embedder: model, Analyser: analyser},
		Origins:  store, Imports: store, Validators: store, Fetcher: outbound.NewFetcher(outbound.FetchConfig{}),
	}
}

var librarian = desk.Actor{Kind: desk.SystemActor}

func TestImportTwiceAndWithoutItsRow(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	store, keeper := shelf(t, p)
	made, _, err := store.AddImport(t.Context(), librarian, ImportKind, retrieval.NewImport{Audience: desk.Public, Files: []retrieval.ImportFile{
		{Name: "a.md", Content: []byte("# A\n\nText.")}, {Name: "../b.md", Content: []byte("x")}, {Name: "http://127.0.0.1:1/x", Address: true},
	}})
	check(t, err)
	handler := NewImport(keeper, p.db)
	payload := json.RawMessage(fmt.Sprintf(`{"import_id": %q}`, made.ID))
	var work uuid.UUID
	check(t, p.rows.QueryRow(t.Context(), "select id from outbox where kind = $1", ImportKind).Scan(&work))
	for _, row := range []uuid.UUID{work, work, uuid.New()} {
		check(t, handler.Handle(t.Context(), row, payload))
	}
	if done := p.one("select count(*) from outbox where kind = '" + ImportKind + "' and state = 'done'"); done != 1 {
		t.Errorf("%d rows are done, want 1", done)
	}
	found, err := store.Import(t.Context(), made.ID)
	check(t, err)
	var report retrieval.KeptReport
	check(t, json.Unmarshal(found.Report, &report))
	if found.State != retrieval.RunPartial || report.Created != 1 || report.SkippedCount != 2 {
		t.Errorf("ended %s with %+v, want one article and two files skipped", found.State, report)
	}
	check(t, handler.Handle(t.Context(), work, json.RawMessage(fmt.Sprintf(`{"import_id": %q}`, uuid.New()))))
	for _, wrong := range []string{`{}`, `[]`, `{"import_id": 7}`, ``} {
		if err := handler.Handle(t.Context(), work, json.RawMessage(wrong)); !fault.Is(err, fault.Unprocessable) {
			t.Errorf("the payload %q: %v, want unprocessable", wrong, err)
		}
	}
}

func TestSyncsAreScheduledOnceASlot(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	store, keeper := shelf(t, p)
	folder := t.TempDir()
	check(t, os.WriteFile(filepath.Join(folder, "a.md"), []byte("# A\n\nText."), 0o600))
	origin, err := store.AddSource(t.Context(), librarian, retrieval.Origin{Kind: retrieval.FolderOrigin, Name: "help", Audience: desk.Internal, Locations: []string{folder}, Every: time.Hour})
	check(t, err)
	_, err = store.AddSource(t.Context(), librarian, retrieval.Origin{Kind: retrieval.FolderOrigin, Name: "asked", Audience: desk.Internal, Locations: []string{folder}})
	check(t, err)
	nudges := 0
	due := NewSyncDue(store, func() { nudges++ })
	for range 2 {
		check(t, due.Handle(t.Context(), uuid.New(), nil))
	}
	if rows := p.one("select count(*) from outbox where kind = '" + SyncKind + "'"); rows != 1 || nudges != 1 {
		t.Fatalf("%d rows and %d nudges, want one of each", rows, nudges)
	}
	var work uuid.UUID
	var payload json.RawMessage
	check(t, p.rows.QueryRow(t.Context(), "select id, payload from outbox where kind = $1", SyncKind).Scan(&work, &payload))
	handler := NewSync(keeper, p.db)
	for range 2 {
		check(t, handler.Handle(t.Context(), work, payload))
	}
	if stored := p.one("select count(*) from articles where source_id is not null and source_key = 'a' and current_version = 1"); stored != 1 {
		t.Errorf("%d articles are stored in version 1, want 1", stored)
	}
	check(t, due.Handle(t.Context(), uuid.New(), nil)) // it was just read
	check(t, os.RemoveAll(folder))
	check(t, handler.Handle(t.Context(), work, payload))
	if found, err := store.Origin(t.Context(), origin.ID); err != nil || found.LastState != retrieval.RunFailed || found.Articles != 1 {
		t.Errorf("without its folder: %+v, %v; want it failed with its article kept", found, err)
	}
	check(t, handler.Handle(t.Context(), work, json.RawMessage(fmt.Sprintf(`{"source_id": %q}`, uuid.New()))))
	if err := handler.Handle(t.Context(), work, json.RawMessage(`{}`)); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("an empty payload: %v, want unprocessable", err)
	}
	if open := p.one("select count(*) from outbox where state = 'open'"); open != 0 {
		t.Errorf("%d rows are open, want none", open)
	}
}
