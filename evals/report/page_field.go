package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

// fieldPage is one field's part of the page.
type fieldPage struct {
	ID, Name, Labels, N, Examples, Right, MacroF1, Off, Alone string
	HasOOS                                                    bool
	Tiles                                                     []tile
	Targets                                                   []targetRow
	Coverage                                                  coveragePlot
	Reliability                                               reliabilityPlot
	Confusion                                                 *confusionPlot
	Priority                                                  *priorityTable
	Slices                                                    []sliceTable
	Errors                                                    []errorRow
	Classes                                                   []classRow
}

type tile struct{ Name, Figure, Note string }

type targetRow struct {
	Target, Threshold, Coverage, Precision, Interval, Gap, Strangers string
	Tag                                                              template.HTML
}

type sliceTable struct {
	Dimension   string
	Shown, More []sliceRow
}

type sliceRow struct {
	Value, N, Right, Interval, Off, Coverage, Precision string
	Width                                               float64
}

type errorRow struct{ Text, Label, Predicted, Confidence, Place string }

type classRow struct{ Label, N, Predicted, Precision, Recall, F1 string }

type priorityTable struct {
	Words string
	Bands []string
	Rows  []priorityRow
}

type priorityRow struct {
	Name   string
	Counts []string
}

const (
	pageErrors     = 15
	pageSlices     = 10
	textCharacters = 700
	// smallSlice is below what a slice's figures are mostly chance.
	smallSlice = 20
)

func newFieldPage(id string, r triagesuite.FieldResult, errors []triagesuite.WorstError) fieldPage {
	f := fieldPage{
		ID: id, Name: r.Field, Labels: count(r.Labels), N: count(r.N), Examples: count(r.TrainExamples), Right: percent(r.Accuracy),
		MacroF1: percent(r.MacroF1), Off: offBy(r.ECE, r.ECEInterval, r.N), Alone: aloneShort(middle(r.CoverageAtPrecision)), HasOOS: r.OOS != nil,
		Tiles: tiles(r), Targets: targetRows(r), Coverage: newCoveragePlot(id+"-pc", r), Reliability: newReliabilityPlot(id+"-rd", r),
		Confusion: newConfusionPlot(id+"-cm", r), Priority: newPriorityTable(r.Priority), Slices: sliceTables(r),
	}
	for _, wrong := range errors[:min(len(errors), pageErrors)] {
		f.Errors = append(f.Errors, errorRow{shortened(wrong.Text), wrong.Label, wrong.Predicted, percent(wrong.Confidence), wrong.Place})
	}
	for _, class := range r.PerClass {
		f.Classes = append(f.Classes, classRow{class.Label, count(class.N), count(class.Predicted), percentOrDash(class.Precision), percentOrDash(class.Recall), percent(class.F1)})
	}
	return f
}

func shortened(text string) string {
	runes := []rune(text)
	if len(runes) <= textCharacters {
		return text
	}
	return string(runes[:textCharacters]) + " …"
}

func percentOrDash(rate *float64) string {
	if rate == nil {
		return "–"
	}
	return percent(*rate)
}

// offBy is a calibration error for a narrow column.
func offBy(value float64, interval evals.Range, n int) string {
	if n < fewRows {
		return fmt.Sprintf("%.1f–%.1f", 100*interval.Low, 100*interval.High)
	}
	return fmt.Sprintf("%.1f", 100*value)
}

func aloneShort(c triagesuite.Coverage) string {
	if c.Precision == nil {
		return "–"
	}
	return fmt.Sprintf("%s at %s", percent(c.Coverage), percent(*c.Precision))
}

func tiles(r triagesuite.FieldResult) []tile {
	right := tile{"Right", percent(r.Accuracy), "95 % interval " + within(r.AccuracyInterval) + "; macro-F1 " + percent(r.MacroF1)}
	if r.AccuracySD != nil {
		right.Note = fmt.Sprintf("± %.1f over %d seeds; macro-F1 %s", 100**r.AccuracySD, len(r.Seeds.Runs), percent(r.MacroF1))
	}
	at := middle(r.CoverageAtPrecision)
	alone := tile{"Could act alone, at " + target(at.Target), "–", actingAlone(at)}
	if at.Precision != nil {
		alone.Figure, alone.Note = percent(at.Coverage), fmt.Sprintf("of tickets, and was right in %s of them (%s)", percent(*at.Precision), within(at.PrecisionInterval))
	}
	off := tile{"Confidence is off by", offBy(r.ECE, r.ECEInterval, r.N), "percentage points; " + calibrationWords(r)}
	if r.N >= fewRows {
		off.Note += fmt.Sprintf("; %.1f before calibration", 100*r.ECEBefore)
	}
	list := []tile{right, alone, off}
	if s := r.OOS; s != nil {
		list = append(list, tile{"Out of scope, found", percent(s.Recall), fmt.Sprintf("of %s; costs accuracy: %s of the others stay right. AUROC %s", count(s.N), percent(s.InScopeAccuracy), percentOrDash(s.AUROC))})
	} else {
		list = append(list, tile{"Risk over all thresholds", fmt.Sprintf("%.4f", r.AURC), fmt.Sprintf("area under the risk–coverage curve; Brier %.4f, log loss %.3f", r.Brier, r.LogLoss)})
	}
	return list
}

func targetRows(r triagesuite.FieldResult) []targetRow {
	var rows []targetRow
	for i, c := range r.CoverageAtPrecision {
		row := targetRow{Target: target(c.Target), Threshold: "none", Coverage: percent(c.Coverage), Precision: percentOrDash(c.Precision), Interval: "–", Gap: "–", Strangers: percentOrDash(c.OutOfScopeActedOn), Tag: plainTag("–")}
		if c.Threshold != nil {
			row.Threshold = fmt.Sprintf("%.3f", *c.Threshold)
		}
		if c.Precision != nil {
			row.Interval = within(c.PrecisionInterval)
			switch promiseKept(c) {
			case "kept":
				row.Tag = tag(true, "kept", "")
			case "missed":
				row.Tag = tag(false, "", "missed")
			default:
				row.Tag = plainTag("just missed")
			}
		}
		if promise := r.CalibrationAboveThreshold[i]; promise.Gap != nil {
			row.Gap = fmt.Sprintf("%+.1f (%+.1f to %+.1f)", 100**promise.Gap, 100*promise.GapInterval.Low, 100*promise.GapInterval.High)
		}
		rows = append(rows, row)
	}
	return rows
}

func newPriorityTable(p *triagesuite.Priority) *priorityTable {
	if p == nil {
		return nil
	}
	table := &priorityTable{Bands: p.Bands, Words: fmt.Sprintf("Urgent missed: %s of %s (%s). Urgent by mistake: %s of %s others (%s).",
		count(p.UrgentMissed.Count), count(p.UrgentMissed.Of), within(p.UrgentMissed.Interval),
		count(p.UrgentByMistake.Count), count(p.UrgentByMistake.Of), within(p.UrgentByMistake.Interval))}
	for i, band := range p.Bands {
		row := priorityRow{Name: band}
		for _, n := range p.Confusion[i] {
			row.Counts = append(row.Counts, count(n))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// sliceTables shows the largest slices of language and channel first, and of the
// labels the weakest.
func sliceTables(r triagesuite.FieldResult) []sliceTable {
	var tables []sliceTable
	groups := map[string][]triagesuite.Slice{}
	for _, slice := range r.Slices {
		if groups[slice.Dimension] == nil {
			tables = append(tables, sliceTable{Dimension: slice.Dimension})
		}
		groups[slice.Dimension] = append(groups[slice.Dimension], slice)
	}
	for i := range tables {
		dimension := tables[i].Dimension
		group := groups[dimension]
		if dimension != "language" && dimension != "channel" {
			tables[i].Dimension += ", the weakest first"
			slices.SortStableFunc(group, func(a, b triagesuite.Slice) int { return compare(a.Accuracy, b.Accuracy) })
		}
		for _, slice := range group {
			if slice.N >= smallSlice && len(tables[i].Shown) < pageSlices || len(group) <= 3 {
				tables[i].Shown = append(tables[i].Shown, newSliceRow(slice))
			} else {
				tables[i].More = append(tables[i].More, newSliceRow(slice))
			}
		}
	}
	return tables
}

func newSliceRow(s triagesuite.Slice) sliceRow {
	row := sliceRow{
		Value: s.Value, N: count(s.N), Right: percent(s.Accuracy), Interval: within(s.AccuracyInterval), Off: "–",
		Coverage: percent(s.Coverage), Precision: percentOrDash(s.Precision), Width: math.Round(1000*s.Accuracy) / 10,
	}
	if s.ECEInterval != nil {
		ece := 0.0
		if s.ECE != nil {
			ece = *s.ECE
		}
		row.Off = offBy(ece, *s.ECEInterval, s.N)
	}
	return row
}
