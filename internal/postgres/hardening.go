package postgres

import (
	"context"
	"fmt"
	"strings"
)

// Hardening is what Postgres' catalogue still tells the customer login about the
// internal half: numbers of rows, sizes, most common values; never a text.
type Hardening struct {
	Open []string `json:"open"` // relations and functions
	SQL  []string `json:"sql"`  // for a superuser, once in this database; empty if nothing is open
}

// Every login may ask the catalogue by default. A relation's row count stands in
// pg_class; the statistics views and the functions behind them count its rows,
// reads and writes; the size functions measure it. The list covers what Postgres
// 15 to 18 has, by pattern, so that a further view of the same family is found.
const selectOpenCatalogue = `
select format('%I.%I', 'pg_catalog', c.relname), true
from pg_class c
where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
  and (c.relname in ('pg_class', 'pg_attribute', 'pg_constraint', 'pg_statistic_ext')
    or c.relname ~ '^pg_stat(io|)_(xact_|)(all|user|sys)_(tables|indexes|sequences)$' or c.relname ~ '^pg_stats')
  and has_table_privilege($1, c.oid, 'SELECT')
union all
select p.oid::regprocedure::text, false
from pg_proc p
where p.pronamespace = 'pg_catalog'::regnamespace
  and (p.proname ~ '^pg_stat_get_(xact_|)(live|dead|tuples|numscans|blocks|mod_since|ins_since|lastscan|vacuum|autovacuum|analyze|autoanalyze|last_)'
    or p.proname in ('pg_relation_size', 'pg_total_relation_size', 'pg_table_size', 'pg_indexes_size',
      'pg_sequence_last_value', 'pg_relation_filenode', 'pg_relation_filepath'))
  and has_function_privilege($1, p.oid, 'EXECUTE')
order by 1`

// CatalogueHardening lists what is open and the SQL that closes it for everyone
// but the app and the migrating login. It is optional: closing it needs a
// superuser, and other tools that read the catalogue then need a grant.
func (db *DB) CatalogueHardening(ctx context.Context) (Hardening, error) {
	names, err := db.logins(ctx)
	if err != nil {
		return Hardening{}, err
	}
	rows, err := many[struct {
		Name     string
		Relation bool
	}](db.app.Query(ctx, selectOpenCatalogue, names.Customer))
	if err != nil {
		return Hardening{}, failure(err, "look for open catalogue views")
	}
	var hardening Hardening
	var relations, functions []string
	for _, row := range rows {
		hardening.Open = append(hardening.Open, row.Name)
		if row.Relation {
			relations = append(relations, row.Name)
		} else {
			functions = append(functions, row.Name)
		}
	}
	keep := quoteIdentifier(names.App) + ", " + quoteIdentifier(names.Owner)
	hardening.SQL = append(closeFor(keep, "select on", relations), closeFor(keep, "execute on function", functions)...)
	return hardening, nil
}

// closeFor grants first and revokes then, so that the service never goes without.
func closeFor(keep, privilege string, objects []string) []string {
	if len(objects) == 0 {
		return nil
	}
	list := strings.Join(objects, ", ")
	return []string{fmt.Sprintf("grant %s %s to %s;", privilege, list, keep), fmt.Sprintf("revoke %s %s from public;", privilege, list)}
}
