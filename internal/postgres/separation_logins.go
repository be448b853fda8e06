package postgres

import "context"

const selectLoginRights = `
select rolname::text, trait
from pg_roles, unnest(
  array['superuser', 'bypassrls', 'createrole', 'createdb', 'replication'],
  array[rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication]) as held(trait, has)
where has and rolname in ($1, $2)
union all
select rolname::text, 'superuser' from pg_roles where rolname = $3 and rolsuper
union all
select rolname::text, 'bypassrls' from pg_roles where rolname = $3 and rolbypassrls
order by 1, 2`

// checkLogins wants three ordinary logins that differ.
func (db *DB) checkLogins(ctx context.Context, names logins) ([]Finding, error) {
	var found []Finding
	if names.App == names.Customer {
		found = append(found, Finding{names.Customer, "is the login of both pools", "give DATABASE_URL_CUSTOMER a login of its own"})
	}
	rights, err := db.findings(ctx, finding("is {detail}", `alter role "{subject}" no{detail};`),
		selectLoginRights, names.App, names.Customer, names.Owner)
	return append(found, rights...), err
}

// A membership that neither inherits nor may be switched to gives the owner no
// rights: since Postgres 16 whoever creates a role becomes such an admin of it.
// The two logins that serve requests may not even have the admin option, with
// which they could grant themselves the rest.
const selectMemberships = `
with recursive reached(login, role) as (
  select l.oid, m.roleid
  from pg_roles l join pg_auth_members m on m.member = l.oid
  where l.rolname = $2 or l.rolname = $1 and (m.admin_option or pg_has_role(l.oid, m.roleid, 'USAGE') or pg_has_role(l.oid, m.roleid, $4))
  union
  select r.login, m.roleid
  from reached r join pg_auth_members m on m.member = r.role
  where m.admin_option or pg_has_role(r.role, m.roleid, 'USAGE') or pg_has_role(r.role, m.roleid, $4)
)
select l.rolname::text, r.rolname::text
from reached join pg_roles l on l.oid = login join pg_roles r on r.oid = role
where l.rolname = $2 or r.rolname in ($1, $2, $3) or r.rolsuper or r.rolbypassrls or r.rolname like 'pg\_%'
union
select o.rolname::text, r.rolname::text
from pg_roles o, pg_roles r
where o.rolname = $3 and r.rolname in ($1, $2) and o.rolname <> r.rolname and not o.rolsuper
  and (pg_has_role(o.oid, r.oid, 'USAGE') or pg_has_role(o.oid, r.oid, $4))
order by 1, 2`

// checkMemberships wants no login to act as another. The customer login may have
// no membership at all.
func (db *DB) checkMemberships(ctx context.Context, names logins) ([]Finding, error) {
	privilege := "SET" // may switch to it; the option is known since Postgres 16
	if names.Version < 160000 {
		privilege = "MEMBER"
	}
	return db.findings(ctx, finding("is a member of {detail}", `revoke "{detail}" from "{subject}";`),
		selectMemberships, names.App, names.Customer, names.Owner, privilege)
}

const selectOwned = `
select r.rolname::text, 'signalbox' from pg_namespace n join pg_roles r on r.oid = n.nspowner
where nspname = 'signalbox' and r.rolname in ($1, $2)
union all
select r.rolname::text, c.relname::text
from pg_class c join pg_roles r on r.oid = c.relowner
where c.relnamespace = 'signalbox'::regnamespace and r.rolname in ($1, $2) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
union all
select r.rolname::text, p.proname::text
from pg_proc p join pg_roles r on r.oid = p.proowner
where p.pronamespace = 'signalbox'::regnamespace and r.rolname in ($1, $2)
order by 1, 2`

// checkOwners wants the two logins to own nothing: an owner could grant anything.
func (db *DB) checkOwners(ctx context.Context, names logins) ([]Finding, error) {
	return db.findings(ctx, finding("owns {detail}", `reassign owned by "{subject}" to `+quoteIdentifier(names.Owner)+";"),
		selectOwned, names.App, names.Customer)
}
