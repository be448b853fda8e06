package detectors

import (
	"context"
	"io/fs"
	"slices"
)

// developed are the industries whose errors may be looked at. Lexicons and
// hyper-parameters were made with them in view, so their figures are flattered.
var developed = []string{"campus-learning", "cloud-hosting", "hotel-booking", "merchant-payments"}

// judged is a text with what detectors that did not see its industry say of it.
type judged struct {
	example
	developed     bool
	probabilities []float64
	floor         float64
}

// found is the value that the detector takes.
func (j judged) found() int { return largest(j.probabilities) }

// Judgement is the leave-one-industry-out result of one detector.
type Judgement struct {
	task *task
	rows []judged
}

// Judge trains every detector without each industry in turn. Calibration and
// thresholds come from an inner round over the industries that are left.
func Judge(ctx context.Context, files fs.FS) ([]Judgement, error) {
	industries, err := Load(files)
	if err != nil {
		return nil, err
	}
	tasks, err := newTasks(industries)
	if err != nil {
		return nil, err
	}
	kernels := kernelCache{}
	var judgements []Judgement
	for _, t := range tasks {
		l := newLearner(t, kernels.of(t))
		held, err := l.leaveOut(ctx, judgedCount(industries), true)
		if err != nil {
			return nil, err
		}
		judgements = append(judgements, judge(t, held, industries))
	}
	return judgements, nil
}

func judge(t *task, held heldOut, industries []Industry) Judgement {
	result := Judgement{task: t}
	for number, industry := range industries[:judgedCount(industries)] {
		fitted := calibrate(t, held.inner[number])
		fitted.setFloor(t, held.inner[number])
		for i, e := range t.examples {
			if e.industry == number {
				result.rows = append(result.rows, judged{
					example: e, developed: slices.Contains(developed, industry.Name),
					probabilities: fitted.probabilities(held.outer[i]), floor: fitted.floor,
				})
			}
		}
	}
	return result
}

// flagged reports whether a sensitive topic is reported.
func (j judged) flagged() bool { return reported(j.example, j.probabilities, j.floor) }

// thanked reports whether thanks are believed.
func (j judged) thanked(thanks int) bool {
	return j.found() == thanks && j.probabilities[thanks] >= j.floor
}

func (r Judgement) half(developed bool) []judged {
	return slices.DeleteFunc(slices.Clone(r.rows), func(j judged) bool { return j.developed != developed })
}
