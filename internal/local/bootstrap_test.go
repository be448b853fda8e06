package local

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// Both versions that can be fetched have what Signalbox needs.
func TestVersions(t *testing.T) {
	t.Parallel()
	for _, major := range []int{16, 18} {
		t.Run(map[int]string{16: "16", 18: "18"}[major], func(t *testing.T) {
			t.Parallel()
			config := folder(t)
			config.PostgresMajor = major
			servers := open(t, config)
			if servers.PostgresMajor() != major {
				t.Errorf("major version %d, want %d", servers.PostgresMajor(), major)
			}
			urls, err := servers.EnsureDatabase(t.Context(), "signalbox")
			if err != nil {
				t.Fatal(err)
			}
			for query, want := range map[string]string{
				"select (current_setting('server_version_num')::int / 10000)::text":                           map[int]string{16: "16", 18: "18"}[major],
				"select ('[1,0]'::halfvec <=> '[0,1]'::halfvec)::text":                                        "1",
				"select (extversion ~ '^0\\.[89]')::text from pg_extension where extname = 'vector'":          "true",
				"select (select string_agg(x, '' order by x) from unnest(array['b','A','a']) as x)":           "Aab",
				"select current_setting('listen_addresses') || current_setting('server_encoding')":            "UTF8",
				"select current_setting('log_min_error_statement') || current_setting('log_error_verbosity')": "panicterse",
			} {
				if got := ask(t, urls.Admin, query); got != want {
					t.Errorf("%s: got %q, want %q", query, got, want)
				}
			}
			again := folder(t)
			again.Dir, again.PostgresMajor = config.Dir, 0
			if got := open(t, again).PostgresMajor(); got != major {
				t.Errorf("without a wish the folder opens version %d, want that of its cluster, %d", got, major)
			}
		})
	}
}

// The three logins have no rights but their own, and none can become another.
func TestLogins(t *testing.T) {
	t.Parallel()
	servers := open(t, folder(t))
	urls := ensureConcurrently(t, servers)
	for login, address := range map[string]string{MigrateRole: urls.Migrate, AppRole: urls.App, CustomerRole: urls.Customer, Superuser: urls.Admin} {
		if got := ask(t, address, "select current_user::text"); got != login {
			t.Errorf("the address of %s logs in as %s", login, got)
		}
	}
	for query, want := range map[string]string{
		`select count(*)::text from pg_roles where rolname like 'signalbox\_%' and
			(rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication or not rolcanlogin)`: "0",
		`select count(*)::text from pg_roles where rolname like 'signalbox\_%'`: "3",
		`select count(*)::text from pg_auth_members m join pg_roles r on r.oid in (m.roleid, m.member)
			where r.rolname like 'signalbox\_%'`: "0",
		"select rolname::text from pg_database d join pg_roles r on r.oid = datdba where datname = 'shop'": MigrateRole,
	} {
		if got := ask(t, urls.Admin, query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	refuse(t, urls.App, "create table public.mine (a int)", "42501")
	refuse(t, urls.App, "create schema mine", "42501")
	refuse(t, urls.App, "create temp table mine (a int)", "42501")
	refuse(t, urls.App, "set role "+MigrateRole, "42501")
	refuse(t, urls.Migrate, "set role "+AppRole, "42501")
	refuse(t, urls.Migrate, "grant "+AppRole+" to "+MigrateRole, "42501")
	refuse(t, urls.Customer, "set role "+AppRole, "42501")
	if got := ask(t, urls.Customer, "select current_setting('default_transaction_read_only') || current_setting('statement_timeout')"); got != "on5s" {
		t.Errorf("the customers' login starts with %q, want read-only and 5 s", got)
	}
	if got := ask(t, urls.Migrate, "with made as (select 1) select has_schema_privilege('public', 'usage')::text from made"); got != "true" {
		t.Error("the owner may not use the schema public, where pgvector is")
	}
}

// ensureConcurrently makes one database several times at once.
func ensureConcurrently(t *testing.T, servers *Servers) URLs {
	t.Helper()
	var callers sync.WaitGroup
	answers := make([]URLs, 4)
	for i := range answers {
		callers.Go(func() {
			var err error
			if answers[i], err = servers.EnsureDatabase(t.Context(), "shop"); err != nil {
				t.Errorf("EnsureDatabase, several at once: %v", err)
			}
		})
	}
	callers.Wait()
	for _, answer := range answers {
		if answer != answers[0] {
			t.Errorf("addresses differ: %v and %v", answer, answers[0])
		}
	}
	return answers[0]
}

// A name is quoted, whatever it holds.
func TestOddDatabaseName(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.WantRedis = false
	urls, err := open(t, config).EnsureDatabase(t.Context(), `o"dd'; name%I`)
	if err != nil {
		t.Fatal(err)
	}
	if got := ask(t, urls.App, "select current_database()::text"); got != `o"dd'; name%I` {
		t.Errorf("connected to %q", got)
	}
}

func TestRedisURLSuitsBothLibraries(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.WantPostgres = false
	servers := open(t, config)
	address := servers.RedisURL(7)
	options, err := redis.ParseURL(address)
	if err != nil || options.Network != "unix" || options.DB != 7 || options.Addr != servers.redis.socket() {
		t.Errorf("go-redis reads %+v (%v) from %s", options, err, address)
	}
	converted, err := AsynqURI(address)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := asynq.ParseRedisURI(converted)
	if err != nil {
		t.Fatalf("asynq can't read %s: %v", converted, err)
	}
	client := asynq.NewClient(connection)
	defer func() { _ = client.Close() }()
	if err := client.Ping(); err != nil {
		t.Errorf("asynq gets no answer at %s: %v", converted, err)
	}
}

func TestAsynqURI(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"redis://:secret@host:6379/2": "redis://:secret@host:6379/2",
		"rediss://host:6379/0":        "rediss://host:6379/0",
		"unix:///run/redis?db=3":      "redis-socket:///run/redis?db=3",
	} {
		if got, err := AsynqURI(given); err != nil || got != want {
			t.Errorf("AsynqURI(%q) = %q, %v; want %q", given, got, err, want)
		}
	}
	_, err := AsynqURI("redis://:secret\x7f@host")
	says(t, err, "malformed")
	if strings.Contains(err.Error(), "secret") {
		t.Error("the error gives the password away")
	}
}

func TestDatabaseURLs(t *testing.T) {
	t.Parallel()
	got, err := DatabaseURLs("postgres://root:p%40ss@db:5433/postgres?sslmode=disable", "shop")
	if err != nil {
		t.Fatal(err)
	}
	want := "postgres://signalbox_app:p%40ss@db:5433/shop?sslmode=disable"
	if got.App != want {
		t.Errorf("got %s, want %s", got.App, want)
	}
	for _, wrong := range []string{"host=db user=root", "mysql://root@db/x", "postgres://\x7f"} {
		_, err := DatabaseURLs(wrong, "shop")
		says(t, err, "is not a URL")
	}
}

func FuzzDatabaseURLs(f *testing.F) {
	f.Add("postgres://root@db/postgres", "shop")
	f.Add("postgres:///postgres?host=%2Ftmp%2Fx&user=root", "a/b?c")
	f.Fuzz(func(t *testing.T, admin, name string) {
		urls, err := DatabaseURLs(admin, name)
		if err != nil {
			return
		}
		parsed, err := url.Parse(urls.Customer)
		if err != nil {
			return // an odd host that url.Parse takes only once
		}
		if parsed.User.Username() != CustomerRole && parsed.Query().Get("user") != CustomerRole {
			t.Errorf("%q: the customers' address %q logs in as somebody else", admin, urls.Customer)
		}
	})
}

// With a password in the superuser's address the logins can connect by it.
func TestBootstrapSetsPasswords(t *testing.T) {
	t.Parallel()
	config := folder(t)
	config.WantRedis = false
	servers := open(t, config)
	address := servers.AdminURL("postgres") + "&password=s%27cret"
	urls, err := Bootstrap(t.Context(), address, "guarded")
	if err != nil {
		t.Fatal(err)
	}
	query := "select (rolpassword is not null)::text from pg_authid where rolname = $1"
	if got := ask(t, urls.Admin, query, AppRole); got != "true" {
		t.Error("the app's login has no password")
	}
	parsed, err := pgx.ParseConfig(urls.App)
	if err != nil || parsed.Password != "s'cret" {
		t.Errorf("the app's address has password %q (%v)", parsed.Password, err)
	}
}
