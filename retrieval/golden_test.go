package retrieval_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/retrieval"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// rig is the whole of retrieval on a database of the test's own.
type rig struct {
	ingester *retrieval.Ingester
	searcher *retrieval.Searcher
	answerer *retrieval.Answerer
	customer *postgres.CustomerSearch
	store    *postgres.Knowledge
	admin    *pgxpool.Pool
}

func newRig(t *testing.T) rig {
	t.Helper()
	database := pgtest.New(t)
	db, err := postgres.Open(t.Context(), postgres.Config{URL: database.URLs.App, CustomerURL: database.URLs.Customer, MaxConns: 4, CustomerMaxConns: 2})
	must(t, err)
	t.Cleanup(db.Close)
	model, err := embedding.Default()
	must(t, err)
	analyser, err := retrieval.NewAnalyser(retrieval.DefaultParameters(), nil)
	must(t, err)
	r := rig{admin: database.Admin, store: postgres.NewKnowledge(db), customer: postgres.NewCustomerSearch(db, analyser.Parameters())}
	r.ingester = &retrieval.Ingester{Store: r.store, Space: r.store, Embedder: model, Analyser: analyser}
	r.searcher = &retrieval.Searcher{Finder: r.customer, Embedder: model, Analyser: analyser, Now: fixedNow}
	r.answerer, err = retrieval.NewAnswerer(r.searcher, model, analyser, retrieval.DefaultAnswerConfig())
	must(t, err)
	return r
}

// withArticles holds the small corpus.
func withArticles(t *testing.T) rig {
	t.Helper()
	r := newRig(t)
	report, err := r.ingester.IngestDir(t.Context(), os.DirFS("testdata/articles"), desk.Public, retrieval.Options{})
	must(t, err)
	if len(report.Created) != 10 || len(report.Skipped)+len(report.Warnings) > 0 {
		t.Fatalf("ingest of the small corpus: %+v, want 10 articles without a complaint", report)
	}
	return r
}

// question is a line of testdata/questions.txt; want is "" if nothing answers it.
type question struct{ want, text string }

func questions(t *testing.T) []question {
	t.Helper()
	file, err := os.Open("testdata/questions.txt")
	must(t, err)
	defer file.Close()
	var list []question
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		want, text, found := strings.Cut(scanner.Text(), "\t")
		if found {
			list = append(list, question{strings.TrimPrefix(want, "-"), text})
		}
	}
	return list
}

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		must(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if string(want) == got {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Errorf("%s line %d:\n got %s\nwant %s", path, i+1, gotLines[i], wantLines[i])
		}
	}
	t.Errorf("%s differs: if that is meant, run go test ./retrieval -run Golden -update", path)
}

func TestGoldenRanking(t *testing.T) {
	t.Parallel()
	r := withArticles(t)
	var first, fifth, known, answered, refused, unknown int
	var reciprocal float64
	for i, q := range questions(t) {
		var lines strings.Builder
		passages, err := r.searcher.Search(t.Context(), q.text, 5, retrieval.Filter{})
		must(t, err)
		answer, err := r.answerer.Answer(t.Context(), q.text, nil)
		must(t, err)
		rank := slices.IndexFunc(passages, func(p retrieval.Passage) bool { return p.SourceKey+"#"+p.Anchor == q.want }) + 1
		if q.want == "" {
			unknown++
			refused += count(!answer.Known)
		} else {
			known++
			first += count(rank == 1)
			fifth += count(rank > 0)
			answered += count(answer.Known)
			if rank > 0 {
				reciprocal += 1 / float64(rank)
			}
		}
		fmt.Fprintf(&lines, "%s\n", q.text)
		if q.want == "" {
			fmt.Fprintf(&lines, "  nothing answers it; confidence %.2f\n", answer.Confidence)
		} else {
			fmt.Fprintf(&lines, "  %s at rank %d; confidence %.2f\n", q.want, rank, answer.Confidence)
		}
		for _, p := range passages[:min(3, len(passages))] {
			fmt.Fprintf(&lines, "    %.2f %s#%s (words %.2f, meaning %.2f, coverage %.2f, cosine %.2f)\n",
				p.Score, p.SourceKey, p.Anchor, p.Why.Lexical, p.Why.Dense, p.Coverage, p.DenseScore)
		}
		golden(t, fmt.Sprintf("ranking/%02d.golden", i+1), lines.String())
	}
	golden(t, "statistics.golden", fmt.Sprintf("questions %d\nrecall@1  %.3f\nrecall@5  %.3f\nMRR       %.3f\nanswered  %.3f of what an article answers\nrefused   %.3f of %d that none answers\n",
		known, float64(first)/float64(known), float64(fifth)/float64(known), reciprocal/float64(known),
		float64(answered)/float64(known), float64(refused)/float64(unknown), unknown))
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
