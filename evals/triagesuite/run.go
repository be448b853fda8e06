package triagesuite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/signalbox/signalbox/evals"
	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/fault"
)

// Run trains and judges. Errors are faults that name a flag or a place in a file,
// and the context's.
func Run(ctx context.Context, config Config, data Data, embedder Embedder) (*Report, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	r := &run{config: config, data: data, embedder: embedder, engine: engine{config: config, fields: data.Fields}}
	if builtIn, ok := embedder.(BuiltIn); ok {
		r.engine.builtIn = &builtIn
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	trials := r.trials()
	for i, t := range trials {
		stage := "steps of training"
		if len(trials) > 1 {
			stage = fmt.Sprintf("steps of training %d of %d", i+1, len(trials))
		}
		all, err := r.engine.run(ctx, t, func(done, total int) { config.Progress(stage, i*total+done, len(trials)*total) })
		if err != nil {
			return nil, err
		}
		r.learned, r.seeds = append(r.learned, all), append(r.seeds, t.seed)
	}
	return r.report(ctx)
}

// run is the state of one call of Run.
type run struct {
	config             Config
	data               Data
	embedder           Embedder
	engine             engine
	train, valid, test sample
	crossValidated     bool
	languages          []string // of the test rows
	learned            [][]*learned
	seeds              []uint64 // by trial
	warnings           []string
}

// check refuses data that nothing can be measured on, and notes what is odd.
func (r *run) check() error {
	r.crossValidated = len(r.data.Test.Rows) == 0
	if r.crossValidated && len(r.data.Train.Rows) < 2*foldCount {
		return fault.Field(fault.Unprocessable, "--train", "has too few rows to cross-validate", "name a --test file, or give at least ten rows")
	}
	for field, name := range r.data.Fields {
		for _, table := range []dataset.Table{r.data.Train, r.data.Test} {
			if len(table.Rows) > 0 && len(labelled(table.Rows, field)) == 0 {
				return fault.Field(fault.Unprocessable, table.Name+", column "+name, "has no label in any row", "name another --label-column")
			}
		}
	}
	for _, table := range []dataset.Table{r.data.Train, r.data.Valid, r.data.Test} {
		r.noteEmpty(table)
	}
	return nil
}

func (r *run) noteEmpty(table dataset.Table) {
	first, count := 0, 0
	for _, row := range table.Rows {
		if row.Empty() {
			if count++; count == 1 {
				first = row.Line
			}
		}
	}
	if count > 0 {
		r.warn("%s: %d row(s) without any text, the first in line %d: nothing is learned from them, and as test rows they are judged like any other", table.Name, count, first)
	}
}

func (r *run) warn(format string, values ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, values...))
}

// read cleans and embeds all rows once.
func (r *run) read(ctx context.Context) error {
	for _, part := range []struct {
		to   *sample
		rows []dataset.Row
		name string
	}{{&r.train, r.data.Train.Rows, "training"}, {&r.valid, r.data.Valid.Rows, "validation"}, {&r.test, r.data.Test.Rows, "test"}} {
		var err error
		progress := func(done, total int) { r.config.Progress(part.name+" rows read", done, total) }
		if *part.to, err = read(ctx, part.rows, r.embedder, progress); err != nil {
			return err
		}
	}
	if err := r.engine.describe(ctx, r.train.rows, r.embedder); err != nil {
		return err
	}
	if r.crossValidated {
		r.test = r.train
	}
	for i, row := range r.test.rows {
		r.languages = append(r.languages, languageOf(row, r.test.texts[i]))
	}
	return nil
}

// trials deals the rows: a training a seed, and in cross-validation a fold.
func (r *run) trials() []trial {
	var trials []trial
	for i := range r.config.Seeds {
		seed := r.config.Seed + uint64(i) //nolint:gosec // never negative
		if !r.crossValidated {
			everyone := numbers(len(r.test.rows))
			trials = append(trials, r.trial(seed, numbers(len(r.train.rows)), everyone))
			continue
		}
		labels := make([]string, len(r.train.rows))
		for i, row := range r.train.rows {
			labels[i] = row.Labels[0]
		}
		folds := dataset.Folds(r.train.texts, labels, foldCount, seed)
		for fold := range foldCount {
			var inside, outside []int
			for i, f := range folds {
				if f == fold {
					inside = append(inside, i)
				} else {
					outside = append(outside, i)
				}
			}
			trials = append(trials, r.trial(seed, outside, inside))
		}
	}
	return trials
}

// trial leaves rows without text out of training, and draws the few.
func (r *run) trial(seed uint64, train, test []int) trial {
	t := trial{seed: seed, train: r.train.of(train), valid: r.valid, test: r.test.of(test), testRows: test}
	for field := range r.data.Fields {
		t.members = append(t.members, r.members(t.train, field, seed))
		t.validMembers = append(t.validMembers, r.members(t.valid, field, seed))
	}
	if r.config.FewShot > 0 {
		t.keepUsed()
	}
	return t
}

func (r *run) members(s sample, field int, seed uint64) []int {
	if r.config.FewShot > 0 {
		return dataset.FewShot(s.rows, field, r.config.FewShot, seed)
	}
	return slices.DeleteFunc(labelled(s.rows, field), func(i int) bool { return s.rows[i].Empty() })
}

// keepUsed drops training rows that no field drew, so that nothing at all is
// learned from them, not even which words are frequent.
func (t *trial) keepUsed() {
	var used []int
	for _, members := range t.members {
		used = append(used, members...)
	}
	slices.Sort(used)
	used = slices.Compact(used)
	t.train = t.train.of(used)
	for field, members := range t.members {
		renumbered := make([]int, len(members))
		for i, member := range members {
			renumbered[i], _ = slices.BinarySearch(used, member)
		}
		t.members[field] = renumbered
	}
}

func numbers(count int) []int {
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	return all
}

// report turns outcomes into figures.
func (r *run) report(ctx context.Context) (*Report, error) {
	report := &Report{Result: Result{
		Suite: "triage", CreatedAt: time.Now().UTC().Truncate(time.Second),
		Fields: map[string]FieldResult{}, Mode: "test", FewShot: r.config.FewShot, Seed: r.config.Seed,
		Embedding: r.embedder.Name(), Warnings: []string{}, Gates: []evals.Verdict{},
	}}
	result := &report.Result
	if r.crossValidated {
		result.Mode, result.Folds = "cross_validation", foldCount
	}
	for field, name := range r.data.Fields {
		r.config.Progress("fields measured", field, len(r.data.Fields))
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m, err := r.measure(field)
		if err != nil {
			return nil, err
		}
		result.Fields[name] = m.result
		if field == 0 {
			result.FieldResult = m.result
		}
		result.TrainSeconds += m.result.TrainSeconds
		result.MicrosecondsPerText += m.ownMicroseconds
		if field == 0 {
			result.MicrosecondsPerText = m.result.MicrosecondsPerText
		}
		result.ModelBytes += m.result.ModelBytes
		report.Rows = append(report.Rows, m.rows()...)
		report.Errors = append(report.Errors, m.worst()...)
	}
	r.describe(result)
	return report, nil
}
