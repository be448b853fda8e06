package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

// TestEveryCommandExplainsItself walks the whole tree.
func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	var walk func(*cobra.Command)
	walk = func(found *cobra.Command) {
		if found.Name() == "help" || found.Name() == "completion" || found.Hidden {
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
		"ingest /nowhere --audience public":                         {"FILE", "folder"},
		"train":                                                     {"taxonomy", "--taxonomy"},
		"train --taxonomy /nowhere":                                 {"--taxonomy"},
		"train --taxonomy " + broken:                                {"taxonomy"},
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
		"replay":                                                    {"--all"},
		"replay 17":                                                 {"ID"},
		"replay " + uuid.NewString() + " --all":                     {"--all"},
		"replay " + uuid.NewString() + " --since 1h":                {"--all"},
		"replay --all --since -1h":                                  {"--since"},
		"bench fuzz --inputs 0":                                     {"Inputs"},
		"bench triage --texts 3":                                    {"Texts"},
		"explain 17":                                                {"ID"},
	} {
		t.Run(line, func(t *testing.T) { command(t, s.variables, strings.Fields(line)...).wants(t, exitUsage, words...) })
	}
}

// TestUnknownIDs expects exit code 4.
func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, line := range []string{
		"key revoke", "connection disable", "site sign", "customer export", "customer erase", "jobs retry", "replay", "explain",
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
	s.run("ingest", folder, "--audience", "public").wants(t, exitUsage, "holds no article any more", "--allow-empty")
	s.run("ingest", folder, "--audience", "public", "--allow-empty").wants(t, exitOK, "archived 1")
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
