package triage

import (
	"time"

	"github.com/signalbox/signalbox/internal/promise"
)

// DriftAlpha is the probability with which a field that holds its target is ever
// demoted all the same.
const DriftAlpha = 0.05

// assumedTarget is what a threshold that was set by hand is compared with. Nothing was
// promised, so nothing is demoted for it.
const assumedTarget = 0.95

// NewWatch begins the watch over a field that acts alone.
func (f FieldPolicy) NewWatch() promise.Drift {
	if f.Target == 0 {
		return promise.NewDrift(assumedTarget, DriftAlpha)
	}
	return promise.NewDrift(f.Target, DriftAlpha)
}

// ActsAs says whether another policy of the field acts alone in the same way, so that
// one watch holds for both.
func (f FieldPolicy) ActsAs(other FieldPolicy) bool {
	return f.Mode == ModeAuto && other.Mode == ModeAuto && f.Threshold == other.Threshold && f.Target == other.Target
}

// Bounds is a range of shares.
type Bounds struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// FieldPromise is how a field stands to what was promised of it.
type FieldPromise struct {
	Field     string  `json:"field"`
	Mode      Mode    `json:"mode"`
	Threshold float64 `json:"threshold"`
	Target    float64 `json:"target,omitempty"` // 0: none was stated
	// State is meets, inconclusive or fails of a field that acts alone, of the answers
	// that were counted; empty if nothing is watched.
	State promise.DriftState `json:"state,omitempty"`
	// Cases are blind answers to what the field did alone, Needed how many there will be
	// once it meets; 0: it will not, as it stands.
	Cases  int `json:"cases"`
	Right  int `json:"right"`
	Needed int `json:"needed,omitempty"`
	// Precision is estimated from the blind sample, each case by its probability; nil
	// without any. Interval is a confidence sequence: it holds at any time.
	Precision *float64 `json:"precision,omitempty"`
	Interval  *Bounds  `json:"interval,omitempty"`
	// Acted and Overridden count four weeks. Nobody looks at every ticket, so their ratio
	// is an early warning and no error rate.
	Acted      int `json:"acted"`
	Overridden int `json:"overridden"`
	// Since is the version of the policy since which it acts as it does.
	Since     int64      `json:"since,omitempty"`
	CheckedAt *time.Time `json:"checked_at,omitempty"`
}

// TicketPromise is how often everything that was done alone with a ticket was right, by
// the blind sample. Target is the lowest of the fields' that act.
type TicketPromise struct {
	Target    float64 `json:"target,omitempty"`
	Cases     int     `json:"cases"`
	Right     int     `json:"right"`
	Precision float64 `json:"precision"`
	Interval  Bounds  `json:"interval"`
	Since     int64   `json:"since"`
}

// PromiseReport is how everything that acts alone stands.
type PromiseReport struct {
	PolicyVersion int64          `json:"policy_version"`
	Fields        []FieldPromise `json:"fields"`
	// Tickets is nil without an answer about a ticket with which something was done alone.
	Tickets *TicketPromise `json:"tickets,omitempty"`
	Plan    BlindPlan      `json:"plan"`
	// Answered and Waiting count the blind sample: answers of four weeks, and those
	// that are still wanted.
	Answered int `json:"answered"`
	Waiting  int `json:"waiting"`
	// Agreement is how far two people agree, by field: the ceiling of any model.
	Agreement map[string]promise.Agreement `json:"agreement"`
}

// Demotion is a field that fell below its target and was taken back to suggest.
type Demotion struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}
