package priority

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
	"github.com/signalbox/signalbox/triage"
)

var update = flag.Bool("update", false, "rewrite the golden file")

func engine() *triage.Engine {
	return triage.NewEngine(nil, triage.DefaultPolicy(), triage.EngineOptions{HashKey: []byte("key of the judgements")})
}

// shout is what trifles are dressed up with.
const shout = "\n\nURGENT!!! production down"

// TestStatisticsPriority judges the shipped detectors and default weights: nothing of
// the owner's is learned here.
func TestStatisticsPriority(t *testing.T) {
	t.Parallel()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, half := range []struct {
		name        string
		development bool
	}{{"development half", true}, {"reported half", false}} {
		for _, hard := range []bool{false, true} {
			fmt.Fprintf(&lines, "pairs, %s, %s  %s\n", half.name, map[bool]string{false: "easy", true: "hard"}[hard], agreement(t, set.Pairs, half.development, hard))
		}
	}
	fmt.Fprintf(&lines, "polite but on fire, urgent            %s\n", share(t, set.Polite, "", isUrgent))
	fmt.Fprintf(&lines, "polite but on fire, high or urgent    %s\n", share(t, set.Polite, "", func(d triage.Decision) bool { return d.Priority >= 55 }))
	fmt.Fprintf(&lines, "trifles, urgent                       %s\n", share(t, set.Trivial, "", isUrgent))
	fmt.Fprintf(&lines, "trifles, high or urgent               %s\n", share(t, set.Trivial, "", func(d triage.Decision) bool { return d.Priority >= 55 }))
	fmt.Fprintf(&lines, "trifles that shout, urgent unreviewed %s\n", share(t, set.Trivial, shout, func(d triage.Decision) bool { return isUrgent(d) && d.Outcome != triage.Review }))
	fmt.Fprintf(&lines, "trifles that shout, urgent            %s\n", share(t, set.Trivial, shout, isUrgent))
	golden(t, "priority.golden", lines.String())
}

func isUrgent(decision triage.Decision) bool {
	return decision.Fields[triage.FieldPriority].Value == triage.BandUrgent
}

func agreement(t *testing.T, pairs []Pair, development, hard bool) string {
	t.Helper()
	sum, n := 0.0, 0
	for _, pair := range pairs {
		if pair.Development() != development || pair.Hard != hard {
			continue
		}
		right, err := pair.Order(engine())
		if err != nil {
			t.Fatal(err)
		}
		sum += right
		n++
	}
	return interval(sum, n)
}

func share(t *testing.T, cases []Case, added string, counts func(triage.Decision) bool) string {
	t.Helper()
	found := 0.0
	for _, c := range cases {
		c.Body += added
		decision, err := engine().Decide(c.Input())
		if err != nil {
			t.Fatal(err)
		}
		if counts(decision) {
			found++
		}
	}
	return interval(found, len(cases))
}

func interval(found float64, n int) string {
	around := learn.Wilson(int(found), n, 0.95)
	return fmt.Sprintf("%.3f (%.3f–%.3f) of %d", found/float64(n), around.Low, around.High, n)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s changed; run go test ./evals/priority -update and read the difference\n%s", name, got)
	}
}

func TestTheJudgementsAreWhole(t *testing.T) {
	t.Parallel()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Pairs) < 200 || len(set.Polite) < 100 || len(set.Trivial) != 200 {
		t.Errorf("%d pairs, %d polite, %d trivial", len(set.Pairs), len(set.Polite), len(set.Trivial))
	}
	seen := map[string]bool{}
	for _, pair := range set.Pairs {
		if seen[pair.ID] || pair.First != "a" && pair.First != "b" || pair.Why == "" {
			t.Errorf("%s is twice, or its judgement is incomplete", pair.ID)
		}
		seen[pair.ID] = true
	}
}
