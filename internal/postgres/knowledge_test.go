package postgres

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// base is a knowledge base in a test's own database.
type base struct {
	*Knowledge
	ingester  *retrieval.Ingester
	customers *retrieval.Searcher
	agents    *retrieval.Searcher
	search    *CustomerSearch
}

func newBase(t testing.TB, db *DB) base {
	t.Helper()
	model, err := embedding.Default()
	must(t, err)
	analyser, err := retrieval.NewAnalyser(retrieval.DefaultParameters(), nil)
	must(t, err)
	knowledge := NewKnowledge(db)
	search := NewCustomerSearch(db, analyser.Parameters())
	return base{
		Knowledge: knowledge, search: search,
		ingester:  &retrieval.Ingester{Store: knowledge, Space: knowledge, Embedder: model, Analyser: analyser},
		customers: &retrieval.Searcher{Finder: search, Embedder: model, Analyser: analyser},
		agents:    &retrieval.Searcher{Finder: NewAgentSearch(db, analyser.Parameters()), Embedder: model, Analyser: analyser},
	}
}

// ingest writes files, named by source key, into one audience.
func (b base) ingest(t testing.TB, audience desk.Audience, files map[string]string) retrieval.Report {
	t.Helper()
	directory := fstest.MapFS{}
	for key, text := range files {
		directory[key+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	report, err := b.ingester.IngestDir(context.Background(), directory, audience, retrieval.Options{})
	must(t, err)
	return report
}

// found lists "audience/key#anchor" of a search's results.
func found(t testing.TB, searcher *retrieval.Searcher, text string, filter retrieval.Filter) []string {
	t.Helper()
	passages, err := searcher.Search(context.Background(), text, 10, filter)
	must(t, err)
	keys := []string{}
	for _, p := range passages {
		keys = append(keys, string(p.Audience)+"/"+p.SourceKey+"#"+p.Anchor)
	}
	return keys
}

func (b base) id(t testing.TB, audience desk.Audience, key string) uuid.UUID {
	t.Helper()
	indexed, err := b.Indexed(context.Background(), audience)
	must(t, err)
	item, ok := indexed[key]
	if !ok {
		t.Fatalf("no %s article %s", audience, key)
	}
	return item.ID
}

var publicFiles = map[string]string{
	"refunds":    "---\nupdated: 2026-01-01\n---\n# Refunds\n\nA yearly plan is refunded within 14 days.\n\n## Credits\n\nAfter an outage you get a credit.\n",
	"sync":       "---\nproduct_area: Connect\ntags: [sync, accounting]\nupdated: 2026-01-01\n---\n# Connector errors\n\n## SYNC_409\n\nThe record was changed on both sides. Choose one.\n\n## SYNC_422\n\nA tax code is not mapped.\n",
	"de-adresse": "---\nupdated: 2026-01-01\n---\n# Rechnungsadresse ändern\n\nDie Adresse auf Ihren Rechnungen ändern Sie in der Konsole.\n",
	"outbox":     "---\nproduct_area: Pocket\nupdated: 2026-01-01\n---\n# Outbox does not empty\n\n1. Open the outbox.\n2. Press **Send again**.\n",
}

var internalFiles = map[string]string{
	"int-refund-limits": "---\nabout: refunds\ndisclosure: never\n---\n# Refund limits\n\nZanzibar refunds need the lead.\n",
	"int-sync-loop":     "---\nabout: sync\nproduct_area: Connect\n---\n# SYNC_409 loop\n\nThe period is closed. Refunds refunds refunds.\n",
}

// checkFrequencies compares the counted frequencies with a recount.
func checkFrequencies(t *testing.T, db *DB) {
	t.Helper()
	var wrong int
	must(t, db.app.QueryRow(context.Background(), `
		with recount as (select audience, language, lexeme, count(*)::int as documents from chunks, unnest(lexemes) lexeme group by 1, 2, 3)
		select count(*) from recount full join (select * from lexeme_frequencies where documents <> 0) kept using (audience, language, lexeme)
		where recount.documents is distinct from kept.documents`).Scan(&wrong))
	if wrong != 0 {
		t.Errorf("%d document frequencies differ from a recount", wrong)
	}
	must(t, db.app.QueryRow(context.Background(), `
		with recount as (select audience, language, count(*) as chunks, sum(length) as total_length from chunks group by 1, 2)
		select count(*) from recount full join (select * from lexical_statistics where chunks <> 0) kept using (audience, language)
		where (recount.chunks, recount.total_length) is distinct from (kept.chunks, kept.total_length)`).Scan(&wrong))
	if wrong != 0 {
		t.Errorf("%d lexical statistics differ from a recount", wrong)
	}
}

func TestIngestIsIncremental(t *testing.T) {
	t.Parallel()
	db := open(t)
	b := newBase(t, db)
	report := b.ingest(t, desk.Public, publicFiles)
	if want := []string{"de-adresse", "outbox", "refunds", "sync"}; !reflect.DeepEqual(report.Created, want) || report.Chunks != 6 {
		t.Errorf("first run created %v with %d chunks, want %v with 6", report.Created, report.Chunks, want)
	}
	if report := b.ingest(t, desk.Public, publicFiles); report.Unchanged != 4 || report.Chunks != 0 {
		t.Errorf("second run %+v, want 4 unchanged and nothing written", report)
	}
	id := b.id(t, desk.Public, "refunds")
	changed := map[string]string{"refunds": "# Refunds\n\nWithin 30 days.\n", "outbox": "", "fresh": "# Fresh\n\nNew text."}
	report = b.ingest(t, desk.Public, changed)
	if !reflect.DeepEqual(report.Created, []string{"fresh"}) || !reflect.DeepEqual(report.Updated, []string{"refunds"}) ||
		!reflect.DeepEqual(report.Archived, []string{"de-adresse", "sync"}) ||
		!reflect.DeepEqual(report.Skipped, []retrieval.Problem{{File: "outbox.md", Reason: "is empty"}}) {
		t.Errorf("third run %+v, want fresh created, refunds updated, two archived, the empty one skipped", report)
	}
	article, err := b.search.Article(context.Background(), id, 0)
	must(t, err)
	if article.Version != 2 || !strings.Contains(article.Body, "30 days") {
		t.Errorf("current version %d %q, want 2 with the new text", article.Version, article.Body)
	}
	if old, err := b.search.Article(context.Background(), id, 1); err != nil || !strings.Contains(old.Body, "14 days") {
		t.Errorf("version 1 %q (%v), want the old text", old.Body, err)
	}
	if got := found(t, b.customers, "SYNC_409", retrieval.Filter{}); len(got) > 0 && strings.Contains(got[0], "sync") {
		t.Errorf("an archived article is found: %v", got)
	}
	checkFrequencies(t, db)
	if report := b.ingest(t, desk.Public, publicFiles); len(report.Updated) != 3 || len(report.Archived) != 1 {
		t.Errorf("back to the first state: %+v, want refunds and two restored ones updated, fresh archived", report)
	}
	checkFrequencies(t, db)
}

func TestSpaceRefusesAnotherModel(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	ctx := context.Background()
	must(t, b.ClaimSpace(ctx, "a", 256))
	must(t, b.ClaimSpace(ctx, "a", 256))
	if err := b.ClaimSpace(ctx, "b", 256); !fault.Is(err, fault.Conflict) {
		t.Errorf("another model: %v, want a conflict", err)
	}
	if err := b.ClaimSpace(ctx, "a", 384); !fault.Is(err, fault.Conflict) {
		t.Errorf("another dimension: %v, want a conflict", err)
	}
	must(t, b.EmptySpace(ctx))
	b.ingest(t, desk.Public, publicFiles)
	must(t, b.EmptySpace(ctx))
	if got := found(t, b.customers, "SYNC_409", retrieval.Filter{}); len(got) == 0 || got[0] != "public/sync#sync_409" {
		t.Errorf("without vectors SYNC_409 finds %v, want its section by words alone", got)
	}
	if report := b.ingest(t, desk.Public, publicFiles); len(report.Updated) != len(publicFiles) {
		t.Errorf("after emptying, %d articles were written again, want all %d", len(report.Updated), len(publicFiles))
	}
}

func TestMoveHoldsFromTheNextQuery(t *testing.T) {
	t.Parallel()
	db := open(t)
	b := newBase(t, db)
	b.ingest(t, desk.Public, publicFiles)
	b.ingest(t, desk.Internal, internalFiles)
	ctx, admin := context.Background(), desk.Actor{Kind: desk.AdminActor, ID: uuid.Must(uuid.NewV7())}
	id := b.id(t, desk.Public, "sync")
	must(t, b.Move(ctx, admin, id, desk.Public, desk.Internal))
	for _, key := range found(t, b.customers, "SYNC_409 record changed on both sides", retrieval.Filter{}) {
		if strings.HasPrefix(key, "public/sync") {
			t.Errorf("a customer still finds %s", key)
		}
	}
	if _, err := b.search.Article(ctx, id, 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("a customer reads the moved article: %v, want not found", err)
	}
	if got := found(t, b.agents, "SYNC_409 record changed on both sides", retrieval.Filter{}); got[0] != "internal/sync#sync_409" {
		t.Errorf("agents find %v, want the moved section first", got)
	}
	checkFrequencies(t, db)
	report := b.ingest(t, desk.Public, publicFiles)
	if len(report.Created) != 0 || len(report.Skipped) != 1 || report.Skipped[0].File != "sync.md" {
		t.Errorf("the next ingest %+v, want the moved article skipped: its file must not publish it again", report)
	}
	must(t, b.Move(ctx, admin, id, desk.Internal, desk.Public))
	if got := found(t, b.customers, "SYNC_409", retrieval.Filter{}); got[0] != "public/sync#sync_409" {
		t.Errorf("after moving back customers find %v, want the section first", got)
	}
	checkFrequencies(t, db)
	if err := b.Move(ctx, admin, b.id(t, desk.Internal, "int-refund-limits"), desk.Internal, desk.Public); !fault.Is(err, fault.Conflict) {
		t.Errorf("moving what may never be told: %v, want a conflict", err)
	}
	if err := b.Move(ctx, admin, id, desk.Internal, desk.Public); !fault.Is(err, fault.NotFound) {
		t.Errorf("moving from where it is not: %v, want not found", err)
	}
}

func TestMovingToThePublicLeavesEarlierVersionsBehind(t *testing.T) {
	t.Parallel()
	db := open(t)
	b := newBase(t, db)
	ctx, admin := context.Background(), desk.Actor{Kind: desk.AdminActor, ID: uuid.Must(uuid.NewV7())}
	b.ingest(t, desk.Internal, map[string]string{"limits": "# Limits\n\nTen a day.\n\n## Cause\n<!-- disclosure: never -->\nZanzibar."})
	b.ingest(t, desk.Internal, map[string]string{"limits": "# Limits\n\nTen a day."})
	id := b.id(t, desk.Internal, "limits")
	must(t, b.Move(ctx, admin, id, desk.Internal, desk.Public))
	if article, err := b.search.Article(ctx, id, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("a customer's store reads the first version: %q (%v), want not found", article.Body, err)
	}
	if article, err := b.search.Article(ctx, id, 0); err != nil || article.Version != 2 {
		t.Errorf("a customer reads version %d (%v), want the second", article.Version, err)
	}
}

func TestSentinelIsNobodysArticle(t *testing.T) {
	t.Parallel()
	db := open(t)
	b := newBase(t, db)
	report := b.ingest(t, desk.Internal, map[string]string{"sentinel": "# Sentinel\n\nText."})
	if len(report.Skipped) != 1 || len(report.Created) != 0 {
		t.Errorf("%+v, want the reserved key skipped", report)
	}
	b.ingest(t, desk.Internal, map[string]string{})
	var canaries int
	must(t, db.app.QueryRow(context.Background(), "select count(*) from articles where is_canary and status = 'published'").Scan(&canaries))
	if canaries != 1 {
		t.Errorf("%d sentinels are left, want 1: an ingest archives only its own articles", canaries)
	}
	if got := found(t, b.agents, "SENTINEL-5d0c internal text", retrieval.Filter{}); len(got) != 0 {
		t.Errorf("agents find %v, want no sentinel", got)
	}
	if _, err := b.Article(context.Background(), uuid.MustParse("00000000-0000-7000-8000-000000000001"), 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("reading the sentinel: %v, want not found", err)
	}
}

func TestListsOfArticles(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, publicFiles)
	b.ingest(t, desk.Internal, internalFiles)
	ctx := context.Background()
	keys := func(articles []retrieval.Article, err error) string {
		must(t, err)
		var list []string
		for _, a := range articles {
			list = append(list, fmt.Sprintf("%s:%s:%s", a.Audience, a.SourceKey, a.Disclosure))
		}
		return strings.Join(list, " ")
	}
	if got, want := keys(b.search.Articles(ctx, "de-adresse", 2)), "public:outbox:may_tell public:refunds:may_tell"; got != want {
		t.Errorf("customers' list %q, want %q", got, want)
	}
	if got, want := keys(b.Articles(ctx, desk.Internal, "", 10)), "internal:int-refund-limits:never internal:int-sync-loop:paraphrase"; got != want {
		t.Errorf("agents' list %q, want %q", got, want)
	}
	if got, want := keys(b.About(ctx, b.id(t, desk.Public, "refunds"))), "internal:int-refund-limits:never"; got != want {
		t.Errorf("about refunds %q, want %q", got, want)
	}
}
