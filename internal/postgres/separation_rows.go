package postgres

import (
	"context"
	"fmt"
)

// Each leaf must hold what its name says, else a grant on it means nothing.
const selectPartitions = `
select leaf, coalesce(pg_get_expr(c.relpartbound, c.oid), 'nothing') || ' of ' || coalesce(i.inhparent::regclass::text, 'no table')
from unnest($1::text[], $2::text[]) expected(leaf, parent)
left join pg_class c on c.oid = to_regclass('signalbox.' || leaf)
left join pg_inherits i on i.inhrelid = c.oid
where pg_get_expr(c.relpartbound, c.oid) is distinct from 'FOR VALUES IN (''public'')'
   or i.inhparent is distinct from to_regclass('signalbox.' || parent)`

// checkPartitions wants every readable leaf to be the public one of its table.
func (db *DB) checkPartitions(ctx context.Context, _ logins) ([]Finding, error) {
	leaves := append([]string{"messages_public"}, readableLeaves...)
	parents := make([]string, len(leaves))
	for i, leaf := range leaves {
		parents[i] = leaf[:len(leaf)-len("_public")]
	}
	return db.findings(ctx, finding("holds {detail}, not the public rows of its table",
		"attach it again for values in ('public')"), selectPartitions, leaves, parents)
}

const selectRowSecurity = `
select name, case when not coalesce(c.relrowsecurity, false) then 'enable' else 'force' end
from unnest(array['tickets', 'messages_public']) name
left join pg_class c on c.oid = to_regclass('signalbox.' || name)
where not (coalesce(c.relrowsecurity, false) and coalesce(c.relforcerowsecurity, false))`

// checkRowSecurity wants it enabled and forced, so that it holds for the owner too.
func (db *DB) checkRowSecurity(ctx context.Context, _ logins) ([]Finding, error) {
	return db.findings(ctx, finding("has no {detail}d row-level security",
		"alter table signalbox.{subject} {detail} row level security;"), selectRowSecurity)
}

// Role 0 is everybody. A permissive policy can only add to what is seen.
const selectPolicies = `
select c.relname::text, p.polname::text
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace = 'signalbox'::regnamespace
  and not (p.polname = 'own' and p.polcmd = 'r')
  and exists (select from unnest(p.polroles) role where role = 0 or pg_has_role($1, role, 'USAGE'))
union all
select name, 'own (missing)'
from unnest(array['tickets', 'messages_public']) name
where not exists (
  select from pg_policy p where p.polrelid = to_regclass('signalbox.' || name) and p.polname = 'own' and p.polcmd = 'r')
order by 1, 2`

// checkPolicies wants customers to have the policy `own` for reading, and no other.
// Whether it holds is tried on the sentinels.
func (db *DB) checkPolicies(ctx context.Context, names logins) ([]Finding, error) {
	return db.findings(ctx, finding("has the unexpected policy {detail} for the customer login",
		layAnew+`; if it stays: drop policy "{detail}" on signalbox.{subject};`), selectPolicies, names.Customer)
}

const selectSession = `
select current_setting('transaction_read_only'), current_setting('statement_timeout'),
       current_setting('idle_in_transaction_session_timeout')`

// checkSession wants the customer pool's sessions to be read-only and bounded.
func (db *DB) checkSession(ctx context.Context, names logins) ([]Finding, error) {
	var readOnly, timeout, idle string
	if err := db.customer.QueryRow(ctx, selectSession).Scan(&readOnly, &timeout, &idle); err != nil {
		return nil, err
	}
	var found []Finding
	// It needs no privilege on any table, so that only the read-only session refuses it.
	_, err := db.customer.Exec(ctx, "create temporary table signalbox_probe ()")
	if err == nil {
		_, _ = db.customer.Exec(ctx, "drop table if exists pg_temp.signalbox_probe")
	}
	if readOnly != "on" || err == nil {
		found = append(found, Finding{names.Customer, "has a session that can write",
			fmt.Sprintf("alter role %s set default_transaction_read_only = on; and connect without a pooler that drops session settings", quoteIdentifier(names.Customer))})
	}
	if timeout == "0" || idle == "0" {
		found = append(found, Finding{names.Customer, "has a session without time limits",
			fmt.Sprintf("alter role %s set statement_timeout = '5s';", quoteIdentifier(names.Customer))})
	}
	return found, nil
}
