package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
)

func TestConfigNamesTheWrongSetting(t *testing.T) {
	t.Parallel()
	const app, customer = "postgres://app:hush@h/d", "postgres://customer:hush@h/d"
	must(t, Config{URL: app, CustomerURL: customer}.Validate())
	for _, test := range []struct {
		field  string
		config Config
	}{
		{"DATABASE_URL", Config{CustomerURL: customer}},
		{"DATABASE_URL", Config{URL: "postgres://app:hush@h:port/d", CustomerURL: customer}},
		{"DATABASE_URL_CUSTOMER", Config{URL: app}},
		{"DATABASE_URL_CUSTOMER", Config{URL: app, CustomerURL: app}},
		{"MaxConns", Config{URL: app, CustomerURL: customer, MaxConns: -1}},
		{"CustomerMaxConns", Config{URL: app, CustomerURL: customer, CustomerMaxConns: 5000}},
		{"CustomerStatementTimeout", Config{URL: app, CustomerURL: customer, CustomerStatementTimeout: time.Microsecond}},
	} {
		err := test.config.Validate()
		if err == nil || fault.Safe(err).Field != test.field || fault.Safe(err).Remedy == "" {
			t.Errorf("error %v, want one about %s with a remedy", err, test.field)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("the error about %s shows the password", test.field)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), Config{URL: "postgres://app@127.0.0.1:1/d", CustomerURL: "postgres://customer@127.0.0.1:1/d"})
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("no server: %v, want Unavailable naming DATABASE_URL", err)
	}
	database := pgtest.Empty(t)
	run(t, database.Admin, "drop extension vector")
	_, err = Open(t.Context(), Config{URL: database.URLs.App, CustomerURL: database.URLs.Customer})
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "pgvector") {
		t.Errorf("without pgvector: %v, want Unavailable naming it", err)
	}
}

func TestFailureKinds(t *testing.T) {
	t.Parallel()
	state := func(code string) error { return &pgconn.PgError{Code: code, Message: "hush"} }
	for _, test := range []struct {
		err  error
		want fault.Kind
	}{
		{nil, ""},
		{pgx.ErrNoRows, fault.NotFound},
		{context.Canceled, fault.Unavailable},
		{fault.New(fault.Gone, "gone"), fault.Gone},
		{state("23505"), fault.Conflict}, {state("40001"), fault.Conflict}, {state("40P01"), fault.Conflict},
		{state("23503"), fault.Unprocessable}, {state("22021"), fault.Unprocessable},
		{state("57014"), fault.Unavailable}, {state("57P01"), fault.Unavailable}, {state("53300"), fault.Unavailable},
		{state("42501"), fault.Internal}, {state("42P01"), fault.Internal}, {state(""), fault.Internal},
		{errors.New("odd"), fault.Internal},
	} {
		err := failure(test.err, "read %s", "x")
		if got := fault.KindOf(err); got != test.want {
			t.Errorf("%v: kind %q, want %q", test.err, got, test.want)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "read x: ") || strings.Contains(fault.Safe(err).Message, "hush")) {
			t.Errorf("error %v, want the operation first and a safe message", err)
		}
	}
}

func TestAConnectionThatBreaksIsUnavailable(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	for range 3 { // each attempt may find another broken connection
		run(t, database.Admin, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'signalbox_app'`)
		_, err := db.ListKeys(t.Context())
		if err != nil && !fault.Is(err, fault.Unavailable) {
			t.Errorf("a broken connection: %v, want Unavailable", err)
		}
	}
	db.Close()
	if _, err := db.ListKeys(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a closed pool: %v, want Unavailable", err)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	must(t, db.Readiness(t.Context()))
	newest, err := newestMigration()
	must(t, err)
	for _, test := range []struct {
		sql, want string
	}{
		{fmt.Sprintf("insert into signalbox.schema_migrations (version_id, is_applied) values (%d, true)", newest+1), "newer signalbox"},
		{fmt.Sprintf("delete from signalbox.schema_migrations where version_id >= %d", newest), "migrate up"},
	} {
		run(t, database.Admin, test.sql)
		if err := db.Readiness(t.Context()); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want Unavailable with %q", test.sql, err, test.want)
		}
	}
}

func TestCatalogueHardeningClosesWhatItLists(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	before, err := db.CatalogueHardening(t.Context())
	must(t, err)
	if len(before.Open) < 20 || len(before.SQL) != 4 {
		t.Fatalf("%d are open with %d statements, want the default catalogue and four statements", len(before.Open), len(before.SQL))
	}
	for _, statement := range before.SQL {
		run(t, database.Admin, statement)
	}
	after, err := db.CatalogueHardening(t.Context())
	must(t, err)
	if len(after.Open) != 0 || len(after.SQL) != 0 {
		t.Errorf("after the SQL %v are open, want none", after.Open)
	}
	must(t, db.CheckSeparation(t.Context()))
	must(t, db.Readiness(t.Context()))
	if err := db.customer.QueryRow(t.Context(), "select reltuples from pg_class limit 1").Scan(new(float64)); err == nil {
		t.Error("the customer login still reads row counts")
	}
	reopened, err := Open(t.Context(), Config{URL: database.URLs.App, CustomerURL: database.URLs.Customer})
	must(t, err)
	defer reopened.Close()
	if _, _, err := reopened.CustomerReads().OwnTickets(t.Context(), newID(), 1, ""); err != nil {
		t.Errorf("customers' reads after hardening: %v", err)
	}
}
