package postgres

import (
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/migrations"
)

func TestAMigratedDatabaseIsSeparated(t *testing.T) {
	t.Parallel()
	db := open(t)
	findings, err := db.Separation(t.Context())
	must(t, err)
	for _, finding := range findings {
		t.Errorf("unexpected finding: %s", finding)
	}
	must(t, db.CheckSeparation(t.Context()))
}

// sabotage breaks the separation in one way. Without undo, migrating mends it.
type sabotage struct{ name, sql, undo, subject, problem string }

var sabotages = []sabotage{
	{"internal leaf", `grant select on chunks_internal to {customer}`, "", "chunks_internal", "SELECT"},
	{"vector leaf", `grant select on chunk_vectors_internal_1 to {customer}`, "", "chunk_vectors_internal_1", "SELECT"},
	{"parent", `grant select on articles to {customer}`, "", "articles", "SELECT"},
	{"seen by parent", `grant select on article_versions to {customer}`, "", "article_versions", "shows a customer the sentinel"},
	{"write", `grant insert on articles_public to {customer}`, "", "articles_public", "INSERT"},
	{"references", `grant references on customers to {customer}`, "", "customers", "REFERENCES"},
	{"column", `grant select (email) on customers to {customer}`, "", "customers.email", "SELECT"},
	{"ticket column", `grant select (message_count) on tickets to {customer}`, "", "tickets.message_count", "SELECT"},
	{"column write", `grant update (votes) on articles_public to {customer}`, "", "articles_public.votes", "UPDATE"},
	{"wide policy", `alter policy own on tickets using (true)`, "", "tickets", "shows a customer the sentinel"},
	{"wide comments", `alter policy own on messages_public using (true)`, "", "messages_public", "shows a customer the sentinel"},
	{"no policy", `drop policy own on tickets`, "", "tickets", "own (missing)"},
	{"to everybody", `grant select on messages_internal to public`, `revoke select on messages_internal from public`, "messages_internal", "SELECT"},
	{"not enabled", `alter table tickets disable row level security`, `alter table tickets enable row level security`, "tickets", "no enabled row-level security"},
	{"not forced", `alter table messages_public no force row level security`, `alter table messages_public force row level security`, "messages_public", "no forced row-level security"},
	{"second policy", `create policy also on tickets for select to {customer} using (channel = 'x')`, `drop policy also on tickets`, "tickets", "unexpected policy also"},
	{"public policy", `create policy everybody on tickets using (channel = 'x')`, `drop policy everybody on tickets`, "tickets", "unexpected policy everybody"},
	{"view", `create view peek as select * from articles_internal; grant select on peek to {customer}`, `drop view peek`, "peek", "SELECT"},
	{"sequence", `create sequence counter; grant usage on sequence counter to {customer}`, `drop sequence counter`, "counter", "USAGE"},
	{"function", `create function peek() returns bigint language sql security definer as 'select 1::bigint'`, `drop function peek`, "peek", "can be called"},
	{"schema", `grant create on schema signalbox to {customer}`, `revoke create on schema signalbox from {customer}`, "signalbox", "create objects"},
	{"app owns", `alter table settings owner to {app}`, `alter table settings owner to {owner}`, "{app}", "owns settings"},
	{"moved sentinel", `update articles set audience = 'public' where id = '` + sentinelArticle + `'`,
		`update articles set audience = 'internal' where id = '` + sentinelArticle + `'`, "articles_public", "shows a customer the sentinel"},
	{"wrong leaf", `alter table articles_public rename to a; alter table articles_internal rename to articles_public; alter table a rename to articles_internal`,
		`alter table articles_public rename to a; alter table articles_internal rename to articles_public; alter table a rename to articles_internal`, "articles_public", "not the public rows"},
	{"lost sentinel", `delete from articles where id = '` + sentinelArticle + `'`,
		"", "articles_internal sentinel", "is missing"},
}

// TestSabotageIsNamed breaks and mends one thing at a time.
func TestSabotageIsNamed(t *testing.T) {
	t.Parallel()
	db, database := openAll(t)
	names, err := db.logins(t.Context())
	must(t, err)
	fill := strings.NewReplacer("{customer}", names.Customer, "{app}", names.App, "{owner}", names.Owner)
	roles := migrations.Roles{App: names.App, Customer: names.Customer}
	for _, test := range sabotages {
		run(t, database.Admin, "set search_path = signalbox, public; "+fill.Replace(test.sql))
		t.Run(test.name, func(t *testing.T) {
			wantFinding(t, db, fill.Replace(test.subject), test.problem)
			run(t, database.Admin, "set search_path = signalbox, public; "+fill.Replace(test.undo))
			must(t, migrations.Up(t.Context(), database.URLs.Migrate, roles))
			must(t, db.CheckSeparation(t.Context()))
		})
	}
}

// wantFinding expects a finding about a subject, and that CheckSeparation names it.
func wantFinding(t *testing.T, db *DB, subject, problem string) {
	t.Helper()
	findings, err := db.Separation(t.Context())
	must(t, err)
	var named bool
	for _, finding := range findings {
		named = named || strings.HasPrefix(finding.Subject, subject) && strings.Contains(finding.Problem, problem) && finding.Remedy != ""
	}
	if !named {
		t.Errorf("findings %v, want one that %s: %s", findings, subject, problem)
	}
	if err := db.CheckSeparation(t.Context()); err == nil || !strings.Contains(err.Error(), subject) {
		t.Errorf("CheckSeparation returned %v, want an error naming %s", err, subject)
	}
}

// TestSabotagedLogins uses logins of its own, since roles belong to the whole server.
func TestSabotagedLogins(t *testing.T) {
	t.Parallel()
	db, database, fill := openWithOwnLogins(t)
	names, err := db.logins(t.Context())
	must(t, err)
	fully := "" // since Postgres 16 a repeated grant keeps the options that it had
	if names.Version >= 160000 {
		fully = " with inherit true, set true"
	}
	for _, test := range []sabotage{
		{"superuser", `alter role {customer} superuser`, `alter role {customer} nosuperuser`, "{customer}", "is superuser"},
		{"bypassrls", `alter role {customer} bypassrls`, `alter role {customer} nobypassrls`, "{customer}", "is bypassrls"},
		{"app superuser", `alter role {app} superuser`, `alter role {app} nosuperuser`, "{app}", "is superuser"},
		{"createrole", `alter role {app} createrole`, `alter role {app} nocreaterole`, "{app}", "is createrole"},
		{"replication", `alter role {customer} replication`, `alter role {customer} noreplication`, "{customer}", "is replication"},
		{"owner superuser", `alter role {owner} superuser`, `alter role {owner} nosuperuser`, "{owner}", "is superuser"},
		{"member of app", `grant {app} to {customer}`, `revoke {app} from {customer}`, "{customer}", "is a member of {app}"},
		{"app of customer", `grant {customer} to {app}`, `revoke {customer} from {app}`, "{app}", "is a member of {customer}"},
		{"reads all", `grant pg_read_all_data to {customer}`, `revoke pg_read_all_data from {customer}`, "{customer}", "is a member of pg_read_all_data"},
		{"app reads files", `grant pg_read_server_files to {app}`, `revoke pg_read_server_files from {app}`, "{app}", "is a member of pg_read_server_files"},
		{"owner of app", `grant {app} to {owner}` + fully, `revoke {app} from {owner}`, "{owner}", "is a member of {app}"},
		{"app of owner", `revoke {app} from {owner}; grant {owner} to {app}`, `revoke {owner} from {app}`, "{app}", "is a member of {owner}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			run(t, database.Admin, fill.Replace(test.sql))
			wantFinding(t, db, fill.Replace(test.subject), fill.Replace(test.problem))
			run(t, database.Admin, fill.Replace(test.undo))
			must(t, db.CheckSeparation(t.Context()))
		})
	}
}

// openWithOwnLogins migrates an empty database with three logins that no other
// test has, made by a creator with CREATEROLE: its bare admin option is no finding.
func openWithOwnLogins(t *testing.T) (*DB, *pgtest.DB, *strings.Replacer) {
	t.Helper()
	ctx := t.Context()
	database := pgtest.Empty(t)
	suffix := strings.ToLower(database.Name[len(database.Name)-8:])
	owner, app, customer := "own_"+suffix, "app_"+suffix, "cus_"+suffix
	run(t, database.Admin, "create role "+owner+" login nosuperuser createrole")
	run(t, database.Admin, "grant create, connect on database "+quoteIdentifier(database.Name)+" to "+owner+" with grant option")
	t.Cleanup(func() {
		for _, role := range []string{owner, app, customer} {
			run(t, database.Admin, "drop owned by "+role+" cascade")
		}
		for _, role := range []string{customer, app, owner} {
			run(t, database.Admin, "drop role "+role)
		}
	})
	as := func(role string) string {
		return strings.Replace(database.URLs.Migrate, "signalbox_migrate", role, 1)
	}
	must(t, migrations.Up(ctx, as(owner), migrations.Roles{App: app, Customer: customer}))
	db, err := Open(ctx, Config{URL: as(app), CustomerURL: as(customer), MaxConns: 2, CustomerMaxConns: 2})
	must(t, err)
	t.Cleanup(db.Close)
	must(t, db.CheckSeparation(ctx))
	return db, database, strings.NewReplacer("{customer}", customer, "{app}", app, "{owner}", owner)
}
