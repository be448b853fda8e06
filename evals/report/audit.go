package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/signalbox/signalbox/evals/history"
)

// AuditText writes an audit of a history's labels for a terminal.
func AuditText(to io.Writer, audit *history.Audit) error {
	t := &terminal{to: to}
	head := fmt.Sprintf("%s: %s rows, %s tickets (threads and near-duplicates once)", printable(audit.Name, 40), count(audit.Rows), count(audit.Tickets))
	if audit.Skipped > 0 {
		head += fmt.Sprintf("; %s rows cannot be used", count(audit.Skipped))
	}
	for _, line := range wrap(head+".", columns) {
		t.line("%s", line)
	}
	for _, name := range history.Fields {
		if field, labelled := audit.Fields[name]; labelled {
			t.line("")
			t.line("%s (%s labelled, %s values)", strings.ToUpper(name), count(field.Labelled), count(field.Values))
			t.row("a model agrees", heldOutWords(field))
			t.row("people agree", agreeWords(field))
			t.row("ceiling", ceilingWords(field))
		}
	}
	t.line("")
	if len(audit.Findings) == 0 {
		t.line("FOUND NOTHING that looks like label noise.")
		return t.err
	}
	t.line("FOUND")
	for _, finding := range audit.Findings {
		t.line("")
		name := strings.ReplaceAll(finding.Kind, "_", " ") + ", " + finding.Field
		if finding.Value != "" {
			name += " " + printable(finding.Value, 30)
		}
		t.line("  %s: %s tickets (%s)", strings.ToUpper(name[:1])+name[1:], count(finding.Tickets), percent(finding.Share))
		for _, line := range wrap(strings.ToUpper(finding.Detail[:1])+finding.Detail[1:]+". "+strings.ToUpper(finding.Remedy[:1])+finding.Remedy[1:]+".", columns-4) {
			t.line("    %s", printable(line, columns))
		}
		for i, example := range finding.Examples {
			t.line("      line %d: %s", finding.Lines[i], printable(example, columns-18))
		}
	}
	return t.err
}

func heldOutWords(f history.FieldAudit) string {
	if f.HeldOut == nil {
		return "too few labels to say"
	}
	return fmt.Sprintf("in %s of %s tickets that it did not see; it contradicts %s for sure", percent(*f.HeldOut), count(f.Judged), percent(*f.Suspect))
}

func agreeWords(f history.FieldAudit) string {
	if f.Agree == nil {
		return "no text was labelled twice"
	}
	return fmt.Sprintf("in %s of %s tickets whose text had been labelled before", percent(*f.Agree), count(f.Copies))
}

func ceilingWords(f history.FieldAudit) string {
	if f.Ceiling == nil {
		return "unknown"
	}
	return fmt.Sprintf("about %s (%.1f–%.1f): no system can agree with these labels more often", percent(*f.Ceiling), 100*f.CeilingInterval.Low, 100*f.CeilingInterval.High)
}
