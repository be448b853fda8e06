package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/triage"
)

func TestThePolicyIsChangedAndRolledBack(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "private")
	keepServers(t, folder)
	variables := []string{"SIGNALBOX_DIR=" + folder}
	var change policyChange
	command(t, variables, "policy", "rollback").wants(t, exitNotFound, "no version")
	command(t, variables, "policy", "set", "route", "--mode", "auto", "--threshold", "0.93", "--json").wants(t, exitOK).decode(t, &change)
	if change.Version != 1 || len(change.Changes) != 2 {
		t.Fatalf("the first change made %+v", change)
	}
	command(t, variables, "policy", "set", "route", "--intent", "refund", "--mode", "suggest", "--reason", "needs 42 more labels").
		wants(t, exitOK, "version 2 is in force", "fields.route.intents.refund.reason: needs 42 more labels")

	inForce := func() (policy triage.Policy) {
		command(t, variables, "policy", "show", "--json").wants(t, exitOK).decode(t, &policy)
		return policy
	}
	if policy := inForce(); policy.Fields["route"].Mode != triage.ModeAuto || policy.Fields["route"].Intents["refund"].Mode != triage.ModeSuggest {
		t.Errorf("in force is %+v", policy.Fields["route"])
	}
	command(t, variables, "policy", "rollback", "--json").wants(t, exitOK).decode(t, &change)
	if change.Version != 3 || !strings.Contains(strings.Join(change.Changes, "\n"), "gone, was suggest") {
		t.Errorf("rolled back: %+v", change)
	}
	if policy := inForce(); policy.Version != 3 || len(policy.Fields["route"].Intents) != 0 || policy.Fields["route"].Threshold != 0.93 {
		t.Errorf("after the rollback in force is %+v", policy.Fields["route"])
	}
	path := writeFile(t, t.TempDir(), "policy.yaml", "fields: {kind: {mode: auto}}\n")
	command(t, variables, "policy", "apply", path).wants(t, exitOK, "fields.kind.mode: auto, was suggest", "fields.route.mode: suggest, was auto")
	command(t, variables, "policy", "apply", path).wants(t, exitOK, "nothing changed")
	command(t, variables, "policy", "rollback", "--to", "1").wants(t, exitOK, "version 5")
	var listed struct{ Versions []triage.PolicyVersion }
	command(t, variables, "policy", "history", "--json").wants(t, exitOK).decode(t, &listed)
	if len(listed.Versions) != 5 || listed.Versions[0].Version != 5 || listed.Versions[0].Actor == "" || time.Since(listed.Versions[4].At) > time.Hour {
		t.Errorf("the history is %+v", listed.Versions)
	}
	command(t, variables, "policy", "history", "--limit", "1").wants(t, exitOK, "version 5")
	for _, wrong := range [][]string{
		{"policy", "set", "rout", "--mode", "auto"}, {"policy", "set", "route"}, {"policy", "set", "route", "--reason", "x", "--mode", "auto"},
		{"policy", "set", "route", "--intent", "a", "--threshold", "0.9"}, {"policy", "history", "--limit", "0"}, {"policy", "apply", "missing.yaml"},
		{"policy", "set", "language", "--mode", "auto"}, {"policy", "set", "route", "--mode", "always"},
	} {
		command(t, variables, wrong...).wants(t, exitUsage)
	}
	command(t, variables, "policy", "rollback", "--to", "99").wants(t, exitNotFound)
}
