package searchbench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

// Config says how much to measure. Zeros are the defaults.
type Config struct {
	Chunks  int
	Queries int
	Seed    uint64
}

// Validate fills in defaults and names the first number that is out of range.
func (c *Config) Validate() error {
	if c.Chunks == 0 {
		c.Chunks = 200_000
	}
	if c.Queries == 0 {
		c.Queries = 400
	}
	if c.Seed == 0 {
		c.Seed = 1
	}
	switch {
	case c.Chunks < 1000 || c.Chunks > 5_000_000:
		return fault.Field(fault.Invalid, "--chunks", "is out of range", "use 1000 to 5000000")
	case c.Queries < 20 || c.Queries > 100_000:
		return fault.Field(fault.Invalid, "--queries", "is out of range", "use 20 to 100000")
	}
	return nil
}

// Times are percentiles of one kind of request.
type Times struct {
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	P99 float64 `json:"p99_ms"`
}

// Result is what one run measured.
type Result struct {
	Chunks         int     `json:"chunks"`
	Internal       int     `json:"internal"`
	LoadSeconds    float64 `json:"load_seconds"`
	Hybrid         Times   `json:"hybrid"`
	PerSecond      float64 `json:"hybrid_per_second_four_clients"`
	Agents         Times   `json:"agents_both_audiences"`
	AgentsRatio    float64 `json:"agents_p95_to_customers"`
	Misspelt       Times   `json:"misspelt"`
	Suggest        Times   `json:"suggest"`
	OverlapLexical float64 `json:"overlap_lexical"`
	OverlapDense   float64 `json:"overlap_dense"`
	BareHNSW       Times   `json:"bare_hnsw"`
	SelectOne      Times   `json:"select_1"`
	ToHNSW         float64 `json:"hybrid_p50_to_bare_hnsw"`
	ToSelectOne    float64 `json:"hybrid_p50_to_select_1"`
}

// Target is the search under test on a migrated, empty database of its own.
type Target struct {
	Owner    string // address for the owner's login
	Customer string // and for the customers'
	Finder   retrieval.Finder
	Exact    retrieval.Finder // without shortcuts
	Agents   retrieval.Finder
	Analyser *retrieval.Analyser // that names every text English
	Progress func(done, total int, perSecond float64, left time.Duration)
}

// vectors are the questions' embeddings by their text.
type vectors map[string][]float32

func (v vectors) Embed(text string) []float32 { return v[text] }

// corrected takes a question with its corrections for the question.
type corrected struct{ vectors }

func (c corrected) Embed(text string) []float32 {
	for {
		if vector := c.vectors[text]; vector != nil || text == "" {
			return vector
		}
		text = text[:max(strings.LastIndexByte(text, ' '), 0)]
	}
}

// run is one measurement under way.
type run struct {
	Target
	customers, agents *retrieval.Searcher
	questions         []Question
}

// Run loads and measures.
func Run(ctx context.Context, config Config, target Target) (result Result, err error) {
	source := newSource(config.Seed)
	started := time.Now()
	conn, err := pgx.Connect(ctx, target.Owner)
	if err != nil {
		return result, fmt.Errorf("connect as the owner: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	loader := &loader{conn: conn, source: source, analyser: target.Analyser, progress: func(done int) {
		rate := float64(done) / time.Since(started).Seconds()
		target.Progress(done, config.Chunks, rate, time.Duration(float64(config.Chunks-done)/rate*float64(time.Second)))
	}}
	if err := loader.load(ctx, config.Chunks); err != nil {
		return result, err
	}
	result.Chunks, result.Internal, result.LoadSeconds = config.Chunks, config.Chunks/2, time.Since(started).Seconds()
	r := &run{Target: target, questions: source.questions(config.Queries)}
	wrong := misspelt(r.questions)
	known := vectors{}
	for i, question := range r.questions {
		known[question.Text], known[wrong[i].Text] = question.Vector, question.Vector
	}
	r.customers = &retrieval.Searcher{Finder: target.Finder, Embedder: corrected{known}, Analyser: target.Analyser}
	r.agents = &retrieval.Searcher{Finder: target.Agents, Embedder: corrected{known}, Analyser: target.Analyser}
	return result, r.measure(ctx, &result, wrong)
}

func (r *run) measure(ctx context.Context, result *Result, wrong []Question) (err error) {
	search := func(searcher *retrieval.Searcher, list []Question) func(int) error {
		return func(i int) error {
			_, err := searcher.Search(ctx, list[i%len(list)].Text, 5, retrieval.Filter{})
			return err
		}
	}
	plain, err := pgx.Connect(ctx, r.Customer)
	if err != nil {
		return fmt.Errorf("connect as the customer: %w", err)
	}
	defer func() { _ = plain.Close(context.WithoutCancel(ctx)) }()
	if _, err := plain.Exec(ctx, "set search_path = signalbox, public"); err != nil {
		return err
	}
	// The first half warms the caches, then each kind is timed in turn.
	if _, err := times(len(r.questions)/2, search(r.agents, r.questions)); err != nil {
		return err
	}
	for _, part := range []struct {
		into *Times
		do   func(int) error
	}{
		{&result.Hybrid, search(r.customers, r.questions)},
		{&result.Agents, search(r.agents, r.questions)},
		{&result.Misspelt, search(r.customers, wrong)},
		{&result.Suggest, r.suggest(ctx)},
		{&result.BareHNSW, r.bare(ctx, plain)},
		{&result.SelectOne, func(int) error { _, err := plain.Exec(ctx, "select 1"); return err }},
	} {
		if *part.into, err = times(len(r.questions), part.do); err != nil {
			return err
		}
	}
	result.AgentsRatio = result.Agents.P95 / result.Hybrid.P95
	result.ToHNSW, result.ToSelectOne = result.Hybrid.P50/result.BareHNSW.P50, result.Hybrid.P50/result.SelectOne.P50
	if result.PerSecond, err = rate(ctx, 4, 2*len(r.questions), search(r.customers, r.questions)); err != nil {
		return err
	}
	return r.overlaps(ctx, result)
}

// times runs one after another.
func times(count int, do func(int) error) (Times, error) {
	taken := make([]float64, count)
	for i := range taken {
		started := time.Now()
		if err := do(i); err != nil {
			return Times{}, err
		}
		taken[i] = float64(time.Since(started).Microseconds()) / 1000
	}
	slices.Sort(taken)
	at := func(share float64) float64 { return taken[min(int(share*float64(count)), count-1)] }
	return Times{at(.5), at(.95), at(.99)}, nil
}

// rate runs many at once and returns how many end in a second.
func rate(ctx context.Context, clients, count int, do func(int) error) (float64, error) {
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	started := time.Now()
	for range clients {
		group.Go(func() error {
			for i := next.Add(1); i <= int64(count) && ctx.Err() == nil; i = next.Add(1) {
				if err := do(int(i)); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	err := group.Wait()
	return float64(count) / time.Since(started).Seconds(), err
}

// suggest types the beginnings of the questions' last words.
func (r *run) suggest(ctx context.Context) func(int) error {
	return func(i int) error {
		text := r.questions[i%len(r.questions)].Text
		word := text[strings.LastIndexByte(text, ' ')+1:]
		_, err := r.customers.Suggest(ctx, word[:min(len(word), 2+i%5)], 10, retrieval.Filter{Audience: desk.Public})
		return err
	}
}

// bare is the vectors' index alone, ten neighbours of forty looked at.
func (r *run) bare(ctx context.Context, conn *pgx.Conn) func(int) error {
	return func(i int) error {
		rows, err := conn.Query(ctx, "select chunk_id from chunk_vectors_public_1 order by embedding::halfvec(256) <#> $1::text::halfvec(256) limit 10", literal(r.questions[i].Vector))
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, pgx.RowTo[[16]byte])
		return err
	}
}

func literal(vector []float32) string {
	return strings.ReplaceAll(fmt.Sprint(vector), " ", ",")
}

// overlaps compares each leg's ten best with the exact ones, on some questions.
func (r *run) overlaps(ctx context.Context, result *Result) error {
	count := min(len(r.questions), 200)
	var mutex sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for _, question := range r.questions[:count] {
		group.Go(func() error {
			words := r.Analyser.Query(question.Text)
			words.Limit = 10
			lexical, err := r.overlap(ctx, words, func(p retrieval.Passage) float64 { return p.LexicalScore })
			if err != nil {
				return err
			}
			dense, err := r.overlap(ctx, retrieval.Query{Embedding: question.Vector, Limit: 10, Lexemes: []int32{}, Factors: []float32{}},
				func(p retrieval.Passage) float64 { return p.DenseScore })
			mutex.Lock()
			defer mutex.Unlock()
			result.OverlapLexical += lexical / float64(count)
			result.OverlapDense += dense / float64(count)
			return err
		})
	}
	return group.Wait()
}

// overlap is the share of the ten best that score no less than the exact tenth.
func (r *run) overlap(ctx context.Context, query retrieval.Query, score func(retrieval.Passage) float64) (float64, error) {
	exact, err := r.Exact.Find(ctx, query)
	if err != nil || len(exact) == 0 {
		return 1, err
	}
	found, err := r.Finder.Find(ctx, query)
	if err != nil {
		return 0, err
	}
	floor, hits := score(exact[len(exact)-1])-1e-6, 0
	for _, passage := range found {
		if score(passage) >= floor {
			hits++
		}
	}
	return float64(hits) / float64(len(exact)), nil
}
