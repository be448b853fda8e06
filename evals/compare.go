package evals

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/learn"
)

// Comparison is a run beside an earlier one on the same rows.
type Comparison struct {
	Version   string        `json:"version"` // of the baseline
	CreatedAt string        `json:"created_at"`
	SameData  bool          `json:"same_data"`
	Rows      int           `json:"rows"`     // that stand in both runs
	Unpaired  int           `json:"unpaired"` // that stand in one only
	Figures   []Change      `json:"figures"`
	Slices    []SliceChange `json:"slices"`
	// Changed lists the scores of single rows that changed, the greatest losses first.
	Changed []RowChange `json:"changed"`
}

// RowChange is the change of one row's score.
type RowChange struct {
	Row    string  `json:"row"`
	Field  string  `json:"field"`
	Score  string  `json:"score"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Change float64 `json:"change"`
}

// Change of a figure. The interval is of a paired bootstrap; null where a figure is
// no mean over rows.
type Change struct {
	Figure   string  `json:"figure"`
	Before   float64 `json:"before"`
	After    float64 `json:"after"`
	Change   float64 `json:"change"`
	Interval *Range  `json:"interval"`
	Worse    bool    `json:"worse"`  // by the interval, or where there is none by the value
	Better   bool    `json:"better"` // likewise
}

// loss is how much worse the figure became.
func (c Change) loss() float64 {
	if lowerIsBetter[lastPart(c.Figure)] {
		return c.Change
	}
	return -c.Change
}

// String tells the change in one line.
func (c Change) String() string {
	text := fmt.Sprintf("%.4f, was %.4f: %+.4f", c.After, c.Before, c.Change)
	if c.Interval != nil {
		text += fmt.Sprintf(" (%+.4f to %+.4f)", c.Interval.Low, c.Interval.High)
	}
	return text
}

// SliceChange is the change of a slice's accuracy.
type SliceChange struct {
	Field     string  `json:"field"`
	Dimension string  `json:"dimension"`
	Value     string  `json:"value"`
	N         int     `json:"n"`
	Before    float64 `json:"before"`
	After     float64 `json:"after"`
	Change    float64 `json:"change"`
	Interval  Range   `json:"interval"`
	Regressed bool    `json:"regressed"` // the whole interval is below 0
}

// String names the slice and tells its change in one line.
func (s SliceChange) String() string {
	return fmt.Sprintf("%s where %s is %s: accuracy %.3f, was %.3f on %d rows", s.Field, s.Dimension, s.Value, s.After, s.Before, s.N)
}

const (
	level     = 0.95
	resamples = 2_000
	// leastSlice is how many rows a slice needs to be compared at all.
	leastSlice = 20
)

// pair is one row in both runs.
type pair struct{ before, after Row }

// Compare pairs the rows of two runs by field, seed and hash. Rows that only one has
// are left out; without any pair the error says so.
func Compare(before, after *Run) (*Comparison, error) {
	if before.Suite != after.Suite {
		return nil, fault.Field(fault.Invalid, "--baseline", "is a run of another suite", "name a run of "+after.Suite)
	}
	pairs, unpaired := pairUp(before.Rows, after.Rows)
	if len(pairs) == 0 {
		return nil, fault.Field(fault.Unprocessable, "--baseline", "has no row in common with this run", "name a run on the same test rows and label columns")
	}
	c := &Comparison{
		Version: before.Version, CreatedAt: before.CreatedAt.Format("2006-01-02 15:04"),
		SameData: before.DataHash == after.DataHash, Rows: len(pairs), Unpaired: unpaired, Changed: changedRows(pairs),
	}
	fields := groupBy(pairs, func(p pair) string { return p.after.Field })
	byFigure := map[string]Change{}
	for _, field := range sortedKeys(fields) {
		if fields[field][0].after.Scores != nil {
			for _, change := range scoreChanges(fields[field]) {
				byFigure["modes."+field+"."+change.Figure] = change
			}
			continue
		}
		for _, change := range rowChanges(fields[field]) {
			byFigure["fields."+field+"."+change.Figure] = change
			if first := after.Rows[0].Field; first == field {
				byFigure[change.Figure] = change
			}
		}
		c.Slices = append(c.Slices, sliceChanges(field, fields[field])...)
	}
	for _, name := range sortedKeys(after.Figures) {
		value, known := before.Figures[name]
		if paired, found := byFigure[name]; found {
			paired.Figure = name
			c.Figures = append(c.Figures, paired)
		} else if known && isHeadline(name) {
			c.Figures = append(c.Figures, plainChange(name, value, after.Figures[name]))
		}
	}
	return c, nil
}

// isHeadline leaves out the single classes, slices and seeds.
func isHeadline(name string) bool {
	for _, part := range []string{"per_class", "slices", "seeds", "data", "gates", "baseline", "confusions", "priority", "languages", "parameters"} {
		if strings.HasPrefix(name, part+".") || strings.Contains(name, "."+part+".") {
			return false
		}
	}
	return true
}

func plainChange(name string, before, after float64) Change {
	change := Change{Figure: name, Before: before, After: after, Change: after - before}
	change.Worse, change.Better = change.loss() > 0, change.loss() < 0
	return change
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func pairUp(before, after []Row) (pairs []pair, unpaired int) {
	type key struct {
		field, row string
		seed       uint64
		occurrence int
	}
	keysOf := func(rows []Row) func(Row) key {
		seen := map[key]int{}
		return func(row Row) key {
			k := key{field: row.Field, row: row.Row, seed: row.Seed}
			seen[k]++
			k.occurrence = seen[k]
			return k
		}
	}
	known, keyOf := map[key]Row{}, keysOf(before)
	for _, row := range before {
		known[keyOf(row)] = row
	}
	keyOf = keysOf(after)
	for _, row := range after {
		if earlier, found := known[keyOf(row)]; found {
			pairs = append(pairs, pair{earlier, row})
		}
	}
	return pairs, len(before) + len(after) - 2*len(pairs)
}

func groupBy(pairs []pair, key func(pair) string) map[string][]pair {
	groups := map[string][]pair{}
	for _, p := range pairs {
		groups[key(p)] = append(groups[key(p)], p)
	}
	return groups
}

// rowChanges are of the figures that are means over rows in scope.
func rowChanges(pairs []pair) []Change {
	return []Change{
		meanChange("accuracy", pairs, func(r Row) float64 { return indicator(r.Correct) }),
		meanChange("brier", pairs, func(r Row) float64 {
			distance := r.Confidence - indicator(r.Correct)
			return distance * distance
		}),
	}
}

// scoreChanges are of the scores that rows bring along.
func scoreChanges(pairs []pair) []Change {
	var changes []Change
	for _, name := range sortedKeys(pairs[0].after.Scores) {
		changes = append(changes, meanChange(name, pairs, func(r Row) float64 { return r.Scores[name] }))
	}
	return changes
}

func changedRows(pairs []pair) []RowChange {
	changed := []RowChange{}
	for _, p := range pairs {
		for _, name := range sortedKeys(p.after.Scores) {
			before, after := p.before.Scores[name], p.after.Scores[name]
			if before != after {
				changed = append(changed, RowChange{p.after.Row, p.after.Field, name, before, after, after - before})
			}
		}
	}
	slices.SortStableFunc(changed, func(a, b RowChange) int { return cmp.Compare(a.Change, b.Change) })
	return changed
}

func meanChange(name string, pairs []pair, value func(Row) float64) Change {
	var before, after []float64
	for _, p := range pairs {
		if !p.after.OutOfScope {
			before, after = append(before, value(p.before)), append(after, value(p.after))
		}
	}
	if len(before) == 0 {
		return Change{Figure: name}
	}
	difference := learn.PairedBootstrap(before, after, resamples, level, 1)
	change := Change{Figure: name, Before: mean(before), After: mean(after), Change: difference.Value}
	change.Interval = &Range{difference.Interval.Low, difference.Interval.High}
	rises, falls := difference.Interval.Low > 0, difference.Interval.High < 0
	if change.Worse, change.Better = falls, rises; lowerIsBetter[name] {
		change.Worse, change.Better = rises, falls
	}
	return change
}

func sliceChanges(field string, pairs []pair) []SliceChange {
	var changes []SliceChange
	for _, dimension := range []struct {
		name  string
		value func(pair) string
	}{
		{"language", func(p pair) string { return p.after.Language }},
		{"channel", func(p pair) string { return p.after.Channel }},
		{"label", func(p pair) string { return p.after.Label }},
	} {
		groups := groupBy(pairs, dimension.value)
		for _, value := range sortedKeys(groups) {
			if value == "" || len(groups[value]) < leastSlice {
				continue
			}
			change := meanChange("accuracy", groups[value], func(r Row) float64 { return indicator(r.Correct) })
			if change.Interval == nil {
				continue
			}
			changes = append(changes, SliceChange{
				Field: field, Dimension: dimension.name, Value: value, N: len(groups[value]),
				Before: change.Before, After: change.After, Change: change.Change, Interval: *change.Interval, Regressed: change.Worse,
			})
		}
	}
	return changes
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func mean(values []float64) float64 {
	var sum float64
	for _, value := range values {
		sum += value
	}
	return sum / float64(len(values))
}
