package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

// columns is how wide a terminal is taken to be.
const columns = 80

// terminal writes lines; the first failure to write is kept.
type terminal struct {
	to  io.Writer
	err error
}

func (t *terminal) line(format string, values ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.to, format+"\n", values...)
	}
}

// Text writes a result for a terminal.
func Text(to io.Writer, result triagesuite.Result) error {
	t := &terminal{to: to}
	for _, line := range wrap(setting(result), columns) {
		t.line("%s", line)
	}
	for _, field := range fieldsOf(result) {
		t.field(field)
	}
	t.line("")
	t.line("training %.1f s; %.0f µs a text; model %s; embedding %s", result.TrainSeconds, result.MicrosecondsPerText, bytesOf(result.ModelBytes), printable(result.Embedding, 30))
	t.comparison(result.Baseline)
	t.gates(result.Gates)
	return t.err
}

func (t *terminal) row(name, text string) {
	lines := wrap(text, columns-25)
	t.line("  %s  %s", pad(name, 21), lines[0])
	for _, line := range lines[1:] {
		t.line("  %s  %s", pad("", 21), line)
	}
}

func (t *terminal) field(r triagesuite.FieldResult) {
	t.line("")
	t.line("%s (%s labels, %s rows)", strings.ToUpper(printable(r.Field, 40)), count(r.Labels), count(r.N))
	right := fmt.Sprintf("%s (%s)", percent(r.Accuracy), within(r.AccuracyInterval))
	if r.AccuracySD != nil {
		right = fmt.Sprintf("%s ± %.1f over %d seeds", percent(r.Accuracy), 100**r.AccuracySD, len(r.Seeds.Runs))
	}
	t.row("right", right)
	t.row("macro-F1", percent(r.MacroF1)+", every label counting the same")
	for _, coverage := range r.CoverageAtPrecision {
		t.row("acting alone at "+target(coverage.Target), actingAlone(coverage))
	}
	t.row("confidence is off by", points(r.ECE, r.ECEInterval, r.N)+", "+calibrationWords(r))
	if r.N >= fewRows {
		t.row("", fmt.Sprintf("%.1f before calibration (%s), %.1f in bins of equal mass", 100*r.ECEBefore, r.Calibration, 100*r.ECEEqualMass))
	}
	t.row("Brier, log loss, AURC", fmt.Sprintf("%.4f, %.3f, %.4f: lower is better", r.Brier, r.LogLoss, r.AURC))
	t.promise(r)
	t.scope(r.OOS)
	t.priority(r.Priority)
	t.confusions(r)
	t.slices(r)
}

// promise is the figure that acting alone rests on.
func (t *terminal) promise(r triagesuite.FieldResult) {
	promise := r.CalibrationAboveThreshold[len(r.CalibrationAboveThreshold)/2]
	if promise.Gap == nil {
		return
	}
	direction := "promised too much"
	if *promise.Gap <= 0 {
		direction = "promised too little"
	}
	t.row("above its threshold", fmt.Sprintf("%s by %.1f points at %s (%+.1f to %+.1f)", direction, 100*math.Abs(*promise.Gap), target(promise.Target), 100*promise.GapInterval.Low, 100*promise.GapInterval.High))
}

func (t *terminal) scope(s *triagesuite.OutOfScope) {
	if s == nil {
		return
	}
	auroc := "none"
	if s.AUROC != nil {
		auroc = percent(*s.AUROC)
	}
	t.row("out of scope", fmt.Sprintf("%s of %s strangers are found (%s); right then: %s of the others; AUROC %s", percent(s.Recall), count(s.N), within(s.RecallInterval), percent(s.InScopeAccuracy), auroc))
}

func (t *terminal) priority(p *triagesuite.Priority) {
	if p == nil {
		return
	}
	for _, share := range []struct {
		name string
		of   triagesuite.Share
		what string
	}{{"urgent missed", p.UrgentMissed, "urgent tickets"}, {"urgent by mistake", p.UrgentByMistake, "others"}} {
		t.row(share.name, fmt.Sprintf("%s of %s %s, %s (%s)", count(share.of.Count), count(share.of.Of), share.what, percentOrNone(share.of.Rate), within(share.of.Interval)))
	}
}

const (
	shownConfusions = 5
	shownSlices     = 6
)

func (t *terminal) confusions(r triagesuite.FieldResult) {
	if len(r.Confusions) > 0 {
		t.line("  most often confused")
	}
	for _, pair := range r.Confusions[:min(len(r.Confusions), shownConfusions)] {
		t.line("    %s → %s %s of %s", pad(printable(pair.Label, 31), 31), pad(printable(pair.Predicted, 31), 31), count(pair.Count), count(int(math.Round(float64(pair.Count)/pair.Share))))
	}
}

// slices shows the languages and channels, and the weakest labels. Tiny slices are
// left to JSON.
func (t *terminal) slices(r triagesuite.FieldResult) {
	byDimension := map[string][]triagesuite.Slice{}
	var order []string
	for _, slice := range r.Slices {
		if byDimension[slice.Dimension] == nil {
			order = append(order, slice.Dimension)
		}
		if slice.N >= smallSlice/2 {
			byDimension[slice.Dimension] = append(byDimension[slice.Dimension], slice)
		}
	}
	for _, dimension := range slices.Compact(order) {
		group, title := byDimension[dimension], "by "+printable(dimension, 40)
		if len(group) > shownSlices && dimension != "language" && dimension != "channel" {
			slices.SortStableFunc(group, func(a, b triagesuite.Slice) int { return compare(a.AccuracyInterval.High, b.AccuracyInterval.High) })
			title = "weakest " + printable(dimension, 40)
		}
		if len(group) < 2 {
			continue
		}
		t.line("  %s", title)
		for _, slice := range group[:min(len(group), shownSlices)] {
			t.line("    %s %s right (%s) of %s", pad(printable(slice.Value, 36), 36), percent(slice.Accuracy), within(slice.AccuracyInterval), count(slice.N))
		}
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (t *terminal) comparison(c *evals.Comparison) {
	if c == nil {
		return
	}
	t.line("")
	t.line("BESIDE THE BASELINE of %s, version %s, on %s common rows", c.CreatedAt, printable(c.Version, 16), count(c.Rows))
	for _, change := range c.Figures {
		if !shownChange(change) {
			continue
		}
		text := change.String() + " " + verdictOf(change)
		if change.Change == 0 {
			text = number(change.After) + ", the same"
		}
		t.row(changeNames[change.Figure], strings.TrimSpace(text))
	}
	t.changed(c.Changed)
	regressed := 0
	for _, slice := range c.Slices {
		if slice.Regressed {
			regressed++
			t.row("slice got worse", printable(slice.String(), 120))
		}
	}
	if regressed == 0 && len(c.Slices) > 0 {
		t.row("slices", fmt.Sprintf("none of %d got worse beyond chance", len(c.Slices)))
	}
}

// changed shows the greatest losses of single rows.
func (t *terminal) changed(rows []evals.RowChange) {
	shown := 0
	for _, row := range rows {
		if row.Field == "hybrid" && row.Score == "ndcg@10" && row.Change < 0 && shown < shownConfusions {
			shown++
			t.row("lost most", fmt.Sprintf("%s: nDCG@10 %.4f, was %.4f", printable(row.Row, 30), row.After, row.Before))
		}
	}
}

// changeNames are the figures that a comparison shows to people, with their names.
// The long tail is left to JSON.
var changeNames = map[string]string{
	"accuracy": "right", "macro_f1": "macro-F1", "ece": "confidence off by", "brier": "Brier", "aurc": "AURC",
	"oos.auroc": "out of scope, AUROC", "oos.recall": "out of scope, found",
	"coverage_at_precision.0.95.coverage": "covers at 95 %", "coverage_at_precision.0.95.precision": "right at 95 %",
	"train_seconds": "training, seconds", "microseconds_per_text": "µs a text",
	"modes.bm25.ndcg@10": "nDCG@10, words", "modes.dense.ndcg@10": "nDCG@10, meaning", "modes.hybrid.ndcg@10": "nDCG@10, both",
	"modes.hybrid.recall@100": "recall@100, both", "modes.hybrid.mrr@10": "MRR@10, both",
}

func shownChange(c evals.Change) bool { return changeNames[c.Figure] != "" }

func verdictOf(c evals.Change) string {
	switch {
	case c.Interval != nil && c.Worse:
		return "worse"
	case c.Interval != nil && c.Better:
		return "better"
	case c.Interval != nil:
		return "chance"
	}
	return ""
}

func (t *terminal) gates(verdicts []evals.Verdict) {
	if len(verdicts) == 0 {
		return
	}
	t.line("")
	t.line("GATES: %d of %d passed", len(verdicts)-evals.Missed(verdicts), len(verdicts))
	for _, verdict := range verdicts {
		state := "passed"
		if !verdict.Passed {
			state = "MISSED"
		}
		t.line("  %s  %s: %s", state, printable(verdict.Gate, 52), number(verdict.Value))
		if verdict.Detail != "" && !verdict.Passed {
			t.line("          %s", printable(verdict.Detail, 68))
		}
	}
}

func number(value float64) string {
	if value == math.Trunc(value) && math.Abs(value) < 1e15 {
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprintf("%.4f", value)
}

// pad counts characters, not bytes.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// wrap breaks a text at spaces.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Split(text, " ") {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
