package shadow

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/learn"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

const (
	topCategories = 20
	curvePoints   = 60
	shownTickets  = 50
	// leastSlice is how many tickets a slice must have to be told.
	leastSlice = 20
	// shownRunes of a ticket's text are shown.
	shownRunes = 600
)

// curve goes down through the confidences of the newest block.
func (r *run) curve(field string, vetoed map[string]bool) []Point {
	var cases []promise.Case
	known := 0
	for _, d := range r.decided {
		truth := r.labels.of(r.history.Rows[d.row])[field]
		if !d.newest || truth == "" {
			continue
		}
		known++
		if r.acts(d, field, vetoed) {
			cases = append(cases, promise.Case{Confidence: d.sure[field], Right: d.values[field] == truth})
		}
	}
	slices.SortStableFunc(cases, func(a, b promise.Case) int { return cmp.Compare(b.Confidence, a.Confidence) })
	var points []Point
	right, next := 0, 1
	for i, c := range cases {
		if c.Right {
			right++
		}
		acted := i + 1
		last := acted == len(cases)
		if !last && (cases[acted].Confidence == c.Confidence || acted*curvePoints < next*known) {
			continue
		}
		next = acted*curvePoints/known + 1
		around := learn.Wilson(right, acted, 0.95)
		points = append(points, Point{c.Confidence, float64(acted) / float64(known), float64(right) / float64(acted), around.Low, around.High})
	}
	return points
}

func listSlices(found map[string]map[[2]string]*Verified, target float64) map[string][]Slice {
	listed := map[string][]Slice{}
	for field, byKey := range found {
		listed[field] = []Slice{}
		for key, verified := range byKey {
			if verified.Tickets < leastSlice {
				continue
			}
			verified.finish(target)
			listed[field] = append(listed[field], Slice{key[0], key[1], *verified})
		}
		slices.SortFunc(listed[field], func(a, b Slice) int {
			return cmp.Or(cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(b.Verified.Tickets, a.Verified.Tickets), cmp.Compare(a.Value, b.Value))
		})
	}
	return listed
}

// tell adds what is said beside the promise: how it goes today, which labels are still
// needed, and tickets to read.
func (r *run) tell() {
	r.tellToday()
	r.tellIntents()
	r.show()
	for _, line := range r.labels.warnings(r.history.Rows) {
		r.warn("%s", line)
	}
	if len(r.decided) > 0 && r.report.Result.Blocks.Verify.Tickets < 300 {
		r.warn("the newest block has %d tickets: the intervals are wide", r.report.Result.Blocks.Verify.Tickets)
	}
}

func (r *run) tellToday() {
	today := &r.report.Result.Today
	rows := r.history.Rows
	known, passed := 0, 0
	var minutes []float64
	for _, row := range rows {
		switch {
		case row.Reassignments >= 0:
			known++
			if row.Reassignments > 0 {
				passed++
			}
		case row.Intake[triage.FieldRoute] != "" && row.Labels[triage.FieldRoute] != "":
			known++
			if slug(row.Intake[triage.FieldRoute]) != slug(row.Labels[triage.FieldRoute]) {
				passed++
			}
		}
		if !row.RoutedAt.IsZero() && !row.Time.IsZero() && !row.RoutedAt.Before(row.Time) {
			minutes = append(minutes, row.RoutedAt.Sub(row.Time).Minutes())
		}
	}
	if known > 0 {
		share := float64(passed) / float64(known)
		around := learn.Wilson(passed, known, 0.95)
		today.Reassigned, today.ReassignedInterval, today.ReassignedOf = &share, &Range{Low: around.Low, High: around.High}, known
	}
	if len(minutes) > 0 {
		slices.Sort(minutes)
		today.MinutesToTeam, today.MinutesToTeam90 = &minutes[len(minutes)/2], &minutes[len(minutes)*9/10]
	}
	if first, last := rows[0].Time, rows[len(rows)-1].Time; !first.IsZero() && last.Sub(first).Hours() >= 24 {
		perDay := float64(len(rows)) / (last.Sub(first).Hours() / 24)
		today.PerDay = &perDay
	}
	today.CategoriesFrom = r.fields[0]
	today.Categories = r.categories(func(row history.Row) string { return r.labels.of(row)[r.fields[0]] }, true)
	languages := map[int]string{}
	for _, d := range r.decided {
		languages[d.row] = d.language
	}
	today.Languages = r.languages(languages)
}

func (r *run) categories(of func(history.Row) string, example bool) []Category {
	counts, examples, known := map[string]int{}, map[string]string{}, 0
	for _, row := range r.history.Rows {
		key := of(row)
		if key == "" {
			continue
		}
		known++
		counts[key]++
		if text := cut(row.Text(), 140); example && (examples[key] == "" || utf8.RuneCountInString(examples[key]) < 30 && len(text) > len(examples[key])) {
			examples[key] = text
		}
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	categories := []Category{}
	for _, key := range keys[:min(len(keys), topCategories)] {
		categories = append(categories, Category{key, r.nameOf(key), counts[key], float64(counts[key]) / float64(known), examples[key]})
	}
	return categories
}

func (r *run) languages(byRow map[int]string) []Category {
	counts := map[string]int{}
	for _, code := range byRow {
		counts[code]++
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	listed := []Category{}
	for _, code := range keys[:min(len(keys), topCategories)] {
		name := code
		if code == "" {
			name = "unknown"
		}
		listed = append(listed, Category{Key: code, Name: name, Tickets: counts[code], Share: float64(counts[code]) / float64(len(byRow))})
	}
	return listed
}

// nameOf is what people call a value.
func (r *run) nameOf(key string) string {
	if intent, known := r.labels.taxonomy.Intent(key); known {
		return intent.Name
	}
	for _, route := range r.labels.taxonomy.Routes {
		if route.Key == key {
			return route.Name
		}
	}
	return strings.ReplaceAll(key, "_", " ")
}

func (r *run) tellIntents() {
	r.report.Result.Intents = []Intent{}
	if len(r.evidence) == 0 {
		return
	}
	needed := promise.NeededCases(r.config.Target, r.config.Delta)
	counts := map[string]int{}
	for _, row := range r.history.Rows {
		counts[r.labels.of(row)[triage.FieldIntent]]++
	}
	for _, intent := range r.labels.taxonomy.Intents {
		told := Intent{Key: intent.Key, Name: intent.Name, Tickets: counts[intent.Key], Labels: r.evidence[intent.Key], Needs: max(needed-r.evidence[intent.Key], 0)}
		r.countIntent(&told)
		r.report.Result.Intents = append(r.report.Result.Intents, told)
	}
	slices.SortStableFunc(r.report.Result.Intents, func(a, b Intent) int { return cmp.Compare(b.Tickets, a.Tickets) })
}

// countIntent says how tickets that were decided as this intent went in the newest block.
func (r *run) countIntent(intent *Intent) {
	if intent.Needs > 0 {
		return
	}
	for _, d := range r.decided {
		if !d.newest || d.intent != intent.Key {
			continue
		}
		intent.Of++
		one := Verified{}
		r.countTicket(&one, d, nil)
		intent.Acted += one.Acted
		intent.Right += one.Right
	}
	if intent.Acted > 0 {
		precision := float64(intent.Right) / float64(intent.Acted)
		intent.Precision = &precision
	}
}

// show picks tickets of the newest block that would have been acted on: the errors, the
// surest first, then others spread over the block.
func (r *run) show() {
	vetoed := r.vetoes(promise.NeededCases(r.config.Target, r.config.Delta))
	var wrong, right []Shown
	for _, d := range r.decided {
		truth := r.labels.of(r.history.Rows[d.row])
		for _, field := range r.fields {
			threshold := r.report.Result.Fields[field].Chosen.Threshold
			if !d.newest || truth[field] == "" || !r.acts(d, field, vetoed) || !reaches(d.sure[field], threshold) {
				continue
			}
			row := r.history.Rows[d.row]
			shown := Shown{
				Line: row.Line, Text: cut(row.Text(), shownRunes), Right: d.values[field] == truth[field], Field: field,
				Decided: r.nameOf(d.values[field]), People: r.nameOf(truth[field]), Sure: d.sure[field], Threshold: *threshold,
			}
			if shown.Right {
				right = append(right, shown)
			} else {
				wrong = append(wrong, shown)
			}
		}
	}
	slices.SortStableFunc(wrong, func(a, b Shown) int { return cmp.Compare(b.Sure, a.Sure) })
	wrong = wrong[:min(len(wrong), shownTickets*3/5)] // others are read beside them
	r.report.Shown = append(r.report.Shown, wrong...)
	wanted := min(shownTickets-len(wrong), len(right))
	for i := range wanted {
		r.report.Shown = append(r.report.Shown, right[i*len(right)/wanted])
	}
}

func cut(text string, most int) string {
	text = strings.TrimSpace(text)
	if runes := []rune(text); len(runes) > most {
		return strings.TrimSpace(string(runes[:most])) + " …"
	}
	return text
}
