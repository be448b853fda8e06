package history_test

import (
	"slices"
	"testing"

	"github.com/signalbox/signalbox/evals/history"
)

func kindsOf(t *testing.T, rows []history.Row) (kinds []string, audit *history.Audit) {
	t.Helper()
	audit, err := history.Examine(t.Context(), &history.History{Name: "sample", Rows: rows}, 1, func(string, int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range audit.Findings {
		t.Logf("%s of %s %q: %d tickets; %s", finding.Kind, finding.Field, finding.Value, finding.Tickets, finding.Detail)
		if !slices.Contains(kinds, finding.Kind) {
			kinds = append(kinds, finding.Kind)
		}
		if finding.Tickets == 0 || len(finding.Lines) == 0 || len(finding.Examples) == 0 || finding.Remedy == "" {
			t.Errorf("a finding shows nothing: %+v", finding)
		}
	}
	slices.Sort(kinds)
	return kinds, audit
}

func TestTheAuditFindsEachPlantedProblem(t *testing.T) {
	t.Parallel()
	for _, problem := range history.Problems {
		for seed := range uint64(1) {
			if kinds, _ := kindsOf(t, history.Sample(450, []string{problem}, seed)); !slices.Equal(kinds, []string{problem}) {
				t.Errorf("seed %d, planted %s, found %v", seed, problem, kinds)
			}
		}
	}
	all := slices.Sorted(slices.Values(history.Problems))
	if kinds, _ := kindsOf(t, history.Sample(600, history.Problems, 5)); !slices.Equal(kinds, all) {
		t.Errorf("planted all, found %v", kinds)
	}
}

func TestTheAuditIsSilentOnACleanHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1) {
		kinds, audit := kindsOf(t, history.Sample(450, nil, 100+seed))
		if len(kinds) > 0 {
			t.Errorf("seed %d: found %v in a clean history", seed, kinds)
		}
		intent := audit.Fields["intent"]
		if intent.Ceiling == nil || *intent.Ceiling < 0.95 || *intent.HeldOut < 0.9 {
			t.Errorf("seed %d: intents %+v", seed, intent)
		}
	}
}
