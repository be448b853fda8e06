package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	pgvector "github.com/pgvector/pgvector-go/pgx"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/migrations"
)

// DB is the database through its two logins. It is safe for concurrent use.
type DB struct {
	app      *pgxpool.Pool
	line     *pgxpool.Pool // the app login too: what every ticket runs
	customer *pgxpool.Pool
}

// Open connects both pools. It fails if a setting is wrong, if the database does
// not answer, or if it lacks pgvector.
func Open(ctx context.Context, config Config) (*DB, error) {
	appConfig, customerConfig, err := config.parse()
	if err != nil {
		return nil, err
	}
	timeout := config.withDefaults().CustomerStatementTimeout
	app, err := openPool(ctx, appConfig.Copy(), nil)
	if err != nil {
		return nil, fmt.Errorf("connect to DATABASE_URL: %w", err)
	}
	line, err := openPool(ctx, appConfig, linePlans)
	if err != nil {
		app.Close()
		return nil, fmt.Errorf("connect to DATABASE_URL: %w", err)
	}
	customer, err := openPool(ctx, customerConfig, map[string]string{
		"default_transaction_read_only":       "on",
		"statement_timeout":                   milliseconds(timeout),
		"idle_in_transaction_session_timeout": milliseconds(timeout),
	})
	if err != nil {
		app.Close()
		line.Close()
		return nil, fmt.Errorf("connect to DATABASE_URL_CUSTOMER: %w", err)
	}
	return &DB{app: app, line: line, customer: customer}, nil
}

// linePlans suit the few statements that every ticket runs: long ones over
// partitions, which look up single rows. Planning them anew each time costs as
// much as running them, and a plan that is kept must not remember that a table
// was small when it was made.
var linePlans = map[string]string{"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}

// Close waits until every borrowed connection is back, and closes both pools.
func (db *DB) Close() {
	db.customer.Close()
	db.line.Close()
	db.app.Close()
}

// openPool opens a pool whose connections find the schema and know pgvector's types.
func openPool(ctx context.Context, config *pgxpool.Config, parameters map[string]string) (*pgxpool.Pool, error) {
	config.ConnConfig.RuntimeParams["search_path"] = migrations.Schema + ",public"
	config.ConnConfig.RuntimeParams["application_name"] = "signalbox"
	for name, value := range parameters {
		config.ConnConfig.RuntimeParams[name] = value
	}
	config.AfterConnect = registerTypes
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, failure(err, "open pool")
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, failure(err, "ping")
	}
	return pool, nil
}

// registerTypes teaches a connection vector, halfvec and sparsevec.
func registerTypes(ctx context.Context, conn *pgx.Conn) error {
	err := pgvector.RegisterTypes(ctx, conn)
	if err == nil || ctx.Err() != nil || conn.IsClosed() {
		return errors.Join(err, ctx.Err())
	}
	return fault.Wrap(fault.Unavailable, err, "the database lacks pgvector: run `signalbox migrate up`")
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
