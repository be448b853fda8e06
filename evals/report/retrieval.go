package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/signalbox/signalbox/evals/retrievalsuite"
)

// modeNames are what the modes are called before people.
var modeNames = map[string]string{"bm25": "words (BM25)", "dense": "meaning", "hybrid": "both, as served"}

// RetrievalText writes a result of the retrieval suite for a terminal.
func RetrievalText(to io.Writer, result retrievalsuite.Result) error {
	t := &terminal{to: to}
	for _, line := range wrap(retrievalSetting(result), columns) {
		t.line("%s", line)
	}
	t.line("")
	t.line("  %s  nDCG@10  recall@10  recall@100  MRR@10     MAP   p50 ms   p95 ms", pad("", 15))
	for _, name := range retrievalsuite.Modes {
		mode := result.Modes[name]
		t.line("  %s  %7.4f  %9.4f  %10.4f  %6.4f  %6.4f  %7.1f  %7.1f", pad(modeNames[name], 15),
			mode.NDCG10, mode.Recall10, mode.Recall100, mode.MRR10, mode.MAP, mode.P50, mode.P95)
	}
	t.line("")
	for _, line := range wrap(againstWords(result.HybridAgainstBM25), columns) {
		t.line("%s", line)
	}
	if len(result.Languages) > 1 {
		t.line("")
		t.line("nDCG@10 BY DETECTED LANGUAGE OF THE QUESTION")
		for _, slice := range result.Languages {
			t.line("  %s  words %.4f  meaning %.4f  both %.4f  of %s", pad(printable(slice.Value, 8), 8), slice.BM25, slice.Dense, slice.Hybrid, count(slice.Queries))
		}
	}
	t.comparison(result.Baseline)
	t.gates(result.Gates)
	return t.err
}

func retrievalSetting(result retrievalsuite.Result) string {
	return fmt.Sprintf("%s documents in %s chunks, ingested in %.1f s; %s questions of the split %s; language %s; embedding %s.",
		count(result.Documents), count(result.Chunks), result.IngestSeconds, count(result.Queries), printable(result.Split, 30), result.Language, printable(result.Embedding, 30))
}

func againstWords(a retrievalsuite.Against) string {
	verdict := "within chance"
	switch {
	case a.Interval.Low > 0:
		verdict = "better beyond chance"
	case a.Interval.High < 0:
		verdict = "worse beyond chance"
	}
	return fmt.Sprintf("Both against words alone: nDCG@10 %+.4f (%+.4f to %+.4f), %s; %s questions better, %s worse, %s the same.",
		a.Change, a.Interval.Low, a.Interval.High, verdict, count(a.Better), count(a.Worse), count(a.Same))
}

//go:embed retrieval.html
var retrievalPageText string

var retrievalTemplate = template.Must(template.New("retrieval").Parse(retrievalPageText))

type retrievalPage struct {
	page
	Modes     []modeRow
	Against   string
	Languages []languageRow
	Rows      []rowLoss
	Worst     []lossRow
	Below     []lossRow
}

type modeRow struct{ Name, NDCG10, Recall10, Recall100, MRR10, MAP, P50, P95 string }

type languageRow struct{ Language, Queries, BM25, Dense, Hybrid string }

type rowLoss struct{ Row, Field, Before, After, Change string }

type lossRow struct {
	ID, Text, Language, BM25, Dense, Hybrid string
	Wanted, Found                           []placeRow
}

type placeRow struct{ ID, Title, Grade, BM25, Dense, Hybrid string }

// RetrievalHTML writes a report of the retrieval suite as one page that needs nothing
// else. It holds text of questions and titles of documents.
func RetrievalHTML(to io.Writer, report *retrievalsuite.Report) error {
	result := report.Result
	made := retrievalPage{page: page{
		Title: "Search, measured", Style: template.CSS(pageStyle), Setting: retrievalSetting(result), Warnings: result.Warnings, //nolint:gosec // our own file
		Footer: retrievalFooter(result),
	}}
	if result.Name != "" {
		made.Title = "Search: " + result.Name
	}
	for _, verdict := range result.Gates {
		made.Gates = append(made.Gates, gateRow{verdict.Gate, verdict.Detail, number(verdict.Value), tag(verdict.Passed, "passed", "missed")})
	}
	made.compare(result.Baseline, "")
	made.fill(report)
	if err := retrievalTemplate.Execute(to, made); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

func (p *retrievalPage) fill(report *retrievalsuite.Report) {
	result := report.Result
	p.Against = againstWords(result.HybridAgainstBM25)
	for _, name := range retrievalsuite.Modes {
		m := result.Modes[name]
		p.Modes = append(p.Modes, modeRow{modeNames[name], rate(m.NDCG10), rate(m.Recall10), rate(m.Recall100), rate(m.MRR10), rate(m.MAP), milliseconds(m.P50), milliseconds(m.P95)})
	}
	for _, slice := range result.Languages {
		p.Languages = append(p.Languages, languageRow{slice.Value, count(slice.Queries), rate(slice.BM25), rate(slice.Dense), rate(slice.Hybrid)})
	}
	p.Worst, p.Below = lossRows(report.Losses), lossRows(report.Below)
	if result.Baseline == nil {
		return
	}
	for _, change := range result.Baseline.Changed {
		if change.Score == "ndcg@10" && change.Field == "hybrid" && change.Change < 0 && len(p.Rows) < 25 {
			p.Rows = append(p.Rows, rowLoss{change.Row, modeNames[change.Field], rate(change.Before), rate(change.After), fmt.Sprintf("%+.4f", change.Change)})
		}
	}
}

func rate(value float64) string { return fmt.Sprintf("%.4f", value) }

func milliseconds(value float64) string { return fmt.Sprintf("%.1f", value) }

func lossRows(losses []retrievalsuite.Loss) []lossRow {
	var rows []lossRow
	for _, loss := range losses {
		row := lossRow{ID: loss.ID, Text: shortened(loss.Text), Language: loss.Language, BM25: rate(loss.BM25), Dense: rate(loss.Dense), Hybrid: rate(loss.Hybrid)}
		row.Wanted, row.Found = placeRows(loss.Wanted), placeRows(loss.Found)
		rows = append(rows, row)
	}
	return rows
}

func placeRows(places []retrievalsuite.Place) []placeRow {
	var rows []placeRow
	for _, p := range places {
		rows = append(rows, placeRow{p.ID, printable(p.Title, 120), fmt.Sprint(p.Grade), place(p.BM25), place(p.Dense), place(p.InFused)})
	}
	return rows
}

func place(rank int) string {
	if rank == 0 {
		return "–"
	}
	return fmt.Sprint(rank)
}

func retrievalFooter(result retrievalsuite.Result) []string {
	lines := []string{
		fmt.Sprintf("Signalbox %s, %s. Embedding %s.", result.Version, result.CreatedAt.Format("2 January 2006, 15:04 MST"), result.Embedding),
		fmt.Sprintf("Parameters: %s.", strings.Trim(fmt.Sprintf("%+v", result.Parameters), "{}")),
		fmt.Sprintf("Data %.12s. This page holds text of questions and titles of documents.", result.DataHash),
	}
	for _, part := range []string{"corpus", "queries", "qrels"} {
		if file, used := result.Data[part]; used {
			lines = append(lines, fmt.Sprintf("%s: %s, %s of %s rows, SHA-256 %.12s", part, file.File, count(file.Used), count(file.Rows), file.Hash))
		}
	}
	return lines
}
