package shadow

import (
	"time"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// Range is an interval of 95 %.
type Range = evals.Range

// Result is what a replay found. Rates are from 0 to 1; null is a rate of nothing.
type Result struct {
	Name     string   `json:"name"` // of the file
	DataHash string   `json:"data_hash"`
	Version  string   `json:"version"`
	Target   float64  `json:"target"`
	Delta    float64  `json:"delta"`
	Seed     uint64   `json:"seed"`
	Warnings []string `json:"warnings"`

	Blocks    Blocks             `json:"blocks"`
	Today     Today              `json:"today"`
	Fields    map[string]Field   `json:"fields"`
	Tickets   Verified           `json:"tickets"` // the promise per ticket: all that was acted on was right
	Intents   []Intent           `json:"intents"` // the most frequent first
	Slices    map[string][]Slice `json:"slices"`  // by field; languages and channels
	Automated float64            `json:"automated"`
	Train     float64            `json:"train_seconds"`
	Replay    float64            `json:"replay_seconds"`
}

// Blocks are the parts of the history in the order of time.
type Blocks struct {
	Train     Block `json:"train"`
	Calibrate Block `json:"calibrate"`
	Verify    Block `json:"verify"`
	Skipped   int   `json:"skipped"`    // rows that cannot be used
	OneOf     int   `json:"duplicates"` // rows that count with an earlier one
	Timed     bool  `json:"timed"`      // the rows have times; else they are in the file's order
}

// Block is one part.
type Block struct {
	Rows    int        `json:"rows"`
	Tickets int        `json:"tickets"` // that count: threads and near-duplicates once
	From    *time.Time `json:"from"`
	To      *time.Time `json:"to"`
}

// Today is how it goes without Signalbox, where the history tells.
type Today struct {
	Reassigned         *float64   `json:"reassigned"` // share that was passed on at least once
	ReassignedInterval *Range     `json:"reassigned_interval"`
	ReassignedOf       int        `json:"reassigned_of"`
	MinutesToTeam      *float64   `json:"minutes_to_right_team"` // median
	MinutesToTeam90    *float64   `json:"minutes_to_right_team_p90"`
	Categories         []Category `json:"categories"` // the top 20
	CategoriesFrom     string     `json:"categories_from"`
	Languages          []Category `json:"languages"`
	PerDay             *float64   `json:"per_day"` // tickets
}

// Category is a value with its volume.
type Category struct {
	Key     string  `json:"key"`
	Name    string  `json:"name"`
	Tickets int     `json:"tickets"`
	Share   float64 `json:"share"`
	Example string  `json:"example,omitempty"`
}

// Field is what was chosen and verified for a field.
type Field struct {
	Chosen     promise.Selection `json:"chosen"` // on the calibration block
	Accuracy   float64           `json:"accuracy"`
	Verified   Verified          `json:"verified"` // once, on the newest block
	Curve      []Point           `json:"precision_coverage"`
	Strictest  Verified          `json:"at_0.998"` // the same at a target of 99.8 %
	StrictNeed int               `json:"needed_for_0.998"`
	Vetoed     int               `json:"vetoed_intents"`
	State      string            `json:"confidence"`
}

// Verified is what acting came to. Coverage is of all tickets with a label.
type Verified struct {
	Tickets           int      `json:"tickets"`
	Acted             int      `json:"acted"`
	Right             int      `json:"right"`
	Coverage          float64  `json:"coverage"`
	CoverageInterval  Range    `json:"coverage_interval"`
	Precision         *float64 `json:"precision"`
	PrecisionInterval *Range   `json:"precision_interval"`
	Threshold         *float64 `json:"threshold,omitempty"`
	Kept              bool     `json:"kept"` // the precision is at the target, or nothing was acted on
}

// Point is one of a precision–coverage curve, on the newest block.
type Point struct {
	Threshold float64 `json:"threshold"`
	Coverage  float64 `json:"coverage"`
	Precision float64 `json:"precision"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
}

// Intent is how ready an intent is.
type Intent struct {
	Key       string   `json:"key"`
	Name      string   `json:"name"`
	Tickets   int      `json:"tickets"` // of the whole history
	Labels    int      `json:"labels"`  // that count as evidence
	Needs     int      `json:"needs"`   // further labels until it may act
	Acted     int      `json:"acted"`   // in the newest block
	Right     int      `json:"right"`
	Of        int      `json:"of"`
	Precision *float64 `json:"precision"`
}

// Slice is a part of the newest block.
type Slice struct {
	Dimension string   `json:"dimension"`
	Value     string   `json:"value"`
	Verified  Verified `json:"verified"`
}

// Shown is a ticket to read.
type Shown struct {
	Line      int
	Text      string
	Right     bool
	Field     string
	Decided   string
	People    string
	Sure      float64
	Threshold float64
}

// Report is a result with what only a page shows, and what applying needs.
type Report struct {
	Result   Result
	Shown    []Shown
	Model    *triage.Model
	Taxonomy triage.Taxonomy
	Policy   triage.Policy // the owner's, with what was chosen
}
