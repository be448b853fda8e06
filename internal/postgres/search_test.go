package postgres

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

var questions = []string{"refund", "SYNC_409", "sync 409 loop zanzibar", "yearly plan refunded", "Adresse der Rechnung ändern",
	"wie änder ich die rechnungsadresse", "outbox nicht leer", "refnud pls", "the of and", "", "🎉", "コネクタ", "a tax code is not mapped"}

// TestCustomersScoresIgnoreTheInternalHalf compares two databases that hold the
// same public half, one of them with an internal half too.
func TestCustomersScoresIgnoreTheInternalHalf(t *testing.T) {
	t.Parallel()
	alone, both := newBase(t, open(t)), newBase(t, open(t))
	alone.ingest(t, desk.Public, publicFiles)
	both.ingest(t, desk.Public, publicFiles)
	both.ingest(t, desk.Internal, internalFiles)
	ids := regexp.MustCompile(`"(chunk|article|version)_id":"[^"]*"`)
	for _, question := range questions {
		var results [2]string
		for i, b := range []base{alone, both} {
			passages, err := b.search.Find(context.Background(), queryOf(t, b, question))
			must(t, err)
			encoded, err := json.Marshal(passages)
			must(t, err)
			results[i] = ids.ReplaceAllString(string(encoded), "")
		}
		if results[0] != results[1] {
			t.Errorf("%q: with an internal half\n%s\nwithout\n%s", question, results[1], results[0])
		}
		if strings.Contains(results[1], "Zanzibar") {
			t.Errorf("%q: internal text in a customer's results", question)
		}
	}
}

// queryOf analyses a question as the searcher does.
func queryOf(t *testing.T, b base, text string) retrieval.Query {
	t.Helper()
	query := b.customers.Analyser.Query(text)
	query.Embedding, query.Limit = b.customers.Embedder.Embed(query.Text), 10
	return query
}

func TestCustomersFind(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, publicFiles)
	for question, want := range map[string]string{
		"SYNC_409":                        "public/sync#sync_409",
		"sync-422":                        "public/sync#sync_422",
		"SYNC409!":                        "public/sync#sync_409",
		"was heisst SYNC_422 ?":           "public/sync#sync_422",
		"refunding a yearly plan":         "public/refunds#refunds",
		"Rechnungsadresse aendern":        "public/de-adresse#rechnungsadresse-ändern",
		"my outbocks will not send again": "public/outbox#outbox-does-not-empty",
		"credits for outages":             "public/refunds#credits",
		"how can I get a credit? " + strings.Repeat("x", 9000): "public/refunds#credits",
	} {
		if got := found(t, b.customers, question, retrieval.Filter{}); len(got) == 0 || got[0] != want {
			t.Errorf("%.40q finds %v, want %s first", question, got, want)
		}
	}
	for _, nothing := range []string{"", "   ", "?!", "\x00\xff"} {
		if got := found(t, b.customers, nothing, retrieval.Filter{}); len(got) != 0 {
			t.Errorf("%q finds %v, want nothing", nothing, got)
		}
	}
}

func TestSearchOnAnEmptyBase(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	for _, searcher := range []*retrieval.Searcher{b.customers, b.agents} {
		if got := found(t, searcher, "refund", retrieval.Filter{}); len(got) != 0 {
			t.Errorf("an empty base gives %v", got)
		}
	}
}

func TestAgentsFilters(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, publicFiles)
	b.ingest(t, desk.Internal, internalFiles)
	for _, test := range []struct {
		name   string
		filter retrieval.Filter
		want   []string // in any order
	}{
		{"internal", retrieval.Filter{Audience: desk.Internal}, []string{"internal/int-refund-limits#refund-limits", "internal/int-sync-loop#sync_409-loop"}},
		{"area", retrieval.Filter{ProductArea: "Connect"}, []string{"internal/int-sync-loop#sync_409-loop", "public/sync#sync_409", "public/sync#sync_422"}},
		{"area and audience", retrieval.Filter{ProductArea: "Connect", Audience: desk.Public}, []string{"public/sync#sync_409", "public/sync#sync_422"}},
		{"tags", retrieval.Filter{Tags: []string{"accounting", "sync"}}, []string{"public/sync#sync_409", "public/sync#sync_422"}},
		{"language", retrieval.Filter{Language: "de"}, []string{"public/de-adresse#rechnungsadresse-ändern"}},
		{"no such tier", retrieval.Filter{Tier: "gold"}, []string{}},
		{"no such error type", retrieval.Filter{ErrorType: "E"}, []string{}},
	} {
		got := found(t, b.agents, "refund SYNC_409", test.filter)
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	query := queryOf(t, b, "refund")
	query.Filter.Audience = desk.Internal
	if _, err := b.search.Find(context.Background(), query); !fault.Is(err, fault.Unprocessable) {
		t.Errorf("a customer asks for the internal audience: %v, want unprocessable", err)
	}
}

func TestWhyAndCoverage(t *testing.T) {
	t.Parallel()
	b := newBase(t, open(t))
	b.ingest(t, desk.Public, publicFiles)
	b.ingest(t, desk.Internal, internalFiles)
	passages, err := b.agents.Search(context.Background(), "zanzibar refunds", 10, retrieval.Filter{})
	must(t, err)
	if len(passages) == 0 || passages[0].SourceKey != "int-refund-limits" || passages[0].Disclosure != retrieval.Never {
		t.Fatalf("%+v, want the internal article first with its disclosure", passages)
	}
	for i, p := range passages {
		if sum := min(p.Why.Lexical+p.Why.Dense+p.Why.Boost, 1); sum < p.Score-1e-9 || sum > p.Score+1e-9 {
			t.Errorf("%s: why %+v adds up to %v, want the score %v", p.SourceKey, p.Why, sum, p.Score)
		}
		if p.Score < 0 || p.Score > 1 || p.Coverage < 0 || p.Coverage > 1.000001 || i > 0 && p.Score > passages[i-1].Score {
			t.Errorf("%s: score %v, coverage %v, want 0–1 and falling scores", p.SourceKey, p.Score, p.Coverage)
		}
		article, err := b.Article(context.Background(), p.ArticleID, p.Version)
		must(t, err)
		if article.Body[p.StartOffset:p.EndOffset] != p.Body {
			t.Errorf("%s: the passage is not its span of the version's body", p.SourceKey)
		}
	}
	if passages[0].Coverage < 0.99 {
		t.Errorf("coverage %v of a passage with every word, want 1", passages[0].Coverage)
	}
}

// TestSearchCanUseIndexes reads the plan with sequential scans and sorts made dear:
// it names both indexes only if the statement's expressions fit them.
func TestSearchCanUseIndexes(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	b := newBase(t, db)
	b.ingest(t, desk.Public, publicFiles)
	b.ingest(t, desk.Internal, internalFiles)
	run(t, db.app, `insert into chunks (audience, id, version_id, article_id, ordinal, body, start_offset, end_offset, language, length, lexemes, weights)
		select 'public', gen_random_uuid(), c.version_id, c.article_id, 100 + g, 'filler', 0, 0, 'en', 2,
			array[1000 + g % 500, 900000 + g], ('{' || 1000 + g % 500 || ':1,' || 900000 + g || ':2}/1000000000')::sparsevec
		from generate_series(1, 1000) g, (select version_id, article_id from chunks_public limit 1) c`)
	checkFrequencies(t, db)
	run(t, database.Admin, "analyze")
	query := queryOf(t, b, "SYNC_409 refund")
	text := plan(t, db.customer, inSpace(customerSearch, query.Space), legs(query, b.search.parameters))
	for _, index := range []string{"chunks_public_lexemes_idx", "chunk_vectors_public_1_hnsw"} {
		if !strings.Contains(text, index) {
			t.Errorf("the plan does not use %s:\n%s", index, text)
		}
	}
	agents := append(legs(query, b.search.parameters), []string{"public", "internal"}, "", "", "", "", []string{}, nil, true)
	agentSearch := inSpace(agentSearch, query.Space)
	// Older planners join this small table along its keys: dear index scans, too, leave
	// the words to their bitmap.
	text = plan(t, db.app, agentSearch, agents) + plan(t, db.app, agentSearch, agents, "enable_indexscan")
	for _, index := range []string{"chunks_public_lexemes_idx", "chunk_vectors_public_1_hnsw", "chunk_vectors_internal_1_hnsw"} {
		if !strings.Contains(text, index) {
			t.Errorf("the agents' plan does not use %s:\n%s", index, text)
		}
	}
	if got := found(t, b.customers, "SYNC_409", retrieval.Filter{}); got[0] != "public/sync#sync_409" {
		t.Errorf("among 1,000 chunks SYNC_409 finds %v", got[:1])
	}
}

// plan explains a statement for its arguments, with further ways of reading made dear.
func plan(t *testing.T, pool *pgxpool.Pool, statement string, arguments []any, dear ...string) string {
	t.Helper()
	var lines []string
	must(t, pgx.BeginFunc(context.Background(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(context.Background(), `select set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)`); err != nil {
			return err
		}
		for _, setting := range dear {
			if _, err := tx.Exec(context.Background(), `select set_config($1, 'off', true)`, setting); err != nil {
				return err
			}
		}
		rows, err := tx.Query(context.Background(), "explain "+statement, arguments...)
		if err != nil {
			return err
		}
		lines, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	}))
	return strings.Join(lines, "\n")
}
