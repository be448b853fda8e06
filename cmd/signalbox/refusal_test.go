package main

import (
	"context"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/pgtest"
)

// TestServeRefusesWithoutSeparation breaks the separation in one way at a time.
func TestServeRefusesWithoutSeparation(t *testing.T) {
	t.Parallel()
	s := ownLogins(t)
	customer := s.customerLogin()
	for _, test := range []struct{ name, sabotage, undo, named string }{
		{"internal leaf", "grant select on chunks_internal to " + customer, "revoke select on chunks_internal from " + customer, "chunks_internal"},
		{"internal parent", "grant select on article_versions to " + customer, "revoke select on article_versions from " + customer, "article_versions"},
		{"private notes", "grant select on messages_internal to " + customer, "revoke select on messages_internal from " + customer, "messages_internal"},
		{"wide policy", "create policy wide on tickets for select to " + customer + " using (true)", "drop policy wide on tickets", "tickets"},
		{"bypass", "alter role " + customer + " bypassrls", "alter role " + customer + " nobypassrls", customer},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.sql(test.sabotage)
			refused := command(t, s.variables, "serve").wants(t, exitUnsafe, test.named)
			if strings.Contains(refused.stderr, "listens on") {
				t.Errorf("serve listened before it refused:\n%s", refused.stderr)
			}
			command(t, s.variables, "doctor").wants(t, exitFailed, "problem", "separation", test.named)
			s.sql(test.undo)
			command(t, s.variables, "doctor").wants(t, exitOK, "separation")
		})
	}
}

// ownLogins is a stage with three logins of its own, made and granted by `migrate
// up`, since logins belong to the whole server.
func ownLogins(t *testing.T) *stage {
	t.Helper()
	pg := pgtest.Empty(t)
	s := stageOn(t, pg, pgtest.Redis(t))
	suffix := strings.ToLower(pg.Name[len(pg.Name)-8:])
	names := map[string]string{local.MigrateRole: "owner_" + suffix, local.AppRole: "app_" + suffix, local.CustomerRole: "customer_" + suffix}
	owner := names[local.MigrateRole]
	superuser := func(statement string) {
		if _, err := pg.Admin.Exec(context.Background(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	superuser("create role " + owner + " login createrole")
	superuser("grant create, connect on database \"" + pg.Name + "\" to " + owner + " with grant option")
	t.Cleanup(func() {
		for _, statement := range []string{"drop owned by {} cascade", "drop role {}"} {
			for _, role := range []string{names[local.CustomerRole], names[local.AppRole], owner} {
				superuser(strings.ReplaceAll(statement, "{}", role))
			}
		}
	})
	for role, name := range names {
		pg.URLs.App = strings.Replace(pg.URLs.App, role, name, 1)
		pg.URLs.Customer = strings.Replace(pg.URLs.Customer, role, name, 1)
		pg.URLs.Migrate = strings.Replace(pg.URLs.Migrate, role, name, 1)
	}
	s.variables = stageOn(t, pg, s.redis).variables
	s.run("migrate", "up").wants(t, exitOK, "up to date")
	return s
}

func (s *stage) customerLogin() string {
	s.t.Helper()
	suffix := strings.ToLower(s.pg.Name[len(s.pg.Name)-8:])
	return "customer_" + suffix
}
