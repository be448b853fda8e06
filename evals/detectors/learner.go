package detectors

import (
	"context"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/internal/detect"
)

// The hyper-parameters were chosen on the development half of the industries.
var blocks = detect.BlockWeights{Grams: 2, Flags: 0.25, Embedding: 1.5, Bias: 1}

const (
	usualCost     = 0.3
	sensitiveCost = 1.0 // few examples a topic, and to miss one is dear
	nowhere       = -1  // the number of no industry
)

// learner trains one task with some industries left out.
type learner struct {
	task   *task
	kernel *kernel
	full   [][]float64 // weights by value and example, learned on all
}

func newLearner(t *task, k *kernel) *learner {
	l := &learner{task: t, kernel: k}
	l.full = l.learn(nowhere, nowhere)
	return l
}

// learn returns weights by value and example, learned without two industries.
func (l *learner) learn(first, second int) [][]float64 {
	weights := make([][]float64, len(l.task.values))
	for value := range l.task.values {
		s := solver{kernel: l.kernel}
		for i, e := range l.task.examples {
			if e.industry == first || e.industry == second {
				continue
			}
			sign := -1.0
			if e.class == value {
				sign = 1
			}
			s.members, s.signs = append(s.members, i), append(s.signs, sign)
		}
		s.cost = usualCost
		if l.task.name == detect.Sensitive {
			s.cost = sensitiveCost
		}
		var start []float64
		if l.full != nil {
			start = l.full[value]
		}
		weights[value] = s.solve(start)
	}
	return weights
}

// score returns the scores of an example by value.
func (l *learner) score(weights [][]float64, example int) []float64 {
	scores := make([]float64, len(weights))
	row := l.kernel.rows[example]
	for value, byExample := range weights {
		for i, weight := range byExample {
			if weight != 0 {
				scores[value] += weight * float64(row[i])
			}
		}
	}
	return scores
}

// heldOut are scores of models that did not see an example's industry.
type heldOut struct {
	// outer is by example, of models of all other industries.
	outer [][]float64
	// inner is by left-out industry and example, of models that saw neither that
	// industry nor the example's. It is nil unless asked for.
	inner [][][]float64
}

// innerReach is how far apart two industries may stand in the ring of all to be left
// out together: an inner round of six industries is enough to calibrate on, and all
// pairs would take too long for a test.
const innerReach = 3

func paired(first, second, industries int) bool {
	distance := second - first
	return min(distance, industries-distance) <= innerReach
}

// leaveOut trains without each industry and, for nested, without each pair of near
// ones.
func (l *learner) leaveOut(ctx context.Context, industries int, nested bool) (heldOut, error) {
	held := heldOut{outer: make([][]float64, len(l.task.examples))}
	for range industries {
		held.inner = append(held.inner, make([][]float64, len(l.task.examples)))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for first := range industries {
		for second := first; second < industries && (nested || second == first); second++ {
			if !paired(first, second, industries) {
				continue
			}
			group.Go(func() error {
				weights := l.learn(first, second)
				for i, e := range l.task.examples {
					switch {
					case e.industry == first && first == second:
						held.outer[i] = l.score(weights, i)
					case e.industry == first:
						held.inner[second][i] = l.score(weights, i)
					case e.industry == second:
						held.inner[first][i] = l.score(weights, i)
					}
				}
				return ctx.Err()
			})
		}
	}
	err := group.Wait()
	return held, err
}

// present returns the examples that have scores, by number.
func present(scores [][]float64) []int {
	var members []int
	for i, row := range scores {
		if row != nil {
			members = append(members, i)
		}
	}
	return slices.Clip(members)
}
