package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
)

func TestAFloodOfCustomersLeavesTheAppAlone(t *testing.T) {
	t.Parallel()
	db := open(t) // two customer connections
	for range 2 {
		conn, err := db.customer.Acquire(t.Context())
		must(t, err)
		defer conn.Release()
	}
	if _, err := db.ListKeys(t.Context()); err != nil {
		t.Errorf("the app's query while all customer connections are taken: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := db.CustomerReads().OwnTickets(ctx, uuid.New(), 1, ""); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a customer who gave up waiting: %v, want Unavailable", err)
	}
}

func TestASlowCustomerQueryIsEnded(t *testing.T) {
	t.Parallel()
	urls := pgtest.New(t).URLs
	db, err := Open(t.Context(), Config{URL: urls.App, CustomerURL: urls.Customer, MaxConns: 1, CustomerMaxConns: 1,
		CustomerStatementTimeout: 100 * time.Millisecond})
	must(t, err)
	t.Cleanup(db.Close)
	err = db.asCustomer(t.Context(), uuid.New(), func(batch *pgx.Batch) { batch.Queue("select pg_sleep(60)") })
	if err = failure(err, "sleep"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a query above the timeout: %v, want Unavailable", err)
	}
	if _, _, err := db.CustomerReads().OwnTickets(t.Context(), uuid.New(), 1, ""); err != nil {
		t.Errorf("the next query on the connection: %v", err)
	}
}

func TestConnectionsKnowTheVectorTypes(t *testing.T) {
	t.Parallel()
	db := open(t)
	var dense pgvector.HalfVector
	var sparse pgvector.SparseVector
	must(t, db.customer.QueryRow(t.Context(), "select '[1,2]'::halfvec, '{3:1.5}/10'::sparsevec").Scan(&dense, &sparse))
	if got := dense.Slice(); len(got) != 2 || got[1] != 2 {
		t.Errorf("halfvec read as %v, want [1 2]", got)
	}
	if sparse.Dimensions() != 10 || sparse.Indices()[0] != 2 {
		t.Errorf("sparsevec read as %v, want 1.5 at the third of 10", sparse)
	}
}

func TestKeysetOfTheAuditLogIsBounded(t *testing.T) {
	t.Parallel()
	db := open(t)
	for range 3 {
		_, _, err := db.CreateKey(t.Context(), system, NewKey{Name: "x", Scope: "agent"})
		must(t, err)
	}
	for limit, want := range map[int]int{-1: 1, 2: 2, 1 << 30: 3} {
		if entries, err := db.AuditLog(t.Context(), uuid.Nil, limit); err != nil || len(entries) != want {
			t.Errorf("limit %d: %d entries, %v; want %d", limit, len(entries), err, want)
		}
	}
}
