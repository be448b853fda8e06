package safetysuite

import (
	"time"

	"github.com/signalbox/signalbox/evals"
)

// Result is what a run found. Its JSON keys are fixed: docs/reference/eval.md lists
// them.
type Result struct {
	Suite      string      `json:"suite"`
	Version    string      `json:"version"`
	CreatedAt  time.Time   `json:"created_at"`
	Only       []string    `json:"only"`
	Target     string      `json:"target"` // pair: two databases of the run's own; url: a deployment
	Seed       uint64      `json:"seed"`
	Passed     bool        `json:"passed"`
	Separation *Separation `json:"separation"`

	Gates []evals.Verdict `json:"gates"`
}

// Separation is what became of the attempts to see something internal.
type Separation struct {
	Queries     int       `json:"queries"`
	Requests    int       `json:"requests"`
	Hidden      int       `json:"hidden_articles"`
	Routes      []Route   `json:"routes"`
	Kinds       []Kind    `json:"kinds"`
	Leaks       int       `json:"leaks"`       // answers that hold something internal
	Differences int       `json:"differences"` // answers that depend on the internal half
	Uncovered   int       `json:"uncovered"`   // customers' routes that were not tried
	Failures    int       `json:"failures"`    // answers with a status from 500 up
	Findings    []Finding `json:"findings"`    // the first of them
	Masked      []string  `json:"masked"`
	Skipped     []string  `json:"skipped"`
	Timing      *Timing   `json:"timing"` // null for a deployment
}

// Route counts what was asked on a route.
type Route struct {
	Route    string `json:"label"`
	Requests int    `json:"requests"`
	OK       int    `json:"ok"` // answered with a status below 300
}

// Kind counts the queries of a kind, over all routes.
type Kind struct {
	Kind     string `json:"label"`
	Requests int    `json:"requests"`
}

// Finding is something that must not be.
type Finding struct {
	What   string `json:"what"` // leak, difference, uncovered, failure or timing
	Route  string `json:"route"`
	Kind   string `json:"kind"`
	Query  string `json:"query"` // "" for a deployment
	Detail string `json:"detail"`
}

// Timing is how well latency alone tells the two databases apart.
type Timing struct {
	Pairs  int           `json:"pairs"`
	AUROC  float64       `json:"auroc"` // of the best of either direction, on the worst route
	Most   float64       `json:"most"`  // what is allowed, unless an interval says that it is chance
	Passed bool          `json:"passed"`
	Routes []RouteTiming `json:"routes"`
}

// RouteTiming is of one route. Slower is the probability that an answer with the
// internal half takes longer than one without.
type RouteTiming struct {
	Route    string      `json:"label"`
	Pairs    int         `json:"pairs"`
	AUROC    float64     `json:"auroc"`
	Slower   float64     `json:"slower"`
	Interval evals.Range `json:"slower_interval"`
	With     float64     `json:"with_ms"`    // median
	Without  float64     `json:"without_ms"` // median
}
