package simulation

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// PromiseConfig says on what the promise is tried.
type PromiseConfig struct {
	Name          string // of the data
	Rows          []dataset.Row
	Target, Delta float64
	Trainings     int // distinct ones, each on so many of the rows at random
	Resplits      int // of calibration and test, over all trainings
	Seed          uint64
}

// Promise says how often a threshold that was chosen for a target kept it.
type Promise struct {
	Name      string  `json:"name"`
	Rows      int     `json:"rows"`
	Labels    int     `json:"labels"`
	Target    float64 `json:"target"`
	Delta     float64 `json:"delta"`
	Trainings int     `json:"trainings"`
	Resplits  int     `json:"resplits"`
	Accuracy  float64 `json:"accuracy"` // mean, of all test rows
	Coverage  float64 `json:"coverage"` // mean
	Precision float64 `json:"precision"`
	// Broken are the resplits whose realised precision is under the target; Allowed is
	// delta and two standard errors of so many.
	Broken      int     `json:"broken"`
	BrokenRate  float64 `json:"broken_rate"`
	Allowed     float64 `json:"allowed_rate"`
	NoThreshold int     `json:"no_threshold"`
	Kept        bool    `json:"kept"`
	// Plain is the same with the threshold that just reaches the target on the
	// calibration rows, without a margin for chance.
	PlainBroken   float64 `json:"plain_broken_rate"`
	PlainCoverage float64 `json:"plain_coverage"`
}

// SimulatePromise trains on random parts and resplits the rest into calibration
// and test rows. Trainings are dear, so several resplits share one.
func SimulatePromise(ctx context.Context, c PromiseConfig, progress func(done, total int)) (Promise, error) {
	p := Promise{Name: c.Name, Rows: len(c.Rows), Target: c.Target, Delta: c.Delta, Trainings: c.Trainings, Resplits: c.Resplits}
	model, err := embedding.Default()
	if err != nil {
		return p, err
	}
	documents := make([]learn.Document, len(c.Rows))
	labels := map[string]bool{}
	for i, row := range c.Rows {
		text := triage.IntakeText(row.Subject, row.Body)
		documents[i] = learn.Document{Text: text, Embedding: model.Embed(text)}
		labels[row.Labels[0]] = true
	}
	p.Labels = len(labels)
	done := 0
	for training := range c.Trainings {
		random := rand.New(rand.NewPCG(c.Seed, uint64(training)))
		cases, err := c.judged(ctx, documents, random)
		if err != nil {
			return p, err
		}
		for range c.Resplits / c.Trainings {
			p.resplit(random, cases)
			done++
		}
		progress(training+1, c.Trainings)
	}
	p.finish(done)
	return p, nil
}

// trainShare is how much of the rows a training has, as in the replay of a history.
const trainShare = 0.6

// judged trains on a part of the rows at random and judges the rest.
func (c PromiseConfig) judged(ctx context.Context, documents []learn.Document, random *rand.Rand) ([]promise.Case, error) {
	order := random.Perm(len(documents))
	half := int(trainShare * float64(len(order)))
	var examples []learn.Example
	for _, i := range order[:half] {
		examples = append(examples, learn.Example{Text: documents[i].Text, Embedding: documents[i].Embedding, Label: c.Rows[i].Labels[0]})
	}
	classifier, err := learn.Train(ctx, examples, learn.Options{Seed: random.Uint64()})
	if err != nil {
		return nil, fmt.Errorf("train on a part of %s: %w", c.Name, err)
	}
	var cases []promise.Case
	for _, i := range order[half:] {
		prediction, err := classifier.Predict(documents[i].Text, documents[i].Embedding)
		if err != nil {
			return nil, err
		}
		cases = append(cases, promise.Case{Confidence: prediction.Confidence, Right: prediction.Labels[0].Label == c.Rows[i].Labels[0]})
	}
	return cases, nil
}

// resplit chooses on one half of the cases and tests on the other.
func (p *Promise) resplit(random *rand.Rand, cases []promise.Case) {
	shuffled := slices.Clone(cases)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	calibrate, test := shuffled[:len(shuffled)/2], shuffled[len(shuffled)/2:]
	for _, c := range test {
		p.Accuracy += float64(count(c.Right)) / float64(len(test))
	}
	selection := promise.Select(calibrate, p.Target, p.Delta)
	if selection.Threshold == nil {
		p.NoThreshold++
	} else {
		coverage, precision := acting(test, *selection.Threshold)
		p.Coverage += coverage
		p.Precision += precision
		p.Broken += count(precision < p.Target)
	}
	confidences, right := make([]float64, len(calibrate)), make([]bool, len(calibrate))
	for i, c := range calibrate {
		confidences[i], right[i] = c.Confidence, c.Right
	}
	coverage, precision := acting(test, learn.CoverageAtPrecision(confidences, right, p.Target, nil).Threshold)
	p.PlainCoverage += coverage
	p.PlainBroken += float64(count(precision < p.Target))
}

func acting(test []promise.Case, threshold float64) (coverage, precision float64) {
	acted, right := 0, 0
	for _, c := range test {
		if c.Confidence >= threshold {
			acted++
			right += count(c.Right)
		}
	}
	if acted == 0 {
		return 0, 1
	}
	return share(acted, len(test)), share(right, acted)
}

func (p *Promise) finish(done int) {
	n := float64(done)
	p.Resplits = done
	p.Accuracy, p.Coverage, p.PlainCoverage, p.PlainBroken = p.Accuracy/n, p.Coverage/n, p.PlainCoverage/n, p.PlainBroken/n
	p.Precision /= max(n-float64(p.NoThreshold), 1)
	p.BrokenRate = share(p.Broken, done)
	p.Allowed = p.Delta + 2*math.Sqrt(p.Delta*(1-p.Delta)/n)
	p.Kept = p.BrokenRate <= p.Allowed
}
