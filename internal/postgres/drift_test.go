package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

func putPolicy(t testing.TB, db *DB, policy triage.Policy) triage.Policy {
	t.Helper()
	current, err := db.Policy(t.Context())
	must(t, err)
	policy.Version = current.Version
	stored, _, err := db.PutPolicy(t.Context(), admin, policy, PolicyEdit{Action: PolicyPut})
	must(t, err)
	return stored
}

// acting lets the route act alone.
func acting(threshold, target float64) triage.Policy {
	policy := triage.DefaultPolicy()
	policy.Review.MinutesADay = 480
	policy.Fields[triage.FieldRoute] = triage.FieldPolicy{Mode: triage.ModeAuto, Threshold: threshold, Target: target}
	return policy
}

// answered draws tickets whose route was decided alone, and answers each: wrong ones
// first.
func answered(t testing.TB, db *DB, connection uuid.UUID, name string, policy int64, right, wrong int) {
	t.Helper()
	for i := range right + wrong {
		receipt := drawInto(t, db, connection, fmt.Sprintf("%s-%d", name, i), 1, func(decision *triage.Decision) {
			decision.Versions.Policy = policy
			field := decision.Fields[triage.FieldRoute]
			field.Outcome = triage.Auto
			decision.Fields[triage.FieldRoute] = field
		})
		value := "identity"
		if i < wrong {
			value = "billing"
		}
		_, err := db.AnswerBlind(t.Context(), reader(), receipt.TicketID, map[string]string{triage.FieldRoute: value})
		must(t, err)
	}
	run(t, db.app, "update blind_readings set read_at = read_at - interval '5 minutes' where checked_at is null")
}

func routePromise(t testing.TB, db *DB) triage.FieldPromise {
	t.Helper()
	report, err := db.Promise(t.Context())
	must(t, err)
	for _, field := range report.Fields {
		if field.Field == triage.FieldRoute {
			return field
		}
	}
	t.Fatal("the route is not reported")
	return triage.FieldPromise{}
}

func TestAFieldThatFailsIsTakenBack(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	policy := putPolicy(t, db, acting(0.9, 0.95))
	answered(t, db, connection, "good", policy.Version, 20, 1)
	demoted, err := db.CheckDrift(t.Context())
	if err != nil || len(demoted) != 0 {
		t.Fatalf("with 1 of 21 wrong %+v is demoted, %v", demoted, err)
	}
	stands := routePromise(t, db)
	if stands.State != promise.Inconclusive || stands.Cases != 21 || stands.Right != 20 || stands.Precision == nil || stands.Interval.Low > 0.95 || stands.Interval.High < 0.95 {
		t.Errorf("the route stands at %+v", stands)
	}
	report, err := db.Promise(t.Context())
	must(t, err)
	if whole := report.Tickets; whole == nil || whole.Cases != 21 || whole.Right != 20 || whole.Target != 0.95 || whole.Interval.High < 0.95 {
		t.Errorf("whole tickets stand at %+v", whole)
	}
	if demoted, err = db.CheckDrift(t.Context()); err != nil || len(demoted) != 0 || routePromise(t, db).Cases != 21 {
		t.Errorf("a second check counts again: %+v, %v", routePromise(t, db), err)
	}
	// Another part of the policy does not begin a new watch.
	other := acting(0.9, 0.95)
	other.UnsureBelow = 0.5
	policy = putPolicy(t, db, other)
	answered(t, db, connection, "bad", policy.Version, 5, 12)
	demoted, err = db.CheckDrift(t.Context())
	if err != nil || len(demoted) != 1 || demoted[0].Field != triage.FieldRoute || !strings.Contains(demoted[0].Reason, "25 of 38") {
		t.Fatalf("with 13 of 38 wrong %+v is demoted, %v", demoted, err)
	}
	after, err := db.Policy(t.Context())
	must(t, err)
	if field := after.Fields[triage.FieldRoute]; field.Mode != triage.ModeSuggest || field.Threshold != 0.9 || after.UnsureBelow != 0.5 {
		t.Errorf("after the demotion the policy is %+v", after)
	}
	versions, err := db.PolicyVersions(t.Context(), 1)
	must(t, err)
	if v := versions[0]; v.Action != PolicyDemote || v.Actor != "system" || v.Reason != demoted[0].Reason || len(v.Changes) != 1 {
		t.Errorf("the history says %+v", v)
	}
	if stands = routePromise(t, db); stands.State != promise.Fails || stands.Mode != triage.ModeSuggest || stands.Cases != 38 {
		t.Errorf("after the demotion the route stands at %+v", stands)
	}
	if demoted, err = db.CheckDrift(t.Context()); err != nil || len(demoted) != 0 {
		t.Errorf("a check after the demotion: %+v, %v", demoted, err)
	}
}

func TestAnotherThresholdBeginsANewWatch(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	first := putPolicy(t, db, acting(0.9, 0.95))
	answered(t, db, connection, "first", first.Version, 10, 4)
	second := putPolicy(t, db, acting(0.95, 0.95))
	answered(t, db, connection, "second", second.Version, 3, 0)
	answered(t, db, connection, "stale", first.Version, 0, 1) // decided by a worker that had not followed yet
	demoted, err := db.CheckDrift(t.Context())
	if stands := routePromise(t, db); err != nil || len(demoted) != 0 || stands.Cases != 3 || stands.Since != second.Version {
		t.Errorf("the new watch stands at %+v; demoted %+v, %v", stands, demoted, err)
	}
	// Rolled back, the earlier threshold begins anew as well.
	_, _, err = db.RollBackPolicy(t.Context(), admin, 0)
	must(t, err)
	if stands := routePromise(t, db); stands.Cases != 0 || stands.State != promise.Inconclusive {
		t.Errorf("after the rollback the route stands at %+v", stands)
	}
}

func TestAThresholdByHandIsNotDemoted(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	policy := putPolicy(t, db, acting(0.5, 0))
	answered(t, db, connection, "bad", policy.Version, 5, 15)
	if demoted, err := db.CheckDrift(t.Context()); err != nil || len(demoted) != 0 {
		t.Errorf("%+v is demoted although nothing was promised, %v", demoted, err)
	}
	if due, err := db.DriftDue(t.Context()); err != nil || !due {
		t.Errorf("due: %v, %v", due, err)
	}
}

func TestDriftIsDueAsOftenAsThePolicySays(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	expect := func(want bool, when string) {
		t.Helper()
		if due, err := db.DriftDue(t.Context()); err != nil || due != want {
			t.Errorf("%s it is due: %v, %v", when, due, err)
		}
	}
	expect(false, "with nothing on auto")
	putPolicy(t, db, acting(0.9, 0.95))
	expect(true, "before the first check")
	_, err := db.CheckDrift(t.Context())
	must(t, err)
	expect(false, "right after a check")
	run(t, db.app, "update drift_states set checked_at = now() - interval '7 days'")
	expect(true, "a week later")
}

func TestErasedTicketsLeaveTheSample(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	receipt := drawInto(t, db, connect(t, db), "1", 1, nil)
	_, err := db.AnswerBlind(t.Context(), reader(), receipt.TicketID, map[string]string{triage.FieldIntent: "login"})
	must(t, err)
	_, err = db.EraseCustomer(t.Context(), admin, value[uuid.UUID](t, db.app, "select customer_id from tickets where id = $1", receipt.TicketID))
	must(t, err)
	if n := count(t, db, "blind_samples") + count(t, db, "blind_readings"); n != 0 {
		t.Errorf("%d rows of the sample outlive their person", n)
	}
}

func TestBlindPlanFollowsWhatActs(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	for i := range 30 {
		receive(t, db, event(connection, fmt.Sprint("d", i), fmt.Sprint("T", i), "u1"))
	}
	quiet, err := db.BlindPlan(t.Context())
	must(t, err)
	if quiet.TicketsADay != 30 || quiet.Sample.PerDay < 4 || quiet.Sample.PerDay > 6 {
		t.Errorf("with nothing on auto the plan is %+v, want some 5 of 30", quiet)
	}
	policy := acting(0.9, 0.95)
	policy.Review.MinutesADay = 5
	putPolicy(t, db, policy)
	busy, err := db.BlindPlan(t.Context())
	must(t, err)
	if busy.Sample.PerDay <= quiet.Sample.PerDay || busy.Sample.Minutes > 5.001 || !busy.Sample.Capped {
		t.Errorf("with the route on auto the plan is %+v, want 5 minutes and more wanted", busy)
	}
}
