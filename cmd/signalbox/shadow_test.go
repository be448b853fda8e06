package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/evals/shadow"
	"github.com/signalbox/signalbox/triage"
)

// sampleHistory writes an invented history without planted problems.
func sampleHistory(t *testing.T, rows int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tickets.csv")
	file, err := os.Create(filepath.Clean(path))
	must(t, err)
	must(t, history.WriteCSV(file, history.Sample(rows, nil, 5)))
	must(t, file.Close())
	return path
}

func TestAReplayIsShownAppliedAndTakenBack(t *testing.T) {
	t.Parallel()
	folder, work := filepath.Join(t.TempDir(), "private"), t.TempDir()
	keepServers(t, folder)
	variables := []string{"SIGNALBOX_DIR=" + folder}
	tickets, page := sampleHistory(t, 1200), filepath.Join(t.TempDir(), "first-hour.html")
	arguments := []string{"shadow", "--history", tickets, "--field", "route", "--work", work}

	var found shadow.Result
	command(t, variables, append(arguments, "--html", page, "--json")...).wants(t, exitOK).decode(t, &found)
	if found.Tickets.Acted == 0 || found.Fields[triage.FieldRoute].Chosen.Threshold == nil || found.Train == 0 {
		t.Fatalf("the replay found %+v", found.Tickets)
	}
	written, err := os.ReadFile(filepath.Clean(page))
	must(t, err)
	if len(written) > 3<<20 || !strings.Contains(string(written), "What Signalbox would have done") {
		t.Errorf("a page of %d bytes", len(written))
	}
	command(t, variables, "policy", "rollback").wants(t, exitNotFound) // nothing was applied

	command(t, variables, append(arguments, "--apply")...).wants(t, exitOK, "kept by an earlier run", "fields.route.mode: auto, was suggest")
	inForce := func() (policy triage.Policy) {
		command(t, variables, "policy", "show", "--json").wants(t, exitOK).decode(t, &policy)
		return policy
	}
	route := inForce().Fields[triage.FieldRoute]
	if route.Mode != triage.ModeAuto || route.Target != 0.95 || route.Threshold < *found.Fields[triage.FieldRoute].Chosen.Threshold-1e-9 {
		t.Errorf("in force is %+v", route)
	}
	var listed struct{ Versions []triage.PolicyVersion }
	command(t, variables, "policy", "history", "--json").wants(t, exitOK).decode(t, &listed)
	if len(listed.Versions) != 1 || listed.Versions[0].Actor == "" {
		t.Errorf("the history is %+v", listed.Versions)
	}
	command(t, variables, "triage", "the portal does not accept my password since the update", "--json").wants(t, exitOK, `"route"`)

	command(t, variables, "policy", "set", "kind", "--mode", "off").wants(t, exitOK)
	command(t, variables, append(arguments, "--apply")...).wants(t, exitOK)
	if kind := inForce().Fields[triage.FieldKind]; kind.Mode != triage.ModeOff {
		t.Errorf("applying changed what was not chosen: %+v", kind)
	}
	command(t, variables, "policy", "rollback", "--to", "1").wants(t, exitOK)
	if kind := inForce().Fields[triage.FieldKind]; kind.Mode == triage.ModeOff {
		t.Errorf("after the rollback kind is %+v", kind)
	}
}

func TestAReplayNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	tickets := writeFile(t, t.TempDir(), "tickets.csv", "description,team\nhello there,first\n")
	for _, wrong := range []struct {
		code      int
		arguments []string
		says      string
	}{
		{exitUsage, nil, "--history"},
		{exitUsage, []string{"--history", "missing.csv"}, "missing.csv"},
		{exitUsage, []string{"--history", tickets, "--target", "1.5"}, "--target"},
		{exitUsage, []string{"--history", tickets, "--column", "colour=x"}, "colour"},
		{exitUsage, []string{"--history", tickets}, "at least 60"},
		{exitUsage, []string{"--history", tickets, "--field", "kind"}, "--column kind=NAME"},
	} {
		result := command(t, nil, append([]string{"shadow"}, wrong.arguments...)...)
		if result.code != wrong.code || !strings.Contains(result.stderr, wrong.says) {
			t.Errorf("%q: code %d, %s", wrong.arguments, result.code, result.stderr)
		}
	}
}

func TestASimulationNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for says, arguments := range map[string][]string{
		"there is no simulation": {"weather"}, "--train": {"promise"}, "--target": {"drift", "--target", "2"}, "--delta": {"drift", "--delta", "0"},
		"--trainings": {"promise", "--train", "x.csv", "--trainings", "0"}, "--resplits": {"promise", "--train", "x.csv", "--resplits", "3"}, "--format": {"promise", "--format", "other"},
	} {
		result := command(t, nil, append([]string{"simulate"}, arguments...)...)
		if result.code != exitUsage || !strings.Contains(result.stderr, says) {
			t.Errorf("%q: code %d, %s", arguments, result.code, result.stderr)
		}
	}
}
