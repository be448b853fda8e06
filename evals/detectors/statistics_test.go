package detectors

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden statistics")

// TestLeaveOneIndustryOut judges all detectors and compares with the golden
// statistics, so that a change in quality shows in review.
func TestLeaveOneIndustryOut(t *testing.T) {
	judgements, err := Judge(t.Context(), os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/leave-one-out.golden"
	got := Report(judgements)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the statistics changed; see what, then run go test ./evals/detectors -run LeaveOneIndustryOut -update\n%s", got)
	}
}
