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

// TestSabotageIsNamed breaks the separation in one way at a time.
func TestSabotageIsNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ sql, subject, problem string }{
		"internal leaf":   {`grant select on chunks_internal to {customer}`, "chunks_internal", "SELECT"},
		"vector leaf":     {`grant select on chunk_vectors_internal_1 to {customer}`, "chunk_vectors_internal_1", "SELECT"},
		"parent":          {`grant select on articles to {customer}`, "articles", "SELECT"},
		"to everybody":    {`grant select on messages_internal to public`, "messages_internal", "SELECT"},
		"shown by parent": {`grant select on article_versions to {customer}`, "article_versions", "shows a customer the sentinel"},
		"write":           {`grant insert on articles_public to {customer}`, "articles_public", "INSERT"},
		"references":      {`grant references on customers to {customer}`, "customers", "REFERENCES"},
		"column":          {`grant select (email) on customers to {customer}`, "customers.email", "SELECT"},
		"ticket column":   {`grant select (message_count) on tickets to {customer}`, "tickets.message_count", "SELECT"},
		"column write":    {`grant update (votes) on articles_public to {customer}`, "articles_public.votes", "UPDATE"},
		"no policies":     {`alter table tickets disable row level security`, "tickets", "no enabled row-level security"},
		"not forced":      {`alter table messages_public no force row level security`, "messages_public", "no forced row-level security"},
		"wide policy":     {`drop policy own on tickets; create policy own on tickets for select to {customer} using (true)`, "tickets", "shows a customer the sentinel"},
		"comments policy": {`drop policy own on messages_public; create policy own on messages_public for select to {customer} using (true)`, "messages_public", "shows a customer the sentinel"},
		"second policy":   {`create policy also on tickets for select to {customer} using (channel = 'x')`, "tickets", "unexpected policy also"},
		"public policy":   {`create policy everybody on tickets using (channel = 'x')`, "tickets", "unexpected policy everybody"},
		"policy is gone":  {`drop policy own on tickets`, "tickets", "own (missing)"},
		"view":            {`create view peek as select * from articles_internal; grant select on peek to {customer}`, "peek", "SELECT"},
		"sequence":        {`create sequence counter; grant usage on sequence counter to {customer}`, "counter", "USAGE"},
		"function":        {`create function peek() returns bigint language sql security definer as 'select count(*) from signalbox.chunks_internal'`, "peek", "can be called"},
		"schema":          {`grant create on schema signalbox to {customer}`, "signalbox", "create objects"},
		"moved sentinel":  {`update articles set audience = 'public' where id = '` + sentinelArticle + `'`, "articles_public", "shows a customer the sentinel"},
		"lost sentinel":   {`delete from articles where id = '` + sentinelArticle + `'`, "articles_internal sentinel", "is missing"},
		"app owns":        {`alter table settings owner to {app}`, "{app}", "owns settings"},
		"wrong leaf":      {`alter table articles_public rename to a; alter table articles_internal rename to articles_public; alter table a rename to articles_internal`, "articles_public", "not the public rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, database := openAll(t)
			names, err := db.logins(t.Context())
			must(t, err)
			fill := strings.NewReplacer("{customer}", quoteIdentifier(names.Customer), "{app}", quoteIdentifier(names.App))
			run(t, database.Admin, "set search_path = signalbox, public; "+fill.Replace(test.sql))
			wantFinding(t, db, strings.NewReplacer("{app}", names.App).Replace(test.subject), test.problem)
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
	for name, test := range map[string]struct{ sql, subject, problem string }{
		"superuser":       {`alter role {customer} superuser`, "{customer}", "is superuser"},
		"bypassrls":       {`alter role {customer} bypassrls`, "{customer}", "is bypassrls"},
		"app superuser":   {`alter role {app} superuser`, "{app}", "is superuser"},
		"createrole":      {`alter role {app} createrole`, "{app}", "is createrole"},
		"replication":     {`alter role {customer} replication`, "{customer}", "is replication"},
		"member of app":   {`grant {app} to {customer}`, "{customer}", "is a member of {app}"},
		"app of customer": {`grant {customer} to {app}`, "{app}", "is a member of {customer}"},
		"app of owner":    {`revoke {app} from {owner}; grant {owner} to {app}`, "{app}", "is a member of {owner}"},
		"owner of app":    {`grant {app} to {owner} with inherit true, set true`, "{owner}", "is a member of {app}"},
		"reads all":       {`grant pg_read_all_data to {customer}`, "{customer}", "is a member of pg_read_all_data"},
		"app reads files": {`grant pg_read_server_files to {app}`, "{app}", "is a member of pg_read_server_files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, database, fill := openWithOwnLogins(t)
			run(t, database.Admin, fill.Replace(test.sql))
			plain := strings.NewReplacer(`"`, "")
			wantFinding(t, db, plain.Replace(fill.Replace(test.subject)), plain.Replace(fill.Replace(test.problem)))
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
