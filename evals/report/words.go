package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

// percent shows a rate with one decimal, and never rounds an error away to 100.0.
func percent(rate float64) string {
	shown := math.Round(1000*rate) / 10
	if shown == 100 && rate < 1 {
		shown = 99.9
	}
	return fmt.Sprintf("%.1f %%", shown)
}

func percentOrNone(rate *float64) string {
	if rate == nil {
		return "none"
	}
	return percent(*rate)
}

// within shows an interval in percent without repeating the sign.
func within(r evals.Range) string { return fmt.Sprintf("%.1f–%.1f", 100*r.Low, 100*r.High) }

// points shows a calibration error in percentage points, or below 500 rows its
// interval only.
func points(value float64, interval evals.Range, n int) string {
	if n < fewRows {
		return fmt.Sprintf("%.1f to %.1f points", 100*interval.Low, 100*interval.High)
	}
	return fmt.Sprintf("%.1f points", 100*value)
}

const fewRows = 500

func target(value float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", 100*value), "0"), ".") + " %"
}

// count groups thousands.
func count(n int) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// bytesOf shows a size.
func bytesOf(n int) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// printable makes one line that moves no cursor, of at most width characters.
func printable(text string, width int) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return strings.TrimRight(string(runes[:width-1]), " ,.;") + "…"
}

// actingAlone says what a threshold is worth.
func actingAlone(c triagesuite.Coverage) string {
	if c.Threshold == nil {
		return "not promised: too few rows were held out to be sure of it"
	}
	if c.Precision == nil {
		return fmt.Sprintf("covers no ticket: none is as sure as %.3f", *c.Threshold)
	}
	return fmt.Sprintf("covers %s of tickets, was right in %s (%s)", percent(c.Coverage), percent(*c.Precision), within(c.PrecisionInterval))
}

// promiseKept judges a threshold against its target.
func promiseKept(c triagesuite.Coverage) string {
	switch {
	case c.Precision == nil:
		return "–"
	case *c.Precision >= c.Target:
		return "kept"
	case c.PrecisionInterval.High >= c.Target:
		return "just missed"
	default:
		return "missed"
	}
}

// calibrationWords say what the calibration error means.
func calibrationWords(r triagesuite.FieldResult) string {
	switch {
	case r.N < fewRows:
		return fmt.Sprintf("too few rows (%s) for one number", count(r.N))
	case r.ECE <= r.ECENoiseFloor.High:
		return fmt.Sprintf("as true as %s rows can show (chance alone gives up to %.1f)", count(r.N), 100*r.ECENoiseFloor.High)
	default:
		return fmt.Sprintf("more than chance alone would give (up to %.1f)", 100*r.ECENoiseFloor.High)
	}
}

// fieldsOf lists the fields, the first column first.
func fieldsOf(result triagesuite.Result) []triagesuite.FieldResult {
	fields := []triagesuite.FieldResult{result.FieldResult}
	var names []string
	for name := range result.Fields {
		if name != result.Field {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fields = append(fields, result.Fields[name])
	}
	return fields
}

// setting says how a run was made, in one sentence.
func setting(result triagesuite.Result) string {
	learned := fmt.Sprintf("Trained on %s rows", count(result.TrainExamples))
	if result.FewShot > 0 {
		learned = fmt.Sprintf("Trained on %d examples a label", result.FewShot)
	}
	text := fmt.Sprintf("%s, judged on %s others.", learned, count(result.N))
	if result.Mode == "cross_validation" {
		text = fmt.Sprintf("No test file: %d-fold cross-validation on %s rows; each was judged by a model that never saw it. %s each time.", result.Folds, count(result.N), learned)
	}
	if runs := len(result.Seeds.Runs); runs > 1 {
		text += fmt.Sprintf(" Means of %d trainings with different seeds.", runs)
	}
	where := "Thresholds were chosen on what training held out."
	if result.ThresholdsFrom == "validation" {
		where = "Thresholds were chosen on the validation rows."
	}
	return text + " " + where
}
