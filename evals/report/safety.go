package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/signalbox/signalbox/evals/safetysuite"
)

//go:embed safety.html
var safetyText string

var safetyTemplate = template.Must(template.New("safety").Parse(safetyText))

// shownFindings is how many findings a terminal shows.
const shownFindings = 10

// SafetyText writes a result of the safety suite for a terminal.
func SafetyText(to io.Writer, result *safetysuite.Result) error {
	t := &terminal{to: to}
	for _, line := range wrap(safetySetting(result), columns) {
		t.line("%s", line)
	}
	t.line("")
	for _, route := range result.Separation.Routes {
		t.line("  %s  %6s asked, %6s answered", pad(printable(route.Route, 44), 44), count(route.Requests), count(route.OK))
	}
	for _, skipped := range result.Separation.Skipped {
		t.line("  left out: %s", printable(skipped, 68))
	}
	if timing := result.Separation.Timing; timing != nil {
		t.line("")
		t.line("LATENCY, %s pairs a route: AUROC of the better direction, medians in ms", count(timing.Pairs))
		for _, route := range timing.Routes {
			t.line("  %s  %.3f (%.3f–%.3f)  %.2f with, %.2f without", pad(printable(route.Route, 30), 30), route.AUROC, route.Interval.Low, route.Interval.High, route.With, route.Without)
		}
	}
	for i, finding := range result.Separation.Findings {
		if i == shownFindings {
			t.line("  … and more: --json lists them")
			break
		}
		query := ""
		if finding.Query != "" { // a deployment's text is not quoted
			query = fmt.Sprintf(" %q", printable(finding.Query, 60))
		}
		t.line("  %s  %s, %s%s: %s", finding.What, finding.Route, finding.Kind, query, printable(finding.Detail, 80))
	}
	t.gates(result.Gates)
	return t.err
}

func safetySetting(result *safetysuite.Result) string {
	s := result.Separation
	return fmt.Sprintf("%s requests made from %s internal texts: %s leaks, %s answers that depend on the internal half, %s customers' routes untried.",
		count(s.Requests), count(s.Hidden), count(s.Leaks), count(s.Differences), count(s.Uncovered))
}

// SafetyHTML writes a result of the safety suite as one page.
func SafetyHTML(to io.Writer, result *safetysuite.Result) error {
	made := struct {
		Style   template.CSS
		Setting string
		Gates   []gateRow
		Result  *safetysuite.Result
	}{template.CSS(pageStyle), safetySetting(result), nil, result} //nolint:gosec // our own file
	for _, verdict := range result.Gates {
		made.Gates = append(made.Gates, gateRow{verdict.Gate, verdict.Detail, number(verdict.Value), tag(verdict.Passed, "passed", "missed")})
	}
	if err := safetyTemplate.Execute(to, made); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
