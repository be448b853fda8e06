package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/pgtest"
)

// TestEveryCommandExplainsItself walks the whole tree.
func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	var walk func(*cobra.Command)
	walk = func(found *cobra.Command) {
		if found.Name() == "help" || found.Name() == "completion" {
			return
		}
		if found.Short == "" || found.Example == "" {
			t.Errorf("%s has no short description or no example", found.CommandPath())
		}
		help := command(t, nil, append(strings.Fields(found.CommandPath())[1:], "--help")...).wants(t, exitOK, "Examples:", "Usage:")
		if !strings.Contains(help.stdout, strings.TrimSpace(strings.Split(found.Example, "\n")[0])) {
			t.Errorf("%s --help does not show its example", found.CommandPath())
		}
		for _, child := range found.Commands() {
			walk(child)
		}
	}
	walk(newRoot(environment{}))
}

// TestWrongCommandLines expects exit code 2 and what is wrong by its name.
func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	noBody, empty, broken := s.file("a.csv", "id,subject\n1,x\n"), s.file("b.csv", ""), s.file("c.yaml", "intents: 7\n")
	for line, words := range map[string][]string{
		"frobnicate":                    {"frobnicate"},
		"serve now":                     {"now"},
		"migrate sideways":              {"sideways"},
		"doctor --jsn":                  {"--jsn", "--help"},
		"ask":                           {"arg"},
		"jobs retry":                    {"arg"},
		"jobs retry 17":                 {"ID", "list"},
		"jobs list --state lost":        {"--state", "failed, open"},
		"jobs list --before 17":         {"ID"},
		"jobs list --limit many":        {"--limit"},
		"key revoke 17":                 {"ID"},
		"key add":                       {"name"},
		"key add --name x --scope king": {"scope"},
		"key add --name x --scope hook --connection 7":              {"ID"},
		"connection add --kind fax --name x":                        {"--kind", "generic", "zendesk"},
		"connection add":                                            {"name"},
		"connection add --name x --secret short":                    {"secret"},
		"site add":                                                  {"name"},
		"site add --name x --origin nonsense":                       {"origin"},
		"site sign 17":                                              {"ID"},
		"site sign " + uuid.NewString() + " --public-key " + broken: {"--public-key", "openssl"},
		"customer export 17":                                        {"ID"},
		"customer erase 17":                                         {"ID"},
		"ingest " + folder:                                          {"--audience", "public or internal"},
		"ingest " + folder + " --audience all":                      {"--audience"},
		"ingest /nowhere --audience public":                         {"DIR", "folder"},
		"train":                                                     {"taxonomy", "--taxonomy"},
		"train --taxonomy /nowhere":                                 {"--taxonomy"},
		"train --taxonomy " + broken:                                {"taxonomy", "line 1"},
		"train --policy /nowhere":                                   {"--policy"},
		"train --seed minus":                                        {"--seed"},
		"triage":                                                    {"--file"},
		"triage x --file y":                                         {"--file"},
		"triage --file /nowhere":                                    {"--file"},
		"triage --file " + noBody:                                   {"--file", "body"},
		"triage --file " + empty:                                    {"--file", "header"},
		"doctor --config /nowhere":                                  {"--config"},
		"bench intake":                                              {"DATABASE_URL"},
		"demo --once":                                               {"DATABASE_URL"},
	} {
		t.Run(line, func(t *testing.T) { command(t, s.variables, strings.Fields(line)...).wants(t, exitUsage, words...) })
	}
}

// TestUnknownIDs expects exit code 4.
func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, line := range []string{
		"key revoke", "connection disable", "site sign", "customer export", "customer erase", "jobs retry",
	} {
		s.run(append(strings.Fields(line), uuid.NewString())...).wants(t, exitNotFound)
	}
	s.run("train", "--rollback").wants(t, exitNotFound)
}

// TestNoDatabase expects exit code 5.
func TestNoDatabase(t *testing.T) {
	t.Parallel()
	nowhere := func(login string) string { return "postgres://" + login + "@127.0.0.1:1/nothing" }
	s := newStage(t)
	variables := s.with("DATABASE_URL="+nowhere("app"), "DATABASE_URL_CUSTOMER="+nowhere("customer"), "DATABASE_URL_MIGRATE="+nowhere("owner"))
	for _, line := range []string{"serve", "work", "key list", "jobs list", "triage text", "ask text", "migrate status", "migrate up", "customer export " + uuid.NewString()} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			got := command(t, variables, strings.Fields(line)...).wants(t, exitUnavailable)
			if strings.Contains(got.stderr, "panic") {
				t.Error(got.stderr)
			}
		})
	}
	command(t, variables, "doctor").wants(t, exitUnavailable, "DATABASE_URL")
}

func TestIngestNamesBrokenFiles(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	folder := t.TempDir()
	writeFile(t, folder, "good.md", "---\ntitle: Cards\n---\n\n## Change the card\nOpen Billing, then Payment, and enter the new card.\n")
	writeFile(t, folder, "broken.md", "---\ntitle: [\n---\n\nText\n")
	writeFile(t, folder, "binary.md", "\xff\xfe\x00text")
	s.run("ingest", folder, "--audience", "public").wants(t, exitPartial, "created 1", "broken.md", "binary.md", "2 files were skipped")
	var report struct {
		Unchanged int `json:"unchanged"`
		Skipped   []struct{ File, Reason string }
	}
	s.run("ingest", folder, "--audience", "public", "--json").wants(t, exitPartial).decode(t, &report)
	if report.Unchanged != 1 || len(report.Skipped) != 2 {
		t.Errorf("the second report is %+v, want 1 unchanged and 2 skipped", report)
	}
	must(t, os.Remove(filepath.Join(folder, "good.md")))
	s.run("ingest", folder, "--audience", "public", "--keep").wants(t, exitPartial, "archived 0")
	must(t, os.Remove(filepath.Join(folder, "broken.md")))
	must(t, os.Remove(filepath.Join(folder, "binary.md")))
	s.run("ingest", folder, "--audience", "public").wants(t, exitOK, "archived 1")
}

func TestKeysConnectionsAndSites(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var key struct{ ID, Key string }
	s.run("key", "add", "--name", "sidebar", "--group", "finance", "--days", "3", "--json").wants(t, exitOK).decode(t, &key)
	if !strings.HasPrefix(key.Key, "sbx_") {
		t.Errorf("the key is %q", key.Key)
	}
	listed := s.run("key", "list").wants(t, exitOK, key.ID, "sidebar", "finance")
	if strings.Contains(listed.stdout, key.Key) {
		t.Error("key list shows the key")
	}
	server := serve(t, s.variables)
	server.get(t, "/v1/tickets", bearing(key.Key)).wants(t, 200)
	s.run("key", "revoke", key.ID).wants(t, exitOK)
	server.get(t, "/v1/tickets", bearing(key.Key)).wants(t, 401)

	id, secret := s.connect()
	listed = s.run("connection", "list").wants(t, exitOK, id, "generic", "Desk")
	if strings.Contains(listed.stdout, secret) {
		t.Error("connection list shows the secret")
	}
	server.hook(t, id, secret, eventOf("cli-1", "Hello", "Hello there")).wants(t, 202)
	s.run("connection", "disable", id).wants(t, exitOK)
	if refused := server.hook(t, id, secret, eventOf("cli-2", "Hello", "Hello there")); refused.status < 400 || refused.status >= 500 {
		t.Errorf("a disabled connection answers %d", refused.status)
	}
	var site struct {
		ID  string `json:"id"`
		Key string `json:"publishable_key"`
	}
	s.run("site", "add", "--name", "Help", "--origin", "https://help.example.com", "--json").wants(t, exitOK).decode(t, &site)
	s.run("site", "sign", site.ID).wants(t, exitOK, "kid", "HS256", "secret")
	pem := s.file("key.pem", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n")
	if signed := s.run("site", "sign", site.ID, "--public-key", pem).wants(t, exitOK, "EdDSA"); strings.Contains(signed.stdout, "secret") {
		t.Errorf("a public key got a secret:\n%s", signed.stdout)
	}
}

// TestJSONParses runs every command that lists or shows something.
func TestJSONParses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.connect()
	for _, line := range []string{
		"version", "doctor", "key list", "connection list", "jobs list", "jobs list --state open", "jobs list --state done", "jobs list --state poison",
		"migrate status", "ask What?", "ask --agent What?", "triage Help", "site add --name A", "key add --name B", "connection add --name C",
	} {
		got := s.run(append(strings.Fields(line), "--json")...).wants(t, exitOK)
		if !json.Valid([]byte(got.stdout)) || strings.TrimSpace(got.stdout) == "null" {
			t.Errorf("%s --json prints %q", line, got.stdout)
		}
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	pg := pgtest.Empty(t)
	s := stageOn(t, pg, pgtest.Redis(t))
	s.run("migrate", "status").wants(t, exitOK, "pending")
	s.run("serve").wants(t, exitUnavailable, "migrate up")
	s.run("doctor").wants(t, exitFailed, "migrat")
	s.run("migrate", "up").wants(t, exitOK, "up to date")
	s.run("migrate", "up").wants(t, exitOK, "up to date")
	if got := s.run("migrate", "status").wants(t, exitOK); strings.Contains(got.stdout, "pending") {
		t.Errorf("after migrate up:\n%s", got.stdout)
	}
	s.run("migrate", "down").wants(t, exitOK)
	s.run("migrate", "status").wants(t, exitOK, "pending")
	s.run("doctor").wants(t, exitFailed, "problem", "migrat", "signalbox migrate up")
	s.run("serve").wants(t, exitUnavailable, "migrate up")
	s.run("migrate", "up").wants(t, exitOK)
	s.run("doctor").wants(t, exitOK)
	command(t, s.with("DATABASE_URL_MIGRATE="), "migrate", "up").wants(t, exitUsage, "DATABASE_URL_MIGRATE")
}

func TestDoctorNamesRedis(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run("doctor").wants(t, exitOK, "redis", "pgvector", "no triage model", "no article")
	variables := s.with("REDIS_URL=redis://127.0.0.1:1/0")
	command(t, variables, "doctor").wants(t, exitFailed, "problem  redis", "REDIS_URL")
}

// TestWithoutRedis takes tickets in, and ends as it should.
func TestWithoutRedis(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id, secret := s.connect()
	server := serve(t, s.with("REDIS_URL=redis://127.0.0.1:1/0"), "--work")
	if ready := server.get(t, "/readyz", nil).wants(t, 200); !strings.Contains(ready.body, "redis") {
		t.Errorf("readyz does not say that Redis is away: %s", ready.body)
	}
	server.hook(t, id, secret, eventOf("down-1", "Hello", "Redis is away")).wants(t, 202)
	if code := server.stop(); code != exitOK {
		t.Errorf("serve --work that waited for Redis ended with %d, want 0:\n%s", code, server.stderr)
	}
	serve(t, s.variables, "--work")
	eventually(t, "the ticket is decided once Redis is there", func() bool { return s.count("select count(*) from signalbox.decisions") == 1 })
}

func TestFailedJobsAreListedAndRetried(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id, secret := s.connect()
	server := serve(t, s.variables)
	server.hook(t, id, secret, eventOf("job-1", "Hello", "Hello there")).wants(t, 202)
	server.stop()
	s.sql("update outbox set state = 'failed', reason = 'tried too often', finished_at = now() where kind = 'ticket:triage'")
	s.run("doctor").wants(t, exitOK, "1 failed", "jobs retry")
	var jobs []struct{ ID, Kind, Reason string }
	s.run("jobs", "list", "--json").wants(t, exitOK).decode(t, &jobs)
	if len(jobs) != 1 || jobs[0].Kind != "ticket:triage" || jobs[0].Reason != "tried too often" {
		t.Fatalf("the failed jobs are %+v", jobs)
	}
	s.run("jobs", "list").wants(t, exitOK, jobs[0].ID, "tried too often")
	s.run("jobs", "retry", jobs[0].ID).wants(t, exitOK, "open again")
	s.run("jobs", "list").wants(t, exitOK, "no failed work")
	serve(t, s.variables, "--work")
	eventually(t, "the retried job is done", func() bool { return s.count("select count(*) from signalbox.decisions") == 1 })
}

func TestTrainAndRollback(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run("train").wants(t, exitUsage, "there is no taxonomy yet", "--taxonomy intents.yaml")
	taxonomy := s.file("intents.yaml", smallTaxonomy)
	var first, second, held trained
	s.run("train", "--taxonomy", taxonomy, "--json").wants(t, exitOK).decode(t, &first)
	s.run("train", "--seed", "2", "--json").wants(t, exitOK).decode(t, &second)
	s.run("train", "--seed", "3", "--hold", "--json").wants(t, exitOK).decode(t, &held)
	if first.Model.State != "current" || second.Model.Version != 2 || held.Model.State == "current" {
		t.Errorf("the models are %+v, %+v, %+v", first.Model, second.Model, held.Model)
	}
	s.run("doctor").wants(t, exitOK, "triage model 2")
	s.run("train", "--rollback").wants(t, exitOK, first.Model.ID.String())
	s.run("doctor").wants(t, exitOK, "triage model 1")
}
