package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// CurveConfig says what is replayed.
type CurveConfig struct {
	Name          string
	Rows          []dataset.Row
	Target, Delta float64
	Seed          uint64 // of the order in which the rows come
}

// Curve is what comes of so many labels.
type Curve struct {
	Name   string  `json:"name"`
	Target float64 `json:"target"`
	Delta  float64 `json:"delta"`
	// FirstAuto is how many labels it took until the first intent acted alone, and
	// AllButTenth until nine of ten did; null if they never do.
	FirstAuto   *int         `json:"labels_until_first_auto"`
	AllButTenth *int         `json:"labels_until_nine_of_ten"`
	Points      []CurvePoint `json:"points"`
}

// CurvePoint is the state after so many labels, judged on the rows that come next.
type CurvePoint struct {
	Labels    int     `json:"labels"`
	Accuracy  float64 `json:"accuracy"`
	Auto      int     `json:"intents_auto"`
	Coverage  float64 `json:"coverage"`
	Precision float64 `json:"precision"`
	Judged    int     `json:"judged"`
}

// judgedNext is how many of the next rows judge a point.
const judgedNext = 1500

// LearningCurve replays rows as if they came one after the other: two thirds of the
// labels so far are learned from, one third chooses the threshold, and an intent acts
// alone once there is one and the intent has evidence enough.
func LearningCurve(ctx context.Context, c CurveConfig, progress func(done, total int)) (Curve, error) {
	curve := Curve{Name: c.Name, Target: c.Target, Delta: c.Delta}
	model, err := embedding.Default()
	if err != nil {
		return curve, err
	}
	random := rand.New(rand.NewPCG(c.Seed, 0))
	rows := slices.Clone(c.Rows)
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	examples := make([]learn.Example, len(rows))
	for i, row := range rows {
		text := triage.IntakeText(row.Subject, row.Body)
		examples[i] = learn.Example{Text: text, Embedding: model.Embed(text), Label: row.Labels[0]}
	}
	steps := c.steps(examples)
	for i, labels := range steps {
		point, intents, err := c.point(ctx, examples, labels)
		if err != nil {
			return curve, err
		}
		curve.Points = append(curve.Points, point)
		if point.Auto > 0 && curve.FirstAuto == nil {
			curve.FirstAuto = &curve.Points[len(curve.Points)-1].Labels
		}
		if point.Auto*10 >= intents*9 && curve.AllButTenth == nil {
			curve.AllButTenth = &curve.Points[len(curve.Points)-1].Labels
		}
		progress(i+1, len(steps))
	}
	return curve, nil
}

// steps are where the curve is looked at: when the first intent has evidence enough, and
// then in growing steps.
func (c CurveConfig) steps(examples []learn.Example) (steps []int) {
	needed, counts := promise.NeededCases(c.Target, c.Delta), map[string]int{}
	most := len(examples) - judgedNext
	for i, example := range examples {
		if counts[example.Label]++; counts[example.Label] == needed {
			for at := float64(i + 1); int(at) < most; at *= 1.2 {
				steps = append(steps, int(at))
			}
			break
		}
	}
	return append(steps, max(most, 1))
}

func (c CurveConfig) point(ctx context.Context, examples []learn.Example, labels int) (point CurvePoint, intents int, err error) {
	train := labels * 2 / 3
	classifier, err := learn.Train(ctx, examples[:train], learn.Options{Seed: c.Seed})
	if err != nil {
		return point, 0, fmt.Errorf("train on %d labels of %s: %w", train, c.Name, err)
	}
	evidence := map[string]int{}
	for _, example := range examples[:train] {
		evidence[example.Label]++
	}
	intents = len(evidence)
	for _, example := range examples[train:labels] { // as it is decided: what is right must not choose
		predicted, _, err := predict(classifier, example)
		if err != nil {
			return point, 0, err
		}
		evidence[predicted]++
	}
	ready := map[string]bool{}
	for label, count := range evidence {
		ready[label] = count >= promise.NeededCases(c.Target, c.Delta)
	}
	var cases []promise.Case
	for _, example := range examples[train:labels] {
		predicted, confidence, err := predict(classifier, example)
		if err != nil {
			return point, 0, err
		}
		if ready[predicted] {
			cases = append(cases, promise.Case{Confidence: confidence, Right: predicted == example.Label})
		}
	}
	selection := promise.Select(cases, c.Target, c.Delta)
	next := examples[labels:min(labels+judgedNext, len(examples))]
	point = CurvePoint{Labels: labels, Judged: len(next)}
	acted, right, correct := 0, 0, 0
	for _, example := range next {
		predicted, confidence, err := predict(classifier, example)
		if err != nil {
			return point, 0, err
		}
		correct += count(predicted == example.Label)
		if selection.Threshold != nil && ready[predicted] && confidence >= *selection.Threshold {
			acted++
			right += count(predicted == example.Label)
		}
	}
	point.Accuracy, point.Coverage, point.Precision = share(correct, len(next)), share(acted, len(next)), share(right, acted)
	if selection.Threshold != nil {
		for _, is := range ready {
			point.Auto += count(is)
		}
	}
	return point, intents, nil
}

func predict(classifier *learn.Classifier, example learn.Example) (string, float64, error) {
	prediction, err := classifier.Predict(example.Text, example.Embedding)
	if err != nil {
		return "", 0, err
	}
	return prediction.Labels[0].Label, prediction.Confidence, nil
}
