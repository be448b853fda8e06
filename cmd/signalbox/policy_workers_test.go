package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/triage"
)

// workersOf are worker processes of one database, by what they last said they loaded.
type workersOf []*process

// reach waits until every worker decides by this model and this version of the policy.
func (w workersOf) reach(t *testing.T, after string, model, policy int) {
	t.Helper()
	started := time.Now()
	for i, worker := range w {
		eventually(t, fmt.Sprintf("worker %d decides by model %d and policy %d after %s", i, model, policy, after), func() bool {
			lines := strings.Split(strings.TrimSpace(worker.stderr.String()), "\n")
			last := ""
			for _, line := range lines {
				if strings.Contains(line, "triage model loaded") {
					last = line
				}
			}
			return strings.Contains(last, fmt.Sprintf("version=%d ", model)) && strings.HasSuffix(last, fmt.Sprintf("policy=%d", policy))
		})
	}
	t.Logf("%s: in force on %d workers after %s", after, len(w), time.Since(started).Round(100*time.Millisecond))
}

// TestEveryWorkerFollows applies, demotes and rolls back a threshold and a model, with
// two worker processes on one database.
func TestEveryWorkerFollows(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program and trains twice")
	}
	t.Parallel()
	s := newStage(t)
	s.run("train", "--taxonomy", s.file("intents.yaml", smallTaxonomy)).wants(t, exitOK)
	both := workersOf{s.start("work"), s.start("work")}
	both.reach(t, "the start", 1, 0)

	s.run("policy", "set", "route", "--mode", "auto", "--threshold", "0.93", "--target", "0.95").wants(t, exitOK, "version 1 is in force", "fields.route.threshold: 0.93, was 0.9")
	both.reach(t, "applying a threshold", 1, 1)
	s.run("policy", "set", "route", "--mode", "suggest").wants(t, exitOK)
	both.reach(t, "demoting a field", 1, 2)
	s.run("policy", "rollback").wants(t, exitOK, "version 3 is in force", "auto, was suggest")
	both.reach(t, "rolling the demotion back", 1, 3)
	s.run("train", "--seed", "2").wants(t, exitOK)
	both.reach(t, "applying a model", 2, 3)
	s.run("train", "--rollback").wants(t, exitOK)
	both.reach(t, "rolling a model back", 1, 3)

	id, secret := s.connect()
	server := serve(t, s.variables)
	server.hook(t, id, secret, eventOf("follow-1", "Hello", "The invoice is wrong")).wants(t, 202)
	eventually(t, "the ticket is decided", func() bool { return s.count("select count(*) from signalbox.decisions") == 1 })
	if n := s.count("select count(*) from signalbox.decisions where details -> 'thresholds' -> 'route' = '0.93' and versions -> 'policy' = '3'"); n != 1 {
		t.Error("the ticket was not decided by the threshold in force")
	}
	s.checkPolicyRecord(t)
	s.run("replay", "--all").wants(t, exitOK, "1 reproduced")
}

// checkPolicyRecord expects who changed what, in the history and in the audit log.
func (s *stage) checkPolicyRecord(t *testing.T) {
	t.Helper()
	var listed struct{ Versions []triage.PolicyVersion }
	s.run("policy", "history", "--json").wants(t, exitOK).decode(t, &listed)
	versions := listed.Versions
	if len(versions) != 3 || versions[0].Action != "policy.rollback" || versions[0].Reason != "version 1 again" || versions[2].Action != "policy.put" || versions[2].Actor != "system" {
		t.Errorf("the history is %+v", versions)
	}
	for action, want := range map[string]int{"policy.put": 2, "policy.rollback": 1, "model.promote": 2, "model.rollback": 1} {
		if n := s.count("select count(*) from signalbox.audit_log where action = '" + action + "'"); n != want {
			t.Errorf("the audit log has %s %d times, want %d", action, n, want)
		}
	}
}

func TestPolicyDiff(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run("policy", "history").wants(t, exitOK, "no policy was stored")
	s.run("policy", "rollback", "--to", "0").wants(t, exitUsage)
	s.run("policy", "diff", "x.yaml", "--from", "1").wants(t, exitUsage)
	s.run("train", "--taxonomy", s.file("intents.yaml", smallTaxonomy)).wants(t, exitOK)
	file := s.file("policy.yaml", "fields:\n  route: {mode: auto, threshold: 0.93, intents: {refund: {mode: suggest}}}\n")
	s.run("policy", "diff", file).wants(t, exitOK, "fields.route.mode: auto, was suggest")
	s.run("policy", "apply", file).wants(t, exitOK, "version 1 is in force", "not in the taxonomy", "refund")
	s.run("policy", "diff", file).wants(t, exitOK, "no difference")
	s.run("policy", "set", "route", "--threshold", "0.95").wants(t, exitOK, "version 2")
	s.run("policy", "diff").wants(t, exitOK, "fields.route.threshold: 0.95, was 0.93")
	s.run("policy", "diff", "--from", "1", "--to", "2").wants(t, exitOK, "fields.route.threshold: 0.95, was 0.93")
	s.run("policy", "diff", "--to", "77").wants(t, exitNotFound)
}
