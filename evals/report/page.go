package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what the template shows. Its texts are escaped there.
type page struct {
	Title    string
	Style    template.CSS
	Setting  string
	Middle   string
	Warnings []string
	Gates    []gateRow
	Baseline string
	Changes  []changeRow
	Fields   []fieldPage
	Footer   []string
}

type gateRow struct {
	Gate, Detail, Value string
	Tag                 template.HTML
}

type changeRow struct {
	Figure, Before, After, Change string
	Tag                           template.HTML
}

// HTML writes a report as one page that needs nothing else. It holds tickets' text.
func HTML(to io.Writer, report *triagesuite.Report) error {
	result := report.Result
	made := page{
		Title: titleOf(result), Style: template.CSS(pageStyle), Setting: setting(result), Warnings: result.Warnings, //nolint:gosec // our own file
		Middle: target(middle(result.CoverageAtPrecision).Target), Footer: footer(result),
	}
	for _, verdict := range result.Gates {
		made.Gates = append(made.Gates, gateRow{verdict.Gate, verdict.Detail, number(verdict.Value), tag(verdict.Passed, "passed", "missed")})
	}
	made.compare(result.Baseline, result.Field)
	for i, field := range fieldsOf(result) {
		var errors []triagesuite.WorstError
		for _, wrong := range report.Errors {
			if wrong.Field == field.Field {
				errors = append(errors, wrong)
			}
		}
		made.Fields = append(made.Fields, newFieldPage(fmt.Sprintf("field-%d", i), field, errors))
	}
	if err := pageTemplate.Execute(to, made); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

func titleOf(result triagesuite.Result) string {
	if result.Name != "" {
		return "Triage: " + result.Name
	}
	return "Triage, measured"
}

func (p *page) compare(c *evals.Comparison, first string) {
	if c == nil {
		return
	}
	p.Baseline = fmt.Sprintf("The run of %s, version %s. Both have %s test rows; intervals are of a paired bootstrap on those.", c.CreatedAt, c.Version, count(c.Rows))
	for _, change := range c.Figures {
		repeated := strings.HasPrefix(change.Figure, "fields."+first+".") // stands at the top, too
		if !repeated && (shownChange(change) || change.Interval != nil) {
			p.Changes = append(p.Changes, changeOf(change))
		}
	}
	for _, slice := range c.Slices {
		if slice.Regressed {
			p.Changes = append(p.Changes, changeRow{
				fmt.Sprintf("%s where %s is %s (%s rows)", slice.Field, slice.Dimension, slice.Value, count(slice.N)),
				percent(slice.Before), percent(slice.After), fmt.Sprintf("%+.1f", 100*slice.Change), tag(false, "", "worse"),
			})
		}
	}
}

func changeOf(c evals.Change) changeRow {
	name := changeNames[c.Figure]
	if name == "" {
		name = c.Figure
	}
	row := changeRow{Figure: name, Before: number(c.Before), After: number(c.After), Change: fmt.Sprintf("%+.4f", c.Change), Tag: plainTag("–")}
	if c.Change == 0 {
		row.Change, row.Tag = "0", plainTag("same")
		return row
	}
	if c.Interval == nil {
		return row
	}
	row.Change += fmt.Sprintf(" (%+.4f to %+.4f)", c.Interval.Low, c.Interval.High)
	switch {
	case c.Better:
		row.Tag = tag(true, "better", "")
	case c.Worse:
		row.Tag = tag(false, "", "worse")
	default:
		row.Tag = plainTag("chance")
	}
	return row
}

// tag and plainTag take words of this package only.
func tag(good bool, yes, no string) template.HTML {
	if good {
		return template.HTML(`<span class="tag good">✓ ` + yes + `</span>`) //nolint:gosec // a constant
	}
	return template.HTML(`<span class="tag bad">✗ ` + no + `</span>`) //nolint:gosec // a constant
}

func plainTag(word string) template.HTML {
	return template.HTML(`<span class="tag plain">` + word + `</span>`) //nolint:gosec // a constant
}

func middle(coverages []triagesuite.Coverage) triagesuite.Coverage {
	return coverages[len(coverages)/2]
}

func footer(result triagesuite.Result) []string {
	lines := []string{
		fmt.Sprintf("Signalbox %s, %s. Training took %.1f s, a text %.0f µs; the model has %s. Embedding %s.",
			result.Version, result.CreatedAt.Format("2 January 2006, 15:04 MST"), result.TrainSeconds, result.MicrosecondsPerText, bytesOf(result.ModelBytes), result.Embedding),
		fmt.Sprintf("Data %.12s, model %.12s, seed %d. This page holds text of tickets.", result.DataHash, result.ModelHash, result.Seed),
	}
	for _, part := range []string{"train", "valid", "test"} {
		if file, used := result.Data[part]; used {
			lines = append(lines, fmt.Sprintf("%s: %s, %s of %s rows, SHA-256 %.12s", part, file.File, count(file.Used), count(file.Rows), file.Hash))
		}
	}
	return lines
}
