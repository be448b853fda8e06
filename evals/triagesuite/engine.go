package triagesuite

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/learn"
)

// trial is one training and what it is judged on.
type trial struct {
	seed               uint64
	train, valid, test sample
	// members are the numbers of the rows of train and valid that each field uses.
	members, validMembers [][]int
	testRows              []int // numbers of the test rows in the whole test set
}

// outcome is what the engine said of one test row.
type outcome struct {
	row              int // number in the whole test set
	label, predicted string
	outOfScope       bool
	confidence       float64
	uncalibrated     float64
	acted            []bool // by target: the confidence reaches its threshold
	strangeness      float64
	strange          bool
}

func (o outcome) right() bool { return o.label == o.predicted }

// learned is one field of a trial after its training.
type learned struct {
	classifier     *learn.Classifier
	calibration    string
	thresholds     []*float64 // by target; nil where none can be promised
	strangeAbove   float64
	judgements     int
	fromValidation bool
	labels         []string
	outOfScope     int // examples
	examples       int
	seconds        float64
	bytes          int
	hash           [sha256.Size]byte
	outcomes       []outcome
	// Microseconds of single texts: what all fields share, and this one's own.
	shared, own []float64
}

// engine trains all fields of a trial on one corpus, as production does.
type engine struct {
	config  Config
	fields  []string
	builtIn *BuiltIn // nil if a server embeds
	// descriptions are the labels' names.
	descriptions map[string]learn.Document
}

// describe reads and embeds the names of all labels in the rows, as production does.
func (e *engine) describe(ctx context.Context, rows []dataset.Row, embedder Embedder) error {
	var labels []string
	for _, row := range rows {
		labels = append(labels, row.Labels...)
	}
	e.descriptions = learn.DescribeLabels(labels, nil)
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(e.descriptions)), embeddingBatch) {
		texts := make([]string, len(batch))
		for i, label := range batch {
			texts[i] = e.descriptions[label].Text
		}
		vectors, err := embedder.Embed(ctx, texts)
		if err != nil {
			return fmt.Errorf("embed the labels: %w", err)
		}
		for i, label := range batch {
			e.descriptions[label] = learn.Document{Text: texts[i], Embedding: vectors[i]}
		}
	}
	return nil
}

// run trains the fields and judges the test rows with them.
func (e *engine) run(ctx context.Context, t trial, progress func(done, total int)) ([]*learned, error) {
	documents := make([]learn.Document, len(t.train.rows))
	for i, text := range t.train.texts {
		documents[i] = learn.Document{Text: text, Embedding: t.train.vectors[i]}
	}
	lessons, labels, err := e.lessons(t)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	corpus, err := learn.NewCorpus(ctx, documents, learn.CorpusOptions{Space: spaceOf(t.train), Labels: labels})
	if err != nil {
		return nil, fmt.Errorf("read the training rows: %w", err)
	}
	reading := time.Since(start).Seconds() + t.train.seconds*float64(len(documents))
	all := make([]*learned, len(e.fields))
	for field := range e.fields {
		step := func(done, total int) { progress(field*1000+1000*done/max(total, 1), len(e.fields)*1000) }
		if all[field], err = e.learn(ctx, corpus, t, field, lessons[field], step); err != nil {
			return nil, err
		}
		all[field].seconds += reading / float64(len(e.fields))
	}
	return all, e.judge(ctx, t, all)
}

// spaceOf is that of the vectors.
func spaceOf(s sample) learn.Space {
	for _, vector := range s.vectors {
		if len(vector) > 0 {
			return learn.DefaultSpace(len(vector))
		}
	}
	return learn.DefaultSpace(0)
}

// lessons makes one a field, and counts all labels.
func (e *engine) lessons(t trial) ([]learn.Lesson, int, error) {
	lessons := make([]learn.Lesson, len(e.fields))
	total := 0
	for field, name := range e.fields {
		kept := e.keptLabels(t, field)
		if len(kept) < 2 {
			return nil, 0, fault.Field(fault.Unprocessable, "--label-column "+name,
				fmt.Sprintf("has %d label(s) in the training rows", len(kept)), "give examples of at least two labels")
		}
		total += len(kept)
		for _, member := range t.members[field] {
			label := t.train.rows[member].Labels[field]
			outside := e.outOfScope(label)
			if outside {
				label = ""
			} else if !kept[label] {
				continue
			}
			lessons[field].Members = append(lessons[field].Members, member)
			lessons[field].Labels = append(lessons[field].Labels, label)
			lessons[field].OutOfScope = append(lessons[field].OutOfScope, outside)
		}
	}
	return lessons, total, nil
}

func (e *engine) outOfScope(label string) bool {
	return e.config.OutOfScope != "" && label == e.config.OutOfScope
}

// keptLabels are as many as a classifier can tell apart, the most frequent ones.
func (e *engine) keptLabels(t trial, field int) map[string]bool {
	counts := map[string]int{}
	for _, member := range t.members[field] {
		if label := t.train.rows[member].Labels[field]; !e.outOfScope(label) {
			counts[label]++
		}
	}
	labels := make([]string, 0, len(counts))
	for label := range counts {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
	kept := map[string]bool{}
	for _, label := range labels[:min(len(labels), learn.MaximumLabels)] {
		kept[label] = true
	}
	return kept
}

// enoughHeldOut rows fix thresholds well enough; production holds out as many.
const enoughHeldOut = 2_000

func (e *engine) learn(ctx context.Context, corpus *learn.Corpus, t trial, field int, lesson learn.Lesson, progress func(done, total int)) (*learned, error) {
	l := &learned{examples: len(lesson.Members)}
	validation := e.validation(t, field)
	texts := make([]string, len(lesson.Members))
	for i, member := range lesson.Members {
		texts[i] = t.train.texts[member]
	}
	lesson.Folds = dataset.Folds(texts, lesson.Labels, foldCount, t.seed)
	lesson.HeldOut = min(foldCount, (enoughHeldOut*foldCount+len(texts)-1)/len(texts))
	start := time.Now()
	trained, err := corpus.Train(ctx, lesson, learn.Options{
		Seed: t.seed, Validation: validation, InScopeCost: e.config.Cost, Progress: progress,
		Descriptions: e.descriptions,
	})
	if errors.Is(err, learn.ErrExamples) {
		return nil, fault.Field(fault.Unprocessable, "--label-column "+e.fields[field], err.Error(), "give more examples, or other columns")
	}
	if err != nil {
		return nil, fmt.Errorf("train %s: %w", e.fields[field], err)
	}
	l.seconds = time.Since(start).Seconds()
	encoded, err := trained.Classifier.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("encode the model of %s: %w", e.fields[field], err)
	}
	l.classifier, l.bytes, l.hash = trained.Classifier, len(encoded), sha256.Sum256(encoded)
	l.calibration, l.labels = trained.Classifier.Calibration(), trained.Classifier.Labels()
	for _, outside := range lesson.OutOfScope {
		if outside {
			l.outOfScope++
		}
	}
	l.fromValidation = slices.ContainsFunc(validation, func(e learn.Example) bool { return !e.OutOfScope })
	e.choose(l, trained)
	return l, nil
}

// validation lists the rows that thresholds are chosen on, if there are such.
func (e *engine) validation(t trial, field int) []learn.Example {
	var examples []learn.Example
	for _, member := range t.validMembers[field] {
		label := t.valid.rows[member].Labels[field]
		example := learn.Example{Text: t.valid.texts[member], Embedding: t.valid.vectors[member], Label: label}
		if e.outOfScope(label) {
			example.Label, example.OutOfScope = "", true
		}
		examples = append(examples, example)
	}
	return examples
}

// choose fixes the thresholds before any test row is read.
func (e *engine) choose(l *learned, trained learn.Trained) {
	var confidences []float64
	var right []bool
	for _, judgement := range trained.Judgements {
		if !judgement.OutOfScope {
			confidences = append(confidences, judgement.Confidence)
			right = append(right, judgement.Predicted == judgement.Label)
		}
	}
	l.judgements = len(confidences)
	for _, target := range e.config.Targets {
		l.thresholds = append(l.thresholds, actingThreshold(confidences, right, target))
	}
	l.strangeAbove = trained.Classifier.StrangenessThreshold()
}

// timedTexts is how many single texts are timed: the median needs no more.
const timedTexts = 2_000

// judge asks the models about every test row. Single texts are timed with all that
// production does to them, save for an embedding that a server made.
func (e *engine) judge(ctx context.Context, t trial, all []*learned) error {
	extractor, err := learn.NewExtractor(all[0].classifier.Space())
	if err != nil {
		return err
	}
	for i, row := range t.test.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := time.Now()
		if i < timedTexts {
			e.readAgain(row)
		}
		features, err := extractor.Extract(t.test.texts[i], t.test.vectors[i])
		if err != nil {
			return fmt.Errorf("read the test rows: %w", err)
		}
		shared := time.Since(start)
		for field, l := range all {
			start := time.Now()
			prediction, err := l.classifier.PredictFeatures(features)
			if err != nil {
				return fmt.Errorf("judge the test rows: %w", err)
			}
			if i < timedTexts {
				l.shared, l.own = append(l.shared, microseconds(shared)), append(l.own, microseconds(time.Since(start)))
			}
			if row.Labels[field] != "" {
				l.outcomes = append(l.outcomes, e.outcome(l, t.testRows[i], row.Labels[field], prediction))
			}
		}
	}
	return nil
}

// readAgain costs what a new ticket's text costs before any model sees it.
func (e *engine) readAgain(row dataset.Row) {
	text := cleaned(row)
	if e.builtIn != nil {
		e.builtIn.model.Embed(text)
	}
}

func microseconds(spent time.Duration) float64 { return float64(spent.Nanoseconds()) / 1e3 }

func (e *engine) outcome(l *learned, row int, label string, p learn.Prediction) outcome {
	o := outcome{
		row: row, label: label, predicted: p.Labels[0].Label, outOfScope: e.outOfScope(label),
		confidence: p.Confidence, uncalibrated: p.Uncalibrated,
		strangeness: p.Strangeness, strange: p.Strangeness > l.strangeAbove,
		acted: make([]bool, len(l.thresholds)),
	}
	for i, threshold := range l.thresholds {
		o.acted[i] = threshold != nil && p.Confidence >= *threshold
	}
	return o
}

// unlabelled rows take no part in a field.
func labelled(rows []dataset.Row, field int) []int {
	var members []int
	for i, row := range rows {
		if row.Labels[field] != "" {
			members = append(members, i)
		}
	}
	return members
}
