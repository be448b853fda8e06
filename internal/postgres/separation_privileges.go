package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// readableLeaves is what the customer login may read whole. A leaf of another
// embedding space below chunk_vectors_public is allowed too.
var readableLeaves = []string{
	"articles_public", "article_versions_public", "chunks_public", "chunk_vectors_public",
	"lexeme_frequencies_public", "lexical_statistics_public", "vocabulary_public", "suggestions_public",
}

// readableColumns is what it may read of the relations under row-level security.
var readableColumns = []string{
	"tickets.id", "tickets.customer_id", "tickets.account_id", "tickets.subject", "tickets.status",
	"tickets.channel", "tickets.created_at",
	"messages_public.audience", "messages_public.id", "messages_public.ticket_id", "messages_public.author_kind",
	"messages_public.body", "messages_public.quoted", "messages_public.signature", "messages_public.sent_at",
	"embedding_spaces.id", "embedding_spaces.state",
}

func quoteIdentifier(name string) string { return pgx.Identifier{name}.Sanitize() }

// has_…_privilege counts what comes by PUBLIC, by membership and by ownership.
// MAINTAIN is known since Postgres 17; it would allow LOCK TABLE.
const selectPrivileges = `
select c.relname::text, privilege
from pg_class c, unnest($2::text[]) privilege
where c.relnamespace = 'signalbox'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and has_table_privilege($1, c.oid, privilege)
  and not (privilege = 'SELECT' and (
    c.relname = any($3)
    or exists (select from pg_inherits where inhrelid = c.oid and inhparent = to_regclass('signalbox.chunk_vectors_public'))))
union all
select c.relname::text, privilege
from pg_class c, unnest(array['SELECT', 'USAGE', 'UPDATE']) privilege
where c.relnamespace = 'signalbox'::regnamespace and c.relkind = 'S' and has_sequence_privilege($1, c.oid, privilege)
order by 1, 2`

// checkPrivileges compares every privilege on every relation with what is allowed.
func (db *DB) checkPrivileges(ctx context.Context, names logins) ([]Finding, error) {
	privileges := []string{"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"}
	if names.Version >= 170000 {
		privileges = append(privileges, "MAINTAIN")
	}
	return db.findings(ctx, finding("gives the customer login {detail}", layAnew+
		`; if it stays: revoke {detail} on signalbox."{subject}" from `+quoteIdentifier(names.Customer)+", public;"),
		selectPrivileges, names.Customer, privileges, readableLeaves)
}

// A table's privilege shows in each of its columns: those were reported above.
const selectColumnPrivileges = `
select c.relname || '.' || a.attname, privilege
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) privilege
where c.relnamespace = 'signalbox'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and not has_table_privilege($1, c.oid, privilege)
  and has_column_privilege($1, c.oid, a.attnum, privilege)
  and not (privilege = 'SELECT' and c.relname || '.' || a.attname = any($2))
order by 1, 2`

// checkColumns does the same for privileges on single columns.
func (db *DB) checkColumns(ctx context.Context, names logins) ([]Finding, error) {
	return db.findings(ctx, finding("gives the customer login {detail} on the column", layAnew+
		"; if it stays, revoke {detail} of that column from "+quoteIdentifier(names.Customer)+" and public"),
		selectColumnPrivileges, names.Customer, readableColumns)
}

const selectFunctions = `
select p.proname::text, ''
from pg_proc p
where p.pronamespace = 'signalbox'::regnamespace and has_function_privilege($1, p.oid, 'EXECUTE')
  and p.proname <> 'administered_account'
order by 1`

// checkFunctions wants no other function of ours to be called: one that runs as
// its owner would be a way round.
func (db *DB) checkFunctions(ctx context.Context, names logins) ([]Finding, error) {
	return db.findings(ctx, finding("can be called by the customer login",
		`revoke all on function signalbox."{subject}" from `+quoteIdentifier(names.Customer)+", public;"), selectFunctions, names.Customer)
}

const selectCreate = `
select nspname::text, 'schema' from pg_namespace
where nspname in ('signalbox', 'public') and has_schema_privilege($1, oid, 'CREATE')
union all
select datname::text, 'database' from pg_database
where datname = current_database() and has_database_privilege($1, oid, 'CREATE')
order by 1`

// checkSchemas wants the customer login to create nothing beside our tables.
func (db *DB) checkSchemas(ctx context.Context, names logins) ([]Finding, error) {
	return db.findings(ctx, finding("lets the customer login create objects",
		`revoke create on {detail} "{subject}" from `+quoteIdentifier(names.Customer)+", public;"), selectCreate, names.Customer)
}
