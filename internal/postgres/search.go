package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
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

// scanWide makes HNSW look at as many neighbours as the leg returns.
const scanWide = "select set_config('hnsw.ef_search', '100', true)"

const scanDeep = "select set_config('hnsw.ef_search', '500', true)"

// scanOn makes HNSW go on until enough rows pass the filter, and plans for the
// filter that is set rather than for any.
const scanOn = `select set_config('hnsw.ef_search', '100', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
	set_config('plan_cache_mode', 'force_custom_plan', true)`

// Find returns published public passages, best first. Customers' searches take no
// filter but the public audience.
func (s *CustomerSearch) Find(ctx context.Context, query retrieval.Query) ([]retrieval.Passage, error) {
	filter := query.Filter
	if filter.Audience == desk.Internal || filter.Language != "" || filter.ProductArea != "" || filter.Tier != "" ||
		filter.ErrorType != "" || len(filter.Tags) > 0 {
		return nil, fault.Field(fault.Unprocessable, "filter", "is for agents", "search without one")
	}
	settings, search, arguments := scanWide, customerSearch, legs(query, s.parameters)
	if s.deep {
		settings, search = scanDeep, deepSearch
		arguments[len(arguments)-1] = DeepLeg
	}
	passages, err := find(ctx, s.customer, settings, search, arguments)
	return passages, failure(err, "search public articles")
}

// Find returns passages of the filter's audience, of both if it names none, best
// first. Scores of the two audiences rest on statistics of their own.
func (s *AgentSearch) Find(ctx context.Context, query retrieval.Query) ([]retrieval.Passage, error) {
	filter := query.Filter
	audiences := []string{string(desk.Public), string(desk.Internal)}
	if filter.Audience != "" {
		audiences = []string{string(filter.Audience)}
	}
	tags := filter.Tags
	if tags == nil {
		tags = []string{}
	}
	arguments := append(legs(query, s.parameters), audiences, filter.Language, filter.ProductArea, filter.Tier, filter.ErrorType, tags)
	passages, err := find(ctx, s.app, scanOn, agentSearch, arguments)
	return passages, failure(err, "search articles")
}

// maximumRows bounds the results of a search.
const maximumRows = 60

// legs are the arguments that both searches begin with.
func legs(query retrieval.Query, parameters retrieval.Parameters) []any {
	var embedding any
	if retrieval.HasDirection(query.Embedding) {
		embedding = pgvector.NewHalfVector(query.Embedding)
	}
	return []any{query.Lexemes, query.Factors, embedding, parameters.LexicalWeight, parameters.DenseWeight, min(max(query.Limit, 1), maximumRows)}
}

// find runs one search with settings that end with its transaction.
func find(ctx context.Context, pool *pgxpool.Pool, settings, search string, arguments []any) (passages []retrieval.Passage, err error) {
	err = pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		var batch pgx.Batch
		batch.Queue(settings)
		batch.Queue(search, arguments...).Query(func(rows pgx.Rows) error {
			passages, err = pgx.CollectRows(rows, scanPassage)
			return err
		})
		return tx.SendBatch(ctx, &batch).Close()
	})
	return passages, err
}

func scanPassage(row pgx.CollectableRow) (p retrieval.Passage, err error) {
	err = row.Scan(&p.ChunkID, &p.ArticleID, &p.VersionID, &p.Version, &p.Audience, &p.SourceKey, &p.Title, &p.HeadingPath,
		&p.Anchor, &p.Body, &p.StartOffset, &p.EndOffset, &p.Language, &p.Disclosure, &p.LexicalScore, &p.DenseScore,
		&p.Coverage, &p.Votes, &p.Why.Lexical, &p.Why.Dense, &p.UpdatedAt)
	p.Score = p.Why.Lexical + p.Why.Dense
	if p.Audience == desk.Public {
		p.Disclosure = retrieval.MayTell
	}
	return p, err
}
