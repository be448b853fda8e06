package samplecompany

import (
	"io/fs"
	"reflect"
	"testing"
	"time"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/triage"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	company := load(t)
	for _, count := range []struct {
		what      string
		got, want int
	}{
		{"accounts", len(company.Accounts), 45},
		{"customers", len(company.Customers), 122},
		{"tickets", len(company.Tickets), 400},
		{"labels", len(company.Labels()), 400},
		{"second labels", len(company.second), 100},
		{"questions", len(company.Questions), 60},
		{"intents", len(company.Taxonomy.Intents), 12},
		{"routes", len(company.Taxonomy.Routes), 6},
		{"public articles", countArticles(t, company, desk.Public), 60},
		{"internal articles", countArticles(t, company, desk.Internal), 30},
	} {
		if count.got != count.want {
			t.Errorf("%d %s, want %d", count.got, count.what, count.want)
		}
	}
	for _, customer := range company.Customers {
		if _, err := time.LoadLocation(customer.TimeZone); err != nil {
			t.Errorf("customer %s: time zone %q does not exist", customer.ID, customer.TimeZone)
		}
	}
}

func countArticles(t *testing.T, company *Company, audience desk.Audience) int {
	t.Helper()
	names, err := fs.Glob(articlesOf(t, company, audience), "*.md")
	must(t, err)
	return len(names)
}

func TestSplitIsByTime(t *testing.T) {
	t.Parallel()
	train, test := load(t).Split()
	if len(train) != 300 || len(test) != 100 {
		t.Fatalf("split into %d and %d tickets, want 300 and 100", len(train), len(test))
	}
	if last, first := train[len(train)-1], test[0]; !last.CreatedAt.Before(first.CreatedAt) {
		t.Errorf("ticket %s of the training half is not older than %s of the test half", last.ID, first.ID)
	}
	for _, ticket := range test {
		if ticket.ID[:3] != "b4-" {
			t.Errorf("ticket %s is tested on, want the fourth batch only", ticket.ID)
		}
	}
}

func TestPolicyShowsWhatAutoIs(t *testing.T) {
	t.Parallel()
	policy := load(t).Policy
	for field, allowed := range policy.Fields {
		want := triage.ModeSuggest
		if field == triage.FieldRoute {
			want = triage.ModeAuto
		}
		if allowed.Mode != want {
			t.Errorf("policy of %s is %s, want %s", field, allowed.Mode, want)
		}
	}
	if threshold := policy.Fields[triage.FieldRoute].Threshold; threshold != 0.85 {
		t.Errorf("the route is set alone from %.2f on, want 0.85", threshold)
	}
	if want := []string{"en", "de", "fr"}; !reflect.DeepEqual(policy.Languages, want) {
		t.Errorf("languages %v, want %v", policy.Languages, want)
	}
}

// A label of an internal matter must never be readable by customers.
func TestNothingInternalIsPublic(t *testing.T) {
	t.Parallel()
	company := load(t)
	internal, err := fs.Glob(articlesOf(t, company, desk.Internal), "*.md")
	must(t, err)
	for _, name := range internal {
		if _, err := fs.Stat(articlesOf(t, company, desk.Public), name); err == nil {
			t.Errorf("%s is in both audiences, want internal only", name)
		}
	}
}
