package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/signalbox/signalbox/evals"
)

type junitSuite struct {
	XMLName    xml.Name        `xml:"testsuite"`
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property,omitempty"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes one test case a gate, and one for the run itself.
func JUnit(to io.Writer, report *evals.Report) error {
	name := "signalbox eval " + report.Suite
	seconds := fmt.Sprintf("%.3f", report.Figures["train_seconds"]+report.Figures["ingest_seconds"])
	suite := junitSuite{
		Name: name, Time: seconds, Timestamp: report.CreatedAt.Format("2006-01-02T15:04:05"),
		Failures: evals.Missed(report.Gates), Tests: len(report.Gates) + 1,
		Cases: []junitCase{{Class: name, Name: "run", Time: seconds}},
	}
	for _, figure := range []string{"accuracy", "macro_f1", "ece", "n", "modes.bm25.ndcg@10", "modes.dense.ndcg@10", "modes.hybrid.ndcg@10", "queries"} {
		if value, known := report.Figures[figure]; known {
			suite.Properties = append(suite.Properties, junitProperty{figure, number(value)})
		}
	}
	for _, verdict := range report.Gates {
		made := junitCase{Class: name, Name: clean(verdict.Gate), Time: "0"}
		if !verdict.Passed {
			message := fmt.Sprintf("%s is %s", verdict.Figure, number(verdict.Value))
			made.Failure = &junitFailure{clean(message), clean(message + "\n" + verdict.Detail)}
		}
		suite.Cases = append(suite.Cases, made)
	}
	if _, err := io.WriteString(to, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(to)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suite); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err := io.WriteString(to, "\n")
	return err
}

// clean drops what XML 1.0 cannot hold.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
}
