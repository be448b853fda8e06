package samplecompany

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

// askedOn is the day after the last ticket: freshness must not depend on today.
func askedOn() time.Time { return time.Date(2026, 8, 30, 0, 0, 0, 0, time.UTC) }

// depth is how many passages are looked at.
const depth = 10

// TestStatisticsRetrieval asks the questions of a real database that holds both
// halves of the articles. These are regression statistics: nothing is ever tuned
// on them.
func TestStatisticsRetrieval(t *testing.T) {
	t.Parallel()
	company := load(t)
	customers, agents := searchers(t, company)
	var lines strings.Builder
	fmt.Fprintf(&lines, "%-44s questions recall@1 recall@5 MRR@10\n", "words and meaning together")
	for _, group := range []struct {
		name     string
		searcher *retrieval.Searcher
		belongs  func(Question) bool
	}{
		{"customers, answered publicly", customers, func(q Question) bool { return q.Audience == AnsweredPublicly }},
		{"  of these with a content word in common", customers, func(q Question) bool { return q.Audience == AnsweredPublicly && !q.NoSharedContentWord }},
		{"  of these without", customers, func(q Question) bool { return q.Audience == AnsweredPublicly && q.NoSharedContentWord }},
		{"agents, answered publicly", agents, func(q Question) bool { return q.Audience == AnsweredPublicly }},
		{"agents, answered internally", agents, func(q Question) bool { return q.Audience == AnsweredInternally }},
	} {
		var ranks []int
		for _, question := range company.Questions {
			if group.belongs(question) {
				ranks = append(ranks, rankOf(t, group.searcher, question))
			}
		}
		first, fifth, reciprocal := rates(ranks)
		fmt.Fprintf(&lines, "%-44s %9d    %.3f    %.3f  %.3f\n", group.name, len(ranks), first, fifth, reciprocal)
	}
	golden(t, "retrieval.golden", lines.String())
}

// searchers fills a database of the test's own.
func searchers(t *testing.T, company *Company) (customers, agents *retrieval.Searcher) {
	t.Helper()
	database := pgtest.New(t)
	db, err := postgres.Open(t.Context(), postgres.Config{URL: database.URLs.App, CustomerURL: database.URLs.Customer, MaxConns: 4, CustomerMaxConns: 2})
	must(t, err)
	t.Cleanup(db.Close)
	model, err := embedding.Default()
	must(t, err)
	analyser := testAnalyser(t)
	knowledge := postgres.NewKnowledge(db)
	ingester := &retrieval.Ingester{Store: knowledge, Space: knowledge, Embedder: model, Analyser: analyser}
	for _, audience := range []desk.Audience{desk.Public, desk.Internal} {
		report, err := ingester.IngestDir(t.Context(), articlesOf(t, company, audience), audience, retrieval.Options{})
		must(t, err)
		if len(report.Skipped)+len(report.Warnings) > 0 || len(report.Created) == 0 {
			t.Fatalf("ingest of the %s articles: skipped %v, warnings %v, want every article without a complaint", audience, report.Skipped, report.Warnings)
		}
	}
	searcher := func(finder retrieval.Finder) *retrieval.Searcher {
		return &retrieval.Searcher{Finder: finder, Embedder: model, Analyser: analyser, Now: askedOn}
	}
	return searcher(postgres.NewCustomerSearch(db, analyser.Parameters())), searcher(postgres.NewAgentSearch(db, analyser.Parameters()))
}

// rankOf is the position, from 1, of the first passage of the right section, 0 if
// it is not among the first ten.
func rankOf(t *testing.T, searcher *retrieval.Searcher, question Question) int {
	t.Helper()
	passages, err := searcher.Search(t.Context(), question.Question, depth, retrieval.Filter{})
	must(t, err)
	return 1 + slices.IndexFunc(passages, func(p retrieval.Passage) bool {
		return string(p.Audience) == question.Audience && question.Section.Holds(p.SourceKey, p.HeadingPath)
	})
}

func rates(ranks []int) (first, fifth, reciprocal float64) {
	for _, rank := range ranks {
		if rank == 0 {
			continue
		}
		reciprocal += 1 / float64(rank)
		if rank == 1 {
			first++
		}
		if rank <= 5 {
			fifth++
		}
	}
	count := float64(len(ranks))
	return first / count, fifth / count, reciprocal / count
}
