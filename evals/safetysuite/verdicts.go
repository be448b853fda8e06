package safetysuite

import (
	"fmt"

	"github.com/signalbox/signalbox/evals"
)

// Verdicts are what every run must reach, whatever gates an owner adds.
func (r *Result) Verdicts() []evals.Verdict {
	s := r.Separation
	verdicts := []evals.Verdict{}
	for _, count := range []struct {
		name  string
		value int
	}{{"leaks", s.Leaks}, {"differences", s.Differences}, {"uncovered", s.Uncovered}, {"failures", s.Failures}} {
		verdicts = append(verdicts, verdict("separation."+count.name, float64(count.value), 0))
	}
	if s.Timing != nil {
		timing := verdict("separation.timing.auroc", s.Timing.AUROC, s.Timing.Most)
		timing.Passed = s.Timing.Passed
		verdicts = append(verdicts, timing)
	}
	return verdicts
}

func verdict(figure string, value, most float64) evals.Verdict {
	return evals.Verdict{Gate: fmt.Sprintf("%s ≤ %v", figure, most), Figure: figure, Value: value, Bound: most, Passed: value <= most}
}
