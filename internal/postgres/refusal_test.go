package postgres

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// reads are the ways to learn of a relation's rows, or that there are any.
var reads = []string{
	"select * from %s", "select 1 from %s where false", "select count(*) from %s", "explain select * from %s",
	"explain analyze select 1 from %s limit 0", "copy %s to stdout", "copy (select * from %s) to stdout",
	"declare c cursor for select * from %s", "prepare p as select * from %[1]s; execute p", "create temp table t as select * from %s",
	"select * from (select 1) x where exists (select from %s)", "select (select r from %s r limit 1)",
}

// countingReads name no column.
var countingReads = []string{reads[1], reads[2], reads[4], reads[10]}

// byColumn reports the relations of which the customer login may read some columns.
func byColumn(name string) bool {
	return name == "tickets" || name == "messages_public" || name == "embedding_spaces"
}

// locks hold others up, or tell who is writing.
var locks = []string{"lock table %s in access share mode", "lock table %s in access exclusive mode"}

var writes = []string{
	"insert into %s default values", "delete from %s", "truncate %s", "copy %s from stdin",
	"merge into %s t using (select 1) s on false when not matched then insert default values", "drop table %s", "alter table %s add x int",
}

// relations lists the tables, partitions and sequences of the schema.
func relations(t *testing.T, db *DB, kinds string) []string {
	t.Helper()
	rows, err := many[struct{ Name string }](db.app.Query(t.Context(), `select relname::text from pg_class
		where relnamespace = 'signalbox'::regnamespace and relkind = any(string_to_array($1, ',')::"char"[]) order by 1`, kinds))
	must(t, err)
	var names []string
	for _, row := range rows {
		names = append(names, row.Name)
	}
	return names
}

// wantRefused expects SQLSTATE 42501 from the customer login in a transaction
// that may write, so that privileges alone refuse.
func wantRefused(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	ctx := t.Context()
	_, err := conn.PgConn().Exec(ctx, "begin read write; set local search_path = signalbox, public; "+statement).ReadAll()
	var pgError *pgconn.PgError
	if !errors.As(err, &pgError) || pgError.Code != "42501" {
		t.Errorf("%s: error %v, want SQLSTATE 42501", statement, err)
	}
	_, err = conn.PgConn().Exec(ctx, "rollback; deallocate all").ReadAll()
	must(t, err)
}

func TestCustomerIsRefusedEverythingElse(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	conn, err := pgx.Connect(t.Context(), database.URLs.Customer)
	must(t, err)
	defer conn.Close(t.Context())
	readable := append([]string{"chunk_vectors_public_1"}, readableLeaves...)
	for _, name := range relations(t, db, "r,p") {
		for _, write := range writes {
			wantRefused(t, conn, fmt.Sprintf(write, name))
		}
		if slices.Contains(readable, name) {
			continue
		}
		for _, read := range reads {
			// Some of their columns may be read, so that rows may be counted: one's own, by row-level security.
			if byColumn(name) && slices.Contains(countingReads, read) {
				continue
			}
			wantRefused(t, conn, fmt.Sprintf(read, name))
		}
		if !byColumn(name) {
			for _, lock := range locks {
				wantRefused(t, conn, fmt.Sprintf(lock, name))
			}
		}
	}
	for _, name := range relations(t, db, "S") {
		wantRefused(t, conn, "select * from "+name)
		wantRefused(t, conn, fmt.Sprintf("select nextval('%s')", name))
	}
	for _, statement := range []string{
		"select url from embedding_spaces", "select message_count from tickets", "select external_id from tickets", "select sequence from messages_public", "select ticket_id from blind_samples", "select ticket_id from blind_readings", "select field from drift_states", "select author_id from messages_public",
		"create table signalbox.mine ()", "create table public.mine ()", "create schema mine", "set role signalbox_app", "set role signalbox_migrate",
		"alter table tickets disable row level security", "create policy mine on tickets using (true)", "grant select on articles_internal to public",
		"select pg_read_file('/etc/passwd')", "copy articles_public to '/tmp/x'", "set session authorization signalbox_app",
	} {
		wantRefused(t, conn, statement)
	}
}

func TestAppLoginOwnsNothing(t *testing.T) {
	t.Parallel()
	_, database := openAll(t)
	conn, err := pgx.Connect(t.Context(), database.URLs.App)
	must(t, err)
	defer conn.Close(t.Context())
	for _, statement := range []string{
		"drop table tickets", "alter table tickets disable row level security", "drop policy own on tickets", "truncate tickets",
		"update schema_migrations set is_applied = false", "delete from schema_migrations", "create table signalbox.mine ()",
		"set role signalbox_migrate", "alter table chunks disable trigger all", "alter function administered_account() security invoker",
	} {
		wantRefused(t, conn, statement)
	}
}
