package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/seal"
	"github.com/signalbox/signalbox/triage"
)

// TestReplayAndExplain decides tickets with a real worker and asks for their records.
func TestReplayAndExplain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	connection, secret := s.connect()
	server := serve(t, s.variables, "--work")
	decide := func(id, body string) uuid.UUID {
		before := s.count("select count(*) from signalbox.decisions")
		server.hook(t, connection, secret, eventOf(id, "Sign in", body)).wants(t, http.StatusAccepted)
		eventually(t, "the ticket is decided", func() bool { return s.count("select count(*) from signalbox.decisions") > before })
		var decision uuid.UUID
		must(t, s.pg.Admin.QueryRow(t.Context(), "select current_decision_id from signalbox.tickets where external_id = $1", id).Scan(&decision))
		return decision
	}
	untaught := decide("1", "It says AUTH_498 and I am locked out.")
	s.run("train", "--taxonomy", s.file("intents.yaml", smallTaxonomy)).wants(t, exitOK)
	s.sql("insert into labels (id, ticket_id, field, value, provenance, actor_kind) select gen_random_uuid(), id, 'intent', 'sign_in', 'blind', 'agent' from tickets where external_id = '1'")
	s.run("train", "--policy", s.file("policy.yaml", "unsure_below: 0.3\n")).wants(t, exitOK)
	server.stop()
	server = serve(t, s.variables, "--work")
	taught := decide("2", "The password is refused and AUTH_498 is shown, urgent.")

	for _, id := range []uuid.UUID{untaught, taught} {
		s.run("replay", id.String()).wants(t, exitOK, "reproduced")
	}
	s.run("train", "--policy", s.file("policy.yaml", "unsure_below: 0.6\n")).wants(t, exitOK) // another policy and model since
	var counts replays
	s.run("replay", "--all", "--since", "1h", "--json").wants(t, exitOK).decode(t, &counts)
	if counts.Decisions != 2 || counts.Reproduced != 2 {
		t.Errorf("the counts are %+v, want 2 reproduced", counts)
	}
	testExplain(t, s, untaught, taught)
	rotated := s.with("SIGNALBOX_SECRET_KEYS=" + seal.NewKey("test").String())
	command(t, rotated, "replay", taught.String()).wants(t, exitPartial, "gone: hash key", "differs: input_hash")
	testReplayOfWhatIsGone(t, s, untaught, taught)
}

func testExplain(t *testing.T, s *stage, untaught, taught uuid.UUID) {
	t.Helper()
	s.run("explain", taught.String()).wants(t, exitOK, "is the sum of", "intent", "for", "“", "nearest tickets", "Sign in")
	s.run("explain", untaught.String()).wants(t, exitOK, "no model was trained yet")
	var explanation triage.Explanation
	s.run("explain", taught.String(), "--json").wants(t, exitOK).decode(t, &explanation)
	if len(explanation.Nearest) != 1 || explanation.Nearest[0].Labels[triage.FieldIntent] != "sign_in" || len(explanation.Pieces[triage.FieldIntent].For) == 0 {
		t.Errorf("the explanation is %+v", explanation)
	}
}

func testReplayOfWhatIsGone(t *testing.T, s *stage, untaught, taught uuid.UUID) {
	t.Helper()
	s.sql("update decisions set priority = priority + 1 where id = '" + taught.String() + "'")
	s.run("replay", taught.String()).wants(t, exitFailed, "differs: priority")
	s.run("replay", "--all").wants(t, exitFailed, "2 decisions: 1 reproduced, 1 differ", taught.String())
	s.sql("update decisions set priority = priority - 1 where id = '" + taught.String() + "'")
	for _, step := range []struct{ sql, want string }{
		{"update decisions set versions = versions || '{\"detectors\": \"older\"}'", "gone: detectors"},
		{"delete from setting_versions where name = 'policy' and version = 1", "gone: policy: version 1 is unknown"},
		{"insert into setting_versions (name, version, value) values ('policy', 1, '{}'); update decisions set model_id = null; delete from models where version = 2", "gone: model: version 2 was deleted"},
		{"update decisions set details = details - 'facts'", "gone: facts"},
		{"update tickets set erased_at = now() where external_id = '2'", "gone: text: the ticket was erased"},
	} {
		s.sql(step.sql)
		s.run("replay", taught.String()).wants(t, exitPartial, step.want)
	}
	s.run("explain", taught.String()).wants(t, exitOK, "erased")
	s.run("replay", "--all").wants(t, exitPartial, "2 of which something is gone", "gone: facts (1)", "gone: text (1)")
	if got := s.run("replay", untaught.String(), "--json").wants(t, exitPartial); !strings.Contains(got.stdout, `"result": "gone"`) {
		t.Errorf("replay --json prints %s", got.stdout)
	}
}
