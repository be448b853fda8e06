package shadow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/triage"
)

func labelled(field string, written ...string) (rows []history.Row) {
	for _, as := range written {
		rows = append(rows, history.Row{Labels: map[string]string{field: as}})
	}
	return rows
}

func TestKeysAreMadeOfWhatPeopleWrote(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"Refund request": "refund_request", "refund-REQUEST ": "refund_request", "Rückgabe": "ruckgabe", "2nd level": "v_2nd_level", "!!": "value",
	} {
		if got := keyOf(slug(written)); got != want {
			t.Errorf("%q has the key %q, want %q", written, got, want)
		}
	}
	japanese, other := keyOf(slug("返金")), keyOf(slug("請求書"))
	if !keyPattern.MatchString(japanese) || japanese == other {
		t.Errorf("keys of other scripts are %q and %q", japanese, other)
	}
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{"Refund", "", "\x00", "É" + string(make([]byte, 300)), "返金", "_", "9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, written string) {
		if key := keyOf(slug(written)); !keyPattern.MatchString(key) {
			t.Errorf("%q has the key %q", written, key)
		}
	})
}

func TestSpellingsOfALabelAreOne(t *testing.T) {
	t.Parallel()
	l := newLabels(labelled(triage.FieldRoute, "Level 2", "level-2", "LEVEL 2", "Finance"), triage.Taxonomy{})
	if len(l.taxonomy.Routes) != 2 || l.taxonomy.Routes[0].Key != "level_2" || l.taxonomy.Routes[0].Name != "Level 2" {
		t.Errorf("routes are %+v", l.taxonomy.Routes)
	}
}

func TestTheOwnersTaxonomyKeepsItsKeys(t *testing.T) {
	t.Parallel()
	known := triage.Taxonomy{
		Routes:  []triage.Route{{Key: "money", Name: "Finance"}, {Key: "unused", Name: "Unused"}},
		Intents: []triage.Intent{{Key: "bill", Name: "Invoice copy", DefaultRoute: "unused"}},
	}
	rows := slices.Concat(labelled(triage.FieldRoute, "Finance", "Finance", "money", "Access"), labelled(triage.FieldIntent, "invoice copy", "Refund"))
	l := newLabels(rows, known)
	if len(l.taxonomy.Routes) != 2 || l.taxonomy.Routes[0].Key != "money" {
		t.Errorf("routes are %+v", l.taxonomy.Routes)
	}
	if got := l.of(rows[4]); got[triage.FieldIntent] != "bill" {
		t.Errorf("the label means %v", got)
	}
	for _, intent := range l.taxonomy.Intents {
		if intent.DefaultRoute != "" {
			t.Errorf("%s has the route %s, which nobody used", intent.Key, intent.DefaultRoute)
		}
	}
	if err := l.taxonomy.Validate(); err != nil {
		t.Errorf("the taxonomy is none: %v", err)
	}
}

func TestRareValuesAreOne(t *testing.T) {
	t.Parallel()
	var rows []history.Row
	for i := range mostRoutes + 20 {
		for range 1 + max(mostRoutes-i, 0) {
			rows = append(rows, labelled(triage.FieldRoute, fmt.Sprint("team ", i))...)
		}
	}
	l := newLabels(rows, triage.Taxonomy{})
	if len(l.taxonomy.Routes) != mostRoutes || l.taxonomy.Routes[mostRoutes-1].Key != otherKey {
		t.Fatalf("%d routes, the last is %+v", len(l.taxonomy.Routes), l.taxonomy.Routes[len(l.taxonomy.Routes)-1])
	}
	if got := l.value(triage.FieldRoute, "team 119"); got != otherKey {
		t.Errorf("a rare team is %q", got)
	}
	if got := l.value(triage.FieldRoute, "founded later"); got != "founded_later" {
		t.Errorf("a later team is %q", got)
	}
}

func TestHelpdesksWordsForFixedValues(t *testing.T) {
	t.Parallel()
	l := newLabels(nil, triage.Taxonomy{})
	for _, c := range []struct{ field, written, want string }{
		{triage.FieldPriority, "P1", triage.BandUrgent}, {triage.FieldPriority, "Medium", triage.BandNormal}, {triage.FieldKind, "Incident", triage.KindBreakFix},
		{triage.FieldKind, "Question", triage.KindAdvisory}, {triage.FieldPriority, "whenever", ""}, {triage.FieldPriority, "", ""},
	} {
		if got := l.value(c.field, c.written); got != c.want {
			t.Errorf("%s %q means %q, want %q", c.field, c.written, got, c.want)
		}
	}
	lines := l.warnings(labelled(triage.FieldPriority, "whenever", "P1", "", "soonish"))
	if len(lines) != 1 || !strings.HasPrefix(lines[0], "2 label(s) of priority") {
		t.Errorf("warned of %q", lines)
	}
}
