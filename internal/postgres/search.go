package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pgvector/pgvector-go"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/retrieval"
)

//go:embed search_customer.sql
var customerSearch string

//go:embed search_agent.sql
var agentSearch string

// CustomerSearch finds public passages. It holds the customer pool alone, whose
// login cannot read anything internal.
type CustomerSearch struct {
	customer   *pgxpool.Pool
	parameters retrieval.Parameters
	exact      bool
	deep       bool
}

// AgentSearch finds passages of both audiences, or of one.
type AgentSearch struct {
	app        *pgxpool.Pool
	parameters retrieval.Parameters
}

// NewCustomerSearch returns the customers' search with these weights.
func NewCustomerSearch(db *DB, parameters retrieval.Parameters) *CustomerSearch {
	return &CustomerSearch{customer: db.customer, parameters: parameters}
}

// Exact is the same search over every passage, without a budget and without the
// vectors' index: what the shortcuts are measured against. It is slow.
func (s *CustomerSearch) Exact() *CustomerSearch {
	exact := *s
	exact.exact = true
	return &exact
}

// NewAgentSearch returns the agents' search with these weights.
func NewAgentSearch(db *DB, parameters retrieval.Parameters) *AgentSearch {
	return &AgentSearch{app: db.app, parameters: parameters}
}

// NewDeepSearch returns the customers' search, by the same statement, with legs that
// return [DeepLeg] chunks instead of 100 and no bound on the results. Shares are
// reckoned from the first 100 as always, so that what comes first is the same. It is
// for measurements that look further down than any caller may.
func NewDeepSearch(db *DB, parameters retrieval.Parameters) *CustomerSearch {
	return &CustomerSearch{customer: db.customer, parameters: parameters, deep: true}
}

// DeepLeg is how many chunks a leg of [NewDeepSearch] returns: five times as many as
// production asks for.
const DeepLeg = 500

// deepSearch is the customers' statement with wider legs.
var deepSearch = strings.ReplaceAll(customerSearch, "\n  limit 100\n", fmt.Sprintf("\n  limit %d\n", DeepLeg))

var (
	_ retrieval.Finder = (*CustomerSearch)(nil)
	_ retrieval.Finder = (*AgentSearch)(nil)
)

// scanWide makes HNSW look at as many neighbours as the leg returns. A plan is kept:
// it depends on no value, and making it costs as much as running it.
const scanWide = "select set_config('hnsw.ef_search', '100', true), set_config('plan_cache_mode', 'force_generic_plan', true)"

const scanDeep = "select set_config('hnsw.ef_search', '500', true)"

// scanAll compares every vector.
const scanAll = "select set_config('enable_indexscan', 'off', true)"

// candidateBudget is how many passages the words of a question may bring: the rarest
// words, until their document frequencies add up to it. All words rank them. Most of
// a search's time is spent on them: at 100,000 passages 8,000 keep the exact ten best
// and take half the time of 20,000; a larger collection needs more.
const candidateBudget = "greatest(8000, size.chunks / 50)"

// scanOn makes HNSW go on until enough rows pass the filter, and plans for the
// filter that is set rather than for any.
const scanOn = `select set_config('hnsw.ef_search', '100', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
	set_config('plan_cache_mode', 'force_custom_plan', true)`

// Find returns published public passages, best first. Customers' searches take no
// filter but the public audience.
func (s *CustomerSearch) Find(ctx context.Context, query retrieval.Query) ([]retrieval.Passage, error) {
	if query.Filter.Audience == desk.Internal || query.Filter.Narrows() {
		return nil, fault.Field(fault.Unprocessable, "filter", "is for agents", "search without one")
	}
	settings, search, arguments := scanWide, customerSearch, legs(query, s.parameters)
	switch {
	case s.exact:
		settings, search = scanAll, strings.ReplaceAll(search, "{budget}", "1000000000")
	case s.deep:
		settings, search = scanDeep, deepSearch
		arguments[len(arguments)-1] = DeepLeg
	}
	passages, err := find(ctx, s.customer, settings, search, query, arguments)
	return passages, failure(err, "search public articles")
}

// Find returns passages of the filter's audience, of both if it names none, best
// first. Scores of the two audiences rest on statistics of their own.
func (s *AgentSearch) Find(ctx context.Context, query retrieval.Query) ([]retrieval.Passage, error) {
	filter, settings := query.Filter, scanWide
	if filter.Narrows() {
		settings = scanOn
	}
	tags := filter.Tags
	if tags == nil {
		tags = []string{}
	}
	var updatedAfter any
	if !filter.UpdatedAfter.IsZero() {
		updatedAfter = filter.UpdatedAfter
	}
	arguments := append(legs(query, s.parameters), audiencesOf(filter), filter.Language, filter.ProductArea, filter.Tier,
		filter.ErrorType, tags, updatedAfter, !filter.Narrows())
	passages, err := find(ctx, s.app, settings, agentSearch, query, arguments)
	return passages, failure(err, "search articles")
}

// audiencesOf lists what a filter lets through.
func audiencesOf(filter retrieval.Filter) []string {
	if filter.Audience != "" {
		return []string{string(filter.Audience)}
	}
	return []string{string(desk.Public), string(desk.Internal)}
}

// maximumRows bounds the results of a search.
const maximumRows = 60

// legs are the arguments that both searches begin with.
func legs(query retrieval.Query, parameters retrieval.Parameters) []any {
	var embedding any
	if retrieval.HasDirection(query.Embedding) {
		embedding = pgvector.NewHalfVector(query.Embedding)
	}
	counted := query.Counted
	if counted == nil {
		counted = retrieval.CountWhole(query.Factors)
	}
	words, meaning := parameters.LexicalWeight, parameters.DenseWeight
	if own := query.Space.DenseWeight; own != nil {
		words, meaning = 1-*own, *own
	}
	return []any{query.Lexemes, query.Factors, counted, embedding, words, meaning, min(max(query.Limit, 1), maximumRows)}
}

// inSpace writes the space's number and dimension into a search.
func inSpace(search string, space retrieval.EmbeddingSpace) string {
	id, dimension := retrieval.BuiltInSpace, 256
	if space.ID != 0 {
		id, dimension = space.ID, space.Dimension
	}
	return strings.NewReplacer("{space}", strconv.Itoa(id), "{dimension}", strconv.Itoa(dimension),
		"{budget}", candidateBudget).Replace(search)
}

const selectCurrentSpace = "select id::int from embedding_spaces where state = 'current'"

// find runs one search in a transaction and a round trip of its own, with settings
// that end with it. Where the question was embedded in a space that is no longer the
// current one, it returns [retrieval.ErrOtherSpace] instead of passages.
func find(ctx context.Context, pool *pgxpool.Pool, settings, search string, query retrieval.Query, arguments []any) (passages []retrieval.Passage, err error) {
	current := query.Space.ID
	err = readOnly(ctx, pool, func(batch *pgx.Batch) {
		batch.Queue(settings)
		if query.Space.ID != 0 {
			batch.Queue(selectCurrentSpace).QueryRow(func(row pgx.Row) error { return row.Scan(&current) })
		}
		batch.Queue(inSpace(search, query.Space), arguments...).Query(func(rows pgx.Rows) error {
			passages, err = pgx.CollectRows(rows, scanPassage)
			return err
		})
	})
	var pgError *pgconn.PgError
	if current != query.Space.ID || errors.As(err, &pgError) && pgError.Code == "42P01" && query.Space.ID > retrieval.BuiltInSpace {
		return nil, retrieval.ErrOtherSpace
	}
	return passages, err
}

func scanPassage(row pgx.CollectableRow) (p retrieval.Passage, err error) {
	err = row.Scan(&p.ChunkID, &p.ArticleID, &p.VersionID, &p.Version, &p.Audience, &p.SourceKey, &p.Title, &p.HeadingPath,
		&p.Anchor, &p.Body, &p.StartOffset, &p.EndOffset, &p.Language, &p.Disclosure, &p.LexicalScore, &p.DenseScore,
		&p.Coverage, &p.Votes, &p.Why.Lexical, &p.Why.Dense, &p.UpdatedAt, &p.Matched)
	p.Score = p.Why.Lexical + p.Why.Dense
	if p.Audience == desk.Public {
		p.Disclosure = retrieval.MayTell
	}
	return p, err
}
