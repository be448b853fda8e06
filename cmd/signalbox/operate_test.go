package main

import (
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/pgtest"
)

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

func TestIncidentAndMonitoring(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.run("incident", "show").wants(t, exitOK, "no incident is open; monitoring is off")
	s.run("incident", "open").wants(t, exitOK, "an incident is open")
	s.run("monitoring", "down").wants(t, exitOK, "an incident is open; monitoring is down")
	s.run("incident", "close").wants(t, exitOK, "no incident is open; monitoring is down")
	for _, status := range []string{"degraded", "ok", "off"} {
		s.run("monitoring", status).wants(t, exitOK, "monitoring is "+status)
	}
	if got := s.count("select count(*) from signalbox.audit_log where action = 'setting.put'"); got != 6 {
		t.Errorf("%d changes are in the audit log, want 6", got)
	}
	var status struct {
		Monitoring string `json:"monitoring"`
	}
	s.run("monitoring", "show", "--json").wants(t, exitOK).decode(t, &status)
	if status.Monitoring != "off" {
		t.Errorf("monitoring is %q, want off", status.Monitoring)
	}
}
