package promise

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/signalbox/signalbox/internal/learn"
)

// Case is one judged decision.
type Case struct {
	Confidence float64 // 0–1
	Right      bool
}

// Selection is the threshold that was chosen, and on what.
type Selection struct {
	Target float64 `json:"target"`
	Delta  float64 `json:"delta"`
	// Threshold is the confidence from which on to act; nil: none can be promised.
	Threshold *float64 `json:"threshold"`
	Cases     int      `json:"cases"`
	Acted     int      `json:"acted"` // of the cases, by the threshold
	Right     int      `json:"right"` // of those acted
	PValue    float64  `json:"p_value"`
	Tested    int      `json:"tested"` // thresholds
	Reason    string   `json:"reason,omitempty"`
}

// Coverage is the share of the cases that is acted on.
func (s Selection) Coverage() float64 { return float64(s.Acted) / float64(max(s.Cases, 1)) }

// Precision is the share of those acted on that was right, NaN for none.
func (s Selection) Precision() float64 { return float64(s.Right) / float64(s.Acted) }

// gridSteps is how many thresholds are tested at most. Finer steps come closer to the
// target and cover up to a point more, but what is then realised on a few thousand new
// cases falls under the target more often than the promise allows (docs/evaluation.md).
const gridSteps = 60

// startsFor is at how many places the sequence begins, each with its part of delta.
// One wrong label among the surest ends a sequence; a second one from the middle costs
// the coverage a point or two and saves it then. Few cases cannot afford it. On draws
// with 2 % wrong labels it covers .75 instead of .16 of 2,000 cases (select_test.go).
func startsFor(cases int, target, delta float64) int {
	if cases < 4*NeededCases(target, delta) {
		return 1
	}
	return 2
}

const strictShare = 0.1

// shareOf is a start's part of delta. The one in the middle has the most: it decides for
// every system that is good enough to act on half of the cases.
func shareOf(start, starts int) float64 {
	switch {
	case starts == 1:
		return 1
	case start == 0:
		return strictShare
	default:
		return 1 - strictShare
	}
}

// NeededCases is how many cases, all of them right, it takes to reject that the
// precision is under the target at an error rate of delta: 45 for 0.95 and 0.1.
func NeededCases(target, delta float64) int {
	return int(math.Ceil(math.Log(delta) / math.Log(target)))
}

// Select chooses the lowest confidence from which on the precision reaches the target,
// 0.5–0.999, so that the choice is wrong with a probability of at most delta, 0.001–0.5.
// It is fixed-sequence testing as in Learn then Test (Angelopoulos, Bates, Candès,
// Jordan and Lei 2021, "Learn then Test: calibrating predictive algorithms to achieve
// risk control"): thresholds are tested from strict to loose, each with the exact
// binomial p-value of its cases, until one fails; the last that passed is chosen. Which
// thresholds are tested depends on the confidences and never on what was right, and
// given the confidences the binomial tail bounds that of unequal cases (Hoeffding 1956).
func Select(cases []Case, target, delta float64) Selection {
	selection := Selection{Target: target, Delta: delta, Cases: len(cases), PValue: 1}
	steps, starts := gridOf(cases), startsFor(len(cases), target, delta)
	best := -1
	for start := range starts {
		each := delta * shareOf(start, starts)
		first, found := firstStep(steps, all(steps)*start/(starts+1), NeededCases(target, each))
		if !found {
			continue
		}
		for i := first; i < len(steps); i++ {
			selection.Tested++
			if steps[i].pValue(target) > each {
				break
			}
			best = max(best, i)
		}
	}
	switch {
	case best >= 0:
		chosen := steps[best]
		selection.Threshold, selection.Acted, selection.Right = &chosen.threshold, chosen.acted, chosen.right
		selection.PValue = chosen.pValue(target)
	case len(cases) < NeededCases(target, delta):
		selection.Reason = "too few judged cases"
	default:
		selection.Reason = "no confidence reaches the target"
	}
	return selection
}

// step is a threshold with what acting from it on means for the cases.
type step struct {
	threshold    float64
	acted, right int
}

// pValue is that of "the precision is under the target".
func (s step) pValue(target float64) float64 { return learn.BinomialTail(s.right, s.acted, target) }

// firstStep is where a sequence begins: the first at the strictest threshold that could
// pass at all, the later ones at even shares of the cases.
func firstStep(steps []step, from, needed int) (int, bool) {
	least := max(needed, from)
	first := sort.Search(len(steps), func(i int) bool { return steps[i].acted >= least })
	return first, first < len(steps)
}

// gridOf lists thresholds from strict to loose at even steps of coverage. Equal
// confidences are acted on together.
func gridOf(cases []Case) []step {
	sorted := slices.DeleteFunc(slices.Clone(cases), func(c Case) bool { return math.IsNaN(c.Confidence) })
	slices.SortStableFunc(sorted, func(a, b Case) int { return cmp.Compare(b.Confidence, a.Confidence) })
	var steps []step
	var at step
	for i, c := range sorted {
		at.acted++
		if c.Right {
			at.right++
		}
		last := i+1 == len(sorted)
		if !last && sorted[i+1].Confidence == c.Confidence {
			continue
		}
		if every := max(len(sorted)/gridSteps, 1); last || at.acted/every > all(steps)/every {
			at.threshold = c.Confidence
			steps = append(steps, at)
		}
	}
	return steps
}

// all is how many cases the loosest threshold acts on.
func all(steps []step) int {
	if len(steps) == 0 {
		return 0
	}
	return steps[len(steps)-1].acted
}
