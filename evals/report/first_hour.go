package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/evals/shadow"
	"github.com/signalbox/signalbox/evals/triagesuite"
)

//go:embed first_hour.html
var firstHourText string

// firstHourTemplate shares the plots of the page on triage.
var firstHourTemplate = template.Must(template.Must(pageTemplate.Clone()).New("first-hour").Parse(firstHourText))

// firstHourPage is what the template shows. Its texts are escaped there.
type firstHourPage struct {
	Style      template.CSS
	Setting    string
	Guarantee  string
	Target     string
	Warnings   []string
	Tiles      []fact
	Today      []fact
	From       string
	Categories []categoryRow
	Fields     []shadowRow
	Plots      []coveragePlot
	Shown      []shownRow
	Wrong      int
	Ready      int
	Intents    []intentRow
	Slices     []partRow
	Blocks     []blockRow
	Footer     string
}

type categoryRow struct {
	Name, Tickets, Share, Example string
	Width                         float64
}

type shadowRow struct {
	Name, Threshold, Chosen, Covers, Right, Interval, Strict string
	Tag                                                      template.HTML
}

type shownRow struct {
	Text, Words string
	Tag         template.HTML
}

type intentRow struct{ Name, Tickets, Labels, Needs, Alone string }

type partRow struct{ Field, Slice, Tickets, Covers, Right string }

type blockRow struct{ Name, Rows, Tickets, Time string }

// FirstHour writes a replay as one page that needs nothing else and that a support lead
// can forward. It holds tickets' text.
func FirstHour(to io.Writer, found *shadow.Report) error {
	r := found.Result
	made := firstHourPage{
		Style: template.CSS(pageStyle), Setting: shadowSetting(r), Guarantee: guarantee(r), Target: target(r.Target), Warnings: r.Warnings, //nolint:gosec // our own file
		Today: todayFacts(r.Today), From: r.Today.CategoriesFrom, Tiles: shadowTiles(r),
		Footer: fmt.Sprintf("Signalbox %s; data %.12s; seed %d; learned in %.0f s, replayed in %.1f s.", r.Version, r.DataHash, r.Seed, r.Train, r.Replay),
	}
	for _, category := range r.Today.Categories {
		made.Categories = append(made.Categories, categoryRow{category.Name, count(category.Tickets), percent(category.Share), category.Example, 100 * category.Share / max(r.Today.Categories[0].Share, 1e-9)})
	}
	for i, name := range history.Fields {
		field, judged := r.Fields[name]
		if !judged {
			continue
		}
		made.Fields = append(made.Fields, shadowRowOf(name, field))
		if len(field.Curve) > 0 {
			plot := newCoveragePlot(fmt.Sprintf("plot-%d", i), triagesuite.FieldResult{
				Field: name, PrecisionCoverage: pointsOfCurve(field.Curve), CoverageAtPrecision: chosenPoints(r.Target, field),
			})
			plot.Of = name
			made.Plots = append(made.Plots, plot)
		}
		for _, slice := range r.Slices[name] {
			made.Slices = append(made.Slices, partRow{name, slice.Dimension + " " + slice.Value, count(slice.Verified.Tickets), percent(slice.Verified.Coverage), percentOrNone(slice.Verified.Precision)})
		}
	}
	for _, shown := range found.Shown {
		if !shown.Right {
			made.Wrong++
		}
		made.Shown = append(made.Shown, shownRow{shown.Text, fmt.Sprintf("%s: %s (%s sure), people: %s · line %d", shown.Field, shown.Decided, percent(shown.Sure), shown.People, shown.Line), tag(shown.Right, "agrees", "differs")})
	}
	made.intents(r.Intents)
	made.blocks(r.Blocks)
	if err := firstHourTemplate.ExecuteTemplate(to, "first-hour", made); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}

// shadowTiles are the figures that a lead looks for first.
func shadowTiles(r shadow.Result) []fact {
	tiles := []fact{{"Would act alone on", percent(r.Tickets.Coverage), fmt.Sprintf("of the newest %s tickets, in at least one field", count(r.Tickets.Tickets))}}
	precision := fact{"Wholly right of those", percentOrNone(r.Tickets.Precision), "nothing was acted on"}
	if r.Tickets.Precision != nil {
		precision.Note = fmt.Sprintf("%s %%, promised %s", within(*r.Tickets.PrecisionInterval), target(r.Target))
	}
	tiles = append(tiles, precision)
	for _, fact := range todayFacts(r.Today) {
		fact.Name = map[string]string{"passed on": "Passed on today", "to the right team": "To the right team today", "tickets a day": "Tickets a day"}[fact.Name]
		tiles = append(tiles, fact)
	}
	return tiles
}

func shadowRowOf(name string, field shadow.Field) shadowRow {
	row := shadowRow{Name: name, Threshold: "none", Chosen: field.Chosen.Reason, Covers: "0 %", Right: "–", Interval: "–", Strict: strictWords(field), Tag: plainTag("suggests only")}
	if field.Chosen.Threshold == nil {
		return row
	}
	row.Threshold = fmt.Sprintf("%.3f", *field.Chosen.Threshold)
	row.Chosen = fmt.Sprintf("%s of %s right", count(field.Chosen.Right), count(field.Chosen.Acted))
	row.Covers, row.Right = percent(field.Verified.Coverage), percentOrNone(field.Verified.Precision)
	if field.Verified.PrecisionInterval != nil {
		row.Interval = within(*field.Verified.PrecisionInterval)
	}
	row.Tag = tag(field.Verified.Kept, "kept", "missed")
	return row
}

func pointsOfCurve(curve []shadow.Point) []triagesuite.Point {
	points := make([]triagesuite.Point, len(curve))
	for i, point := range curve {
		points[i] = triagesuite.Point(point)
	}
	return points
}

func chosenPoints(wanted float64, field shadow.Field) []triagesuite.Coverage {
	if field.Verified.Precision == nil {
		return nil
	}
	return []triagesuite.Coverage{{Target: wanted, Threshold: field.Chosen.Threshold, Coverage: field.Verified.Coverage, Precision: field.Verified.Precision}}
}

func (p *firstHourPage) intents(intents []shadow.Intent) {
	for _, intent := range intents {
		row := intentRow{intent.Name, count(intent.Tickets), count(intent.Labels), count(intent.Needs), "–"}
		if intent.Needs == 0 {
			p.Ready++
			row.Needs = "ready"
			if intent.Precision != nil {
				row.Alone = fmt.Sprintf("%d of %d, %s right", intent.Acted, intent.Of, percent(*intent.Precision))
			}
		}
		p.Intents = append(p.Intents, row)
	}
}

func (p *firstHourPage) blocks(blocks shadow.Blocks) {
	for _, block := range []struct {
		name string
		shadow.Block
	}{{"learned from", blocks.Train}, {"thresholds chosen on", blocks.Calibrate}, {"verified on, once", blocks.Verify}} {
		row := blockRow{block.name, count(block.Rows), count(block.Tickets), "the file's order"}
		if block.From != nil {
			row.Time = block.From.Format("2 Jan 2006") + " – " + block.To.Format("2 Jan 2006")
		}
		p.Blocks = append(p.Blocks, row)
	}
}
