package retrievalsuite

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/retrieval"
)

// The modes, in the order in which they are shown.
const (
	bm25   = "bm25"
	dense  = "dense"
	hybrid = "hybrid"
)

// Modes are the names of the modes in order.
var Modes = []string{bm25, dense, hybrid}

// run is one measurement under way.
type run struct {
	suite         *Suite
	data          *Data
	engine        *Engine
	analyser      *retrieval.Analyser
	chunks        int
	ingestSeconds float64
	answers       []answer             // by query
	times         map[string][]float64 // milliseconds by mode
}

// answer is what one query found.
type answer struct {
	language string
	rankings map[string][]int // documents by mode, best first
	scores   map[string]map[string]float64
}

const (
	loadBatch = 128 // documents
	workers   = 2
	// deepest is how many documents of a ranking are judged.
	deepest = 1000
)

// ingest prepares documents in parallel with the writing of those before.
func (r *run) ingest(outer context.Context) error {
	started := time.Now()
	preparer := &retrieval.Ingester{Embedder: r.engine.Embedder, Analyser: r.analyser}
	var done, chunks atomic.Int64
	var showing sync.Mutex
	group, ctx := errgroup.WithContext(outer)
	group.SetLimit(workers + 1)
	documents := r.data.Documents
	for start := 0; start < len(documents); start += loadBatch {
		batch := documents[start:min(start+loadBatch, len(documents))]
		group.Go(func() error {
			prepared := make([]retrieval.Prepared, len(batch))
			for i, document := range batch {
				if err := ctx.Err(); err != nil {
					return err
				}
				prepared[i] = preparer.Prepare(strconv.Itoa(start+i), document.Title, document.Text)
				chunks.Add(int64(len(prepared[i].Chunks)))
			}
			if err := r.engine.Load(ctx, prepared); err != nil {
				return fmt.Errorf("load documents %d to %d: %w", start+1, start+len(batch), err)
			}
			showing.Lock()
			defer showing.Unlock()
			r.suite.progress("documents", int(done.Add(int64(len(batch)))), len(documents))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if r.engine.Fill != nil {
		if err := r.engine.Fill(outer, func(done, total int) { r.suite.progress("passages embedded", done, total) }); err != nil {
			return err
		}
	}
	if err := r.engine.Settle(outer); err != nil {
		return err
	}
	r.chunks, r.ingestSeconds = int(chunks.Load()), time.Since(started).Seconds()
	return nil
}

// ask ranks for every query in each mode, then times the searches of production one
// after another.
func (r *run) ask(ctx context.Context) error {
	r.answers, r.times = make([]answer, len(r.data.Queries)), map[string][]float64{}
	var done atomic.Int64
	var showing sync.Mutex
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i, query := range r.data.Queries {
		group.Go(func() (err error) {
			if r.answers[i], err = r.answer(inner, query); err != nil {
				return fmt.Errorf("query %s: %w", query.ID, err)
			}
			showing.Lock()
			defer showing.Unlock()
			r.suite.progress("queries", int(done.Add(1)), len(r.data.Queries))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return r.time(ctx)
}

func (r *run) answer(ctx context.Context, query Query) (answer, error) {
	analysed, err := r.analysed(ctx, query.Text)
	if err != nil {
		return answer{}, err
	}
	made := answer{language: analysed.Language, rankings: map[string][]int{}, scores: map[string]map[string]float64{}}
	for _, mode := range Modes {
		passages, err := r.find(ctx, r.engine.Deep, mode, analysed)
		if err != nil {
			return made, err
		}
		made.rankings[mode] = r.documentsOf(passages, query)
		made.scores[mode] = scoresOf(r.idsOf(made.rankings[mode]), query)
	}
	return made, nil
}

// analysed is a query as the searcher makes it.
func (r *run) analysed(ctx context.Context, text string) (query retrieval.Query, err error) {
	query = r.analyser.Query(text)
	query.Limit = usualLimit
	if r.engine.Question == nil {
		query.Embedding = r.engine.Embedder.Embed(query.Text)
		return query, nil
	}
	query.Embedding, query.Space, err = r.engine.Question(ctx, query.Text)
	return query, err
}

// usualLimit is what a search for ten results asks the store for.
const usualLimit = 20

// find asks for one mode: words alone and meaning alone are the same statement with
// one leg left empty, and without boosts.
func (r *run) find(ctx context.Context, finder retrieval.Finder, mode string, query retrieval.Query) ([]retrieval.Passage, error) {
	switch mode {
	case bm25:
		query.Embedding = nil
		return finder.Find(ctx, query)
	case dense:
		query.Lexemes, query.Factors = []int32{}, []float32{}
		return finder.Find(ctx, query)
	}
	searcher := &retrieval.Searcher{Finder: finder, Embedder: r.engine.Embedder, Analyser: r.analyser}
	return searcher.Rank(ctx, query)
}

// documentsOf gives each document the place of its best chunk. A query that is itself
// a document of the corpus does not find itself.
func (r *run) documentsOf(passages []retrieval.Passage, query Query) []int {
	seen, documents := map[int]bool{}, []int{}
	for _, passage := range passages {
		number, err := strconv.Atoi(passage.SourceKey)
		if err != nil || number < 0 || number >= len(r.data.Documents) || seen[number] {
			continue
		}
		seen[number] = true
		document := r.data.Documents[number]
		if document.ID == query.ID && document.Text == query.Text {
			continue
		}
		if documents = append(documents, number); len(documents) == deepest {
			break
		}
	}
	return documents
}

func (r *run) idsOf(ranking []int) []string {
	ids := make([]string, len(ranking))
	for i, number := range ranking {
		ids[i] = r.data.Documents[number].ID
	}
	return ids
}

const (
	timedQueries = 500
	warming      = 20
)

// time measures from the question's text to ten results, with one client.
func (r *run) time(ctx context.Context) error {
	queries := r.data.Queries[:min(timedQueries, len(r.data.Queries))]
	for i, mode := range Modes {
		for j, query := range slices.Concat(queries[:min(warming, len(queries))], queries) {
			start := time.Now()
			analysed, err := r.analysed(ctx, query.Text)
			if err != nil {
				return fmt.Errorf("query %s: %w", query.ID, err)
			}
			if _, err := r.find(ctx, r.engine.Usual, mode, analysed); err != nil {
				return fmt.Errorf("query %s: %w", query.ID, err)
			}
			if j >= min(warming, len(queries)) {
				r.times[mode] = append(r.times[mode], float64(time.Since(start).Nanoseconds())/1e6)
			}
		}
		r.suite.progress("modes timed", i+1, len(Modes))
	}
	return nil
}
