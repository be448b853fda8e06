package triage

import (
	"errors"
	"testing"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

const assignmentPolicy = `
assignment:
  - {name: German speakers, when: {route: [help], language: [de]}, route: german}
  - {name: best customers, when: {tier: [enterprise], requester: [vip]}, route: key_accounts}
  - {name: at night, when: {severity: [A], hours: closed}, route: on_call}
  - {name: overflow, when: {route: [help], load_at_least: 50}, route: second_line}
hours:
  help: {time_zone: Europe/Berlin, days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00"}
`

func routed(route string, others ...Score) reading {
	return reading{fields: map[string]fieldReading{FieldRoute: {trained: true, state: Calibrated, scores: append([]Score{{route, 0.6}}, others...)}}}
}

func TestAssignmentRulesRunLastAndAreNamed(t *testing.T) {
	t.Parallel()
	policy, err := ParsePolicy([]byte(assignmentPolicy))
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	sunday := monday.AddDate(0, 0, -1)
	for _, test := range []struct {
		name     string
		input    Input
		language string
		severity string
		route    string
		want     string
		rules    int
	}{
		{"nothing applies", Input{Now: monday}, "en", SeverityC, "help", "help", 0},
		{"language", Input{Now: monday}, "de", SeverityC, "help", "german", 1},
		{"language of another route", Input{Now: monday}, "de", SeverityC, "billing", "billing", 0},
		{"tier and requester", Input{Now: monday, Account: &desk.Account{Tier: "enterprise"}, Customer: &desk.Customer{VIP: true}}, "en", SeverityC, "help", "key_accounts", 1},
		{"tier without requester", Input{Now: monday, Account: &desk.Account{Tier: "enterprise"}}, "en", SeverityC, "help", "help", 0},
		{"one after the other", Input{Now: sunday, Account: &desk.Account{Tier: "enterprise"}, Customer: &desk.Customer{VIP: true}}, "de", SeverityA, "help", "key_accounts", 2},
		{"closed", Input{Now: sunday}, "en", SeverityA, "help", "on_call", 1},
		{"open", Input{Now: monday}, "en", SeverityA, "help", "help", 0},
		{"load", Input{Now: monday, Load: map[string]int{"help": 50}}, "en", SeverityC, "help", "second_line", 1},
		{"less load", Input{Now: monday, Load: map[string]int{"help": 49}}, "en", SeverityC, "help", "help", 0},
	} {
		decision := &Decision{Fields: map[string]Field{
			FieldRoute: {Value: test.route, Confidence: 0.6}, FieldLanguage: {Value: test.language}, FieldSeverity: {Value: test.severity},
		}}
		policy.assignRoute(decision, routed(test.route), test.input)
		if got := decision.Fields[FieldRoute].Value; got != test.want || len(decision.Rules) != test.rules {
			t.Errorf("%s: the route is %s after %v, want %s after %d rules", test.name, got, decision.Rules, test.want, test.rules)
		}
	}
}

// The confidence shown is that of where the ticket goes in the end: two candidates
// that end in one queue are one.
func TestTheConfidenceIsOfTheFinalRoute(t *testing.T) {
	t.Parallel()
	policy := DefaultPolicy()
	policy.Assignment = []AssignmentRule{{Name: "merge", When: Condition{Route: []string{"b"}}, Route: "a"}}
	decision := &Decision{Fields: map[string]Field{FieldRoute: {Value: "b", Confidence: 0.6}}}
	policy.assignRoute(decision, routed("b", Score{"a", 0.3}, Score{"c", 0.1}), Input{})
	got := decision.Fields[FieldRoute]
	if got.Value != "a" || got.Confidence != 0.8999 && got.Confidence != 0.9 || len(got.Scores) != 2 {
		t.Errorf("the route is %+v, want a with 0.9", got)
	}
	if want := (AppliedRule{"merge", "b", "a"}); len(decision.Rules) != 1 || decision.Rules[0] != want {
		t.Errorf("the rules are %v", decision.Rules)
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	day := Hours{TimeZone: "America/New_York", Days: []string{"mon"}, From: "09:00", To: "17:30"}
	night := Hours{TimeZone: "UTC", Days: []string{"fri"}, From: "22:00", To: "06:00"}
	for _, test := range []struct {
		hours Hours
		at    string
		want  bool
	}{
		{day, "2026-03-02T14:00:00Z", true}, {day, "2026-03-02T13:59:00Z", false}, {day, "2026-03-02T22:30:00Z", false},
		{day, "2026-03-02T22:29:00Z", true}, {day, "2026-03-09T13:00:00Z", true}, // summer time has begun
		{day, "2026-03-03T15:00:00Z", false},
		{night, "2026-03-06T23:00:00Z", true}, {night, "2026-03-07T05:59:00Z", true}, {night, "2026-03-07T23:00:00Z", false},
	} {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := test.hours.open(at); got != test.want {
			t.Errorf("%s in %+v: open %v", test.at, test.hours, got)
		}
	}
}

func TestAssignmentNamesTheBadField(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, field string }{
		{"assignment: [{route: a}]", "assignment[0].name"},
		{"assignment: [{name: x, route: a}, {name: x, route: b}]", "assignment[1].name"},
		{"assignment: [{name: x, route: A B}]", "assignment[0].route"},
		{"assignment: [{name: x, route: a, when: {severity: [D]}}]", "assignment[0].when.severity"},
		{"assignment: [{name: x, route: a, when: {requester: [boss]}}]", "assignment[0].when.requester"},
		{"assignment: [{name: x, route: a, when: {hours: late}}]", "assignment[0].when.hours"},
		{"assignment: [{name: x, route: a, when: {load_at_least: -1}}]", "assignment[0].when.load_at_least"},
		{"hours: {a: {time_zone: Mars, days: [mon], from: '08:00', to: '09:00'}}", "hours.a.time_zone"},
		{"hours: {a: {time_zone: UTC, days: [someday], from: '08:00', to: '09:00'}}", "hours.a.days"},
		{"hours: {a: {time_zone: UTC, days: [mon], from: '8', to: '09:00'}}", "hours.a"},
		{"products: ['']", "products[0]"},
		{"patterns: {contract: '('}", "patterns.contract"},
		{"patterns: {contract: '.*'}", "patterns.contract"},
		{"patterns: {Contract: 'a'}", "patterns.Contract"},
		{"priority: {account_value: [{from: -1, points: 2}]}", "priority.account_value[0].from"},
		{"priority: {levels: {red: P1}}", "priority.levels.red"},
		{"priority: {monitored: {down: 101}}", "priority.monitored.down"},
		{"fields: {act: {mode: auto}}", "fields.act.mode"},
	} {
		_, err := ParsePolicy([]byte(test.text))
		var failure *fault.Error
		if !errors.As(err, &failure) || failure.Field != test.field || failure.Remedy == "" {
			t.Errorf("%s: the error is %v, want one about %s with a remedy", test.text, err, test.field)
		}
	}
}
