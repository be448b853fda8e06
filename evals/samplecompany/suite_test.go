package samplecompany

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

const suiteFolder = "suite"

// suiteRow is a ticket as the suite's files have it: the first message, as sent.
type suiteRow struct {
	ID        string `json:"id"`
	Subject   string `json:"subject"`
	Body      string `json:"body"`
	Language  string `json:"language"`
	Channel   string `json:"channel"`
	Intent    string `json:"intent"`
	Route     string `json:"route"`
	Kind      string `json:"kind"`
	Urgency   string `json:"urgency"`
	Impact    string `json:"impact"`
	Sentiment string `json:"sentiment"`
	Sensitive string `json:"sensitive"`
}

func (c *Company) suiteRow(ticket Ticket) suiteRow {
	label := c.labels[ticket.ID]
	sensitive := label.Sensitive
	if sensitive == "" {
		sensitive = "none" // an empty cell would be an unlabelled row
	}
	return suiteRow{
		ticket.ID, ticket.Subject, ticket.Messages[0].Body, ticket.Language, ticket.Channel,
		label.Intent, label.Route, label.Kind, label.Urgency, label.Impact, label.Sentiment, sensitive,
	}
}

// TestSuiteHoldsTheFrozenData compares the suite's files with what the frozen data
// make of them.
func TestSuiteHoldsTheFrozenData(t *testing.T) {
	t.Parallel()
	company := load(t)
	train, test := company.Split()
	for name, tickets := range map[string][]Ticket{"train.jsonl": train, "test.jsonl": test} {
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		for _, ticket := range tickets {
			must(t, encoder.Encode(company.suiteRow(ticket)))
		}
		path := suiteFolder + "/" + name
		if *update {
			must(t, os.WriteFile(path, want.Bytes(), 0o644))
			continue
		}
		got, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not made of the frozen data: run go test ./evals/samplecompany -run Suite -update", path)
		}
	}
}

// TestStatisticsSuite runs the suite as signalbox eval triage --suite does.
func TestStatisticsSuite(t *testing.T) {
	t.Parallel()
	folder, err := evals.ReadFolder(suiteFolder)
	must(t, err)
	suite, err := triagesuite.FromFolder(folder)
	must(t, err)
	suite.Embedder, err = triagesuite.NewBuiltIn()
	must(t, err)
	report, err := suite.Run(t.Context())
	must(t, err)
	verdicts, err := folder.Gates.Check(report.Figures, nil)
	must(t, err)
	for _, verdict := range verdicts {
		if !verdict.Passed {
			t.Errorf("%s: it is %v", verdict.Gate, verdict.Value)
		}
	}
	var lines strings.Builder
	fmt.Fprintf(&lines, "signalbox eval triage --suite, by text alone; watched, never tuned on\n\n")
	fmt.Fprintf(&lines, "%-10s accuracy  macro-F1  Brier  AURC   covers alone for .90, and was right\n", "field")
	for _, name := range suite.Files.Columns.Labels {
		figure := func(key string) float64 { return report.Figures["fields."+name+"."+key] }
		alone := "none promised"
		if precision, acted := report.Figures["fields."+name+".coverage_at_precision.0.9.precision"]; acted {
			alone = fmt.Sprintf("%.2f at %.2f", figure("coverage_at_precision.0.9.coverage"), precision)
		}
		fmt.Fprintf(&lines, "%-10s %.3f     %.3f     %.3f  %.3f  %s\n", name, figure("accuracy"), figure("macro_f1"), figure("brier"), figure("aurc"), alone)
	}
	golden(t, "suite.golden", lines.String())
}
