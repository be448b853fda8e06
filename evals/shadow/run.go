package shadow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// The shares of the history, in the order of time.
const (
	trainShare     = 0.6
	calibrateShare = 0.2
	// leastRows is what a replay can say anything about.
	leastRows = 60
	// strict is the target at which coverage is told besides, for those who ask for it.
	strict = 0.998
)

// run is the state of one replay.
type run struct {
	config   Config
	history  *history.History
	fields   []string
	labels   *labels
	groups   []int
	ends     [2]int // where the calibration block and the newest one begin
	model    *triage.Model
	policy   triage.Policy
	evidence map[string]int                    // labels that count, by intent: learned as it, or judged where it was decided
	decided  []decided                         // of the tickets that count, from the calibration block on
	states   map[string]triage.ConfidenceState // by field
	report   *Report
}

// decided is one ticket of the two newer blocks.
type decided struct {
	row      int
	newest   bool
	language string
	intent   string            // decided
	person   bool              // it goes to a person whatever its fields say
	values   map[string]string // by field
	sure     map[string]float64
	able     map[string]bool // the field may act if it is sure enough
}

// Run replays a history. Errors are faults that name a flag, and the context's.
func Run(ctx context.Context, config Config, h *history.History) (*Report, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	r := &run{config: config, history: h, evidence: map[string]int{}, states: map[string]triage.ConfidenceState{}}
	var err error
	if r.fields, err = config.fieldsOf(h); err != nil {
		return nil, err
	}
	if len(h.Rows) < leastRows {
		return nil, fault.Field(fault.Unprocessable, "--history", fmt.Sprintf("has %d usable rows", len(h.Rows)), fmt.Sprintf("give at least %d, better thousands", leastRows))
	}
	r.divide()
	if err := r.learn(ctx); err != nil {
		return nil, err
	}
	if err := r.decide(ctx); err != nil {
		return nil, err
	}
	r.choose()
	r.verify()
	r.tell()
	return r.report, nil
}

// divide orders the rows, finds what counts as one, and cuts the blocks.
func (r *run) divide() {
	timed := r.history.Sort()
	r.groups = history.Groups(r.history.Rows)
	n := len(r.history.Rows)
	r.ends = [2]int{int(trainShare * float64(n)), int((trainShare + calibrateShare) * float64(n))}
	r.labels = newLabels(r.history.Rows[:r.ends[0]], r.config.Known)
	result := Result{
		Name: r.history.Name, DataHash: r.history.Hash, Version: r.config.Version, Target: r.config.Target, Delta: r.config.Delta, Seed: r.config.Seed,
		Fields: map[string]Field{}, Slices: map[string][]Slice{}, Warnings: []string{},
	}
	result.Blocks = Blocks{
		Train: r.block(0, r.ends[0]), Calibrate: r.block(r.ends[0], r.ends[1]), Verify: r.block(r.ends[1], n), Skipped: len(r.history.Skipped), Timed: timed,
	}
	for i, group := range r.groups {
		if group != i {
			result.Blocks.OneOf++
		}
	}
	r.report = &Report{Result: result}
	if !timed {
		r.warn("not every row has a time, so the file's order was taken for that of time")
	}
	for _, skipped := range r.history.Skipped[:min(len(r.history.Skipped), 5)] {
		r.warn("line %d was left out: %s", skipped.Line, skipped.Reason)
	}
}

func (r *run) warn(format string, values ...any) {
	r.report.Result.Warnings = append(r.report.Result.Warnings, fmt.Sprintf(format, values...))
}

func (r *run) block(from, to int) Block {
	block := Block{Rows: to - from}
	for i := from; i < to; i++ {
		if r.groups[i] == i {
			block.Tickets++
		}
	}
	if to > from && !r.history.Rows[from].Time.IsZero() {
		first, last := r.history.Rows[from].Time, r.history.Rows[to-1].Time
		block.From, block.To = &first, &last
	}
	return block
}

// decide asks the model about the tickets of the two newer blocks that count, under a
// policy that lets every field act that may.
func (r *run) decide(ctx context.Context) error {
	r.policy = r.config.Policy
	r.policy.Fields = map[string]triage.FieldPolicy{}
	for name, field := range r.config.Policy.Fields {
		field.Intents = nil
		r.policy.Fields[name] = field
	}
	labelled := r.history.Labelled()
	for _, field := range []string{triage.FieldIntent, triage.FieldRoute} {
		if !slices.Contains(labelled, field) { // nothing learned it: that must hold up nothing
			r.policy.Fields[field] = triage.FieldPolicy{Mode: triage.ModeOff, Threshold: 0.9}
		}
	}
	for _, field := range r.fields {
		r.policy.Fields[field] = triage.FieldPolicy{Mode: triage.ModeAuto, Threshold: 0.5}
	}
	engine := triage.NewEngine(r.model, r.policy, triage.EngineOptions{HashKey: []byte("shadow")})
	started, rows := time.Now(), r.history.Rows
	for i := r.ends[0]; i < len(rows); i++ {
		if r.groups[i] != i {
			continue
		}
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			r.progress("tickets replayed", i-r.ends[0], len(rows)-r.ends[0])
		}
		decision, err := engine.Decide(rows[i].Input())
		if err != nil {
			return fmt.Errorf("decide line %d: %w", rows[i].Line, err)
		}
		r.decided = append(r.decided, r.decidedOf(i, decision))
	}
	r.progress("tickets replayed", len(rows)-r.ends[0], len(rows)-r.ends[0])
	r.report.Result.Replay = time.Since(started).Seconds()
	return nil
}

func (r *run) decidedOf(row int, decision triage.Decision) decided {
	d := decided{
		row: row, newest: row >= r.ends[1], language: decision.Fields[triage.FieldLanguage].Value, intent: decision.Fields[triage.FieldIntent].Value,
		person: decision.Outcome == triage.Review, values: map[string]string{}, sure: map[string]float64{}, able: map[string]bool{},
	}
	for _, name := range r.fields {
		field := decision.Fields[name]
		d.values[name], d.sure[name], d.able[name] = field.Value, field.Confidence, field.Outcome == triage.Auto
		if field.State != "" {
			r.states[name] = field.State
		}
	}
	return d
}

func (r *run) progress(stage string, done, total int) {
	if r.config.Progress != nil {
		r.config.Progress(stage, done, total)
	}
}

// judged is a ticket's case in each field, nil where it does not act or nobody knows.
// vetoed says which intents may not act.
func (r *run) judged(d decided, vetoed map[string]bool) promise.Judged {
	truth := r.labels.of(r.history.Rows[d.row])
	judged := make(promise.Judged, len(r.fields))
	for i, field := range r.fields {
		if truth[field] == "" || !r.acts(d, field, vetoed) {
			continue
		}
		judged[i] = &promise.Case{Confidence: d.sure[field], Right: d.values[field] == truth[field]}
	}
	return judged
}

func (r *run) acts(d decided, field string, vetoed map[string]bool) bool {
	return d.able[field] && !d.person && !vetoed[d.intent]
}
