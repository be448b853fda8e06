package triage

import (
	"math"
	"slices"

	"github.com/signalbox/signalbox/internal/learn"
)

// The numbers of independent labels from which on a confidence has a state.
const (
	provisionalLabels = 200
	calibratedLabels  = 1_000
)

// Metrics say how good a field's model is, measured on held-out labels that are
// independent of any suggestion. All rates are 0–1.
type Metrics struct {
	Labels      int             `json:"labels"`      // examples trained from
	Independent int             `json:"independent"` // held-out labels that judged
	Accuracy    float64         `json:"accuracy"`
	MacroF1     float64         `json:"macro_f1"`
	ECE         float64         `json:"ece"` // 15 equal-width bins
	LogLoss     float64         `json:"log_loss"`
	State       ConfidenceState `json:"state"`
	// Skipped says why the field was not trained.
	Skipped string `json:"skipped,omitempty"`
	// LeftOut are values with too few labels to be learned.
	LeftOut []string `json:"left_out,omitempty"`
}

// measure fits the exponents on all folds but one and judges that one, for each.
func measure(examples []heldOut, classes int) Metrics {
	metrics := Metrics{Independent: len(examples), State: Uncalibrated}
	if len(examples) == 0 {
		return metrics
	}
	var confidences []float64
	var right []bool
	table := newConfusion(classes)
	loss := 0.0
	for fold := range foldCount {
		inside, outside := splitFold(examples, fold)
		fitted := fitPowers(outside)
		for _, example := range inside {
			probabilities := make([]float64, classes)
			fitted.pool(probabilities, example.text, example.context)
			best := indexOfLargest(probabilities)
			confidences = append(confidences, probabilities[best])
			right = append(right, best == example.class)
			table.add(example.class, best)
			loss -= math.Log(max(probabilities[example.class], 1e-12))
		}
	}
	metrics.Accuracy = learn.Accuracy(right)
	metrics.MacroF1 = table.macroF1()
	metrics.ECE = learn.ExpectedCalibrationError(confidences, right, learn.EqualWidth(15))
	metrics.LogLoss = loss / float64(len(examples))
	metrics.State = stateFor(len(examples))
	return metrics
}

func stateFor(independent int) ConfidenceState {
	switch {
	case independent >= calibratedLabels:
		return Calibrated
	case independent >= provisionalLabels:
		return Provisional
	default:
		return Uncalibrated
	}
}

func splitFold(examples []heldOut, fold int) (inside, outside []heldOut) {
	for _, example := range examples {
		if example.fold == fold {
			inside = append(inside, example)
		} else {
			outside = append(outside, example)
		}
	}
	return inside, outside
}

// strangeQuantile is the strangeness that a share of in-scope examples stays below.
func strangeQuantile(examples []heldOut, share float64) float64 {
	if len(examples) == 0 {
		return math.MaxFloat64
	}
	values := make([]float64, len(examples))
	for i, example := range examples {
		values[i] = example.strange
	}
	slices.Sort(values)
	return values[min(int(math.Ceil(share*float64(len(values)))), len(values)-1)]
}

// confusion counts true against predicted classes.
type confusion struct{ right, predicted, actual []int }

func newConfusion(classes int) confusion {
	return confusion{make([]int, classes), make([]int, classes), make([]int, classes)}
}

func (c confusion) add(actual, predicted int) {
	c.actual[actual]++
	c.predicted[predicted]++
	if actual == predicted {
		c.right[actual]++
	}
}

// macroF1 is the mean F1 over the classes that occur.
func (c confusion) macroF1() float64 {
	sum, occurring := 0.0, 0
	for class, actual := range c.actual {
		if actual == 0 {
			continue
		}
		occurring++
		sum += 2 * float64(c.right[class]) / float64(actual+c.predicted[class])
	}
	if occurring == 0 {
		return 0
	}
	return sum / float64(occurring)
}

func indexOfLargest(values []float64) int {
	best := 0
	for i, value := range values {
		if value > values[best] {
			best = i
		}
	}
	return best
}
