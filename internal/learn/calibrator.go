package learn

import "math"

// The kinds of calibration, as they are encoded.
const (
	calibrateTemperature = iota
	calibrateBeta
	calibrateIsotonic
	calibrationKinds
)

var calibrationNames = [calibrationKinds]string{"temperature", "beta", "isotonic"}

// fewestForIsotonic examples are needed before steps are even tried: they follow
// their examples closely.
const fewestForIsotonic = 1000

// calibrator turns scores into the probability that the first label is right.
type calibrator struct {
	kind        int
	temperature float64 // of the softmax
	beta        Beta
	isotonic    *Isotonic
}

func plainCalibrator() calibrator {
	return calibrator{temperature: 1, beta: Beta{1, 1, 0}}
}

// confidence maps the highest probability of the softmax at the calibrator's
// temperature.
func (c *calibrator) confidence(highest float64) float64 {
	switch c.kind {
	case calibrateBeta:
		return c.beta.Apply(highest)
	case calibrateIsotonic:
		return c.isotonic.Apply(highest)
	}
	return highest
}

// apply gives the first label its confidence and shares the rest among the
// others in proportion, as far as that leaves the first label first.
func (c *calibrator) apply(probabilities []float64, best int) (confidence float64) {
	confidence = c.confidence(probabilities[best])
	if c.kind == calibrateTemperature {
		return confidence
	}
	rest, second := 0.0, 0.0
	for i, p := range probabilities {
		if i != best {
			rest += p
			second = max(second, p)
		}
	}
	if rest <= 0 {
		return confidence
	}
	first := max(confidence, second/(rest+second))
	for i := range probabilities {
		probabilities[i] *= (1 - first) / rest
	}
	probabilities[best] = first
	return confidence
}

// scored is an example with a label and the scores of a model that didn't see it.
type scored struct {
	scores []float64
	class  int
}

// chooseCalibrator fits each kind and keeps the one with the least log loss of
// its confidences on examples that it was not fitted on. A kind must beat the
// one before by more than a thousandth: the simpler one generalises.
func chooseCalibrator(examples []scored) calibrator {
	best, least := plainCalibrator(), math.Inf(1)
	for kind := range calibrationKinds {
		if kind == calibrateIsotonic && len(examples) < fewestForIsotonic || len(examples) < foldCount {
			break
		}
		confidences, outcomes := crossCalibrated(examples, kind)
		if loss := LogLoss(confidences, outcomes); loss < least-1e-3 {
			best, least = fitCalibrator(examples, kind), loss
		}
	}
	return best
}

// crossCalibrated returns the confidence of each example by a calibrator that
// was fitted on the others, dealt over five parts in turn.
func crossCalibrated(examples []scored, kind int) (confidences []float64, outcomes []bool) {
	confidences, outcomes = make([]float64, len(examples)), make([]bool, len(examples))
	for part := range foldCount {
		var others []scored
		for i, example := range examples {
			if i%foldCount != part {
				others = append(others, example)
			}
		}
		fitted := fitCalibrator(others, kind)
		for i := part; i < len(examples); i += foldCount {
			highest, right := examples[i].highest(fitted.temperature)
			confidences[i], outcomes[i] = fitted.confidence(highest), right
		}
	}
	return confidences, outcomes
}

// highest is the probability of the first label, and whether that is right.
func (s scored) highest(temperature float64) (probability float64, right bool) {
	best := indexOfLargest(s.scores)
	probabilities := make([]float64, len(s.scores))
	Softmax(probabilities, s.scores, temperature)
	return probabilities[best], best == s.class
}

// fitCalibrator fits one kind; all start from the best temperature.
func fitCalibrator(examples []scored, kind int) calibrator {
	c := plainCalibrator()
	scores, classes := make([][]float64, len(examples)), make([]int, len(examples))
	for i, example := range examples {
		scores[i], classes[i] = example.scores, example.class
	}
	var err error
	if c.temperature, err = FitTemperature(scores, classes); err != nil {
		return plainCalibrator()
	}
	if kind == calibrateTemperature {
		return c
	}
	confidences, outcomes := make([]float64, len(examples)), make([]bool, len(examples))
	for i, example := range examples {
		confidences[i], outcomes[i] = example.highest(c.temperature)
	}
	fitted := calibrator{kind: kind, temperature: c.temperature, beta: c.beta}
	if kind == calibrateBeta {
		fitted.beta, err = FitBeta(confidences, outcomes)
	} else {
		fitted.isotonic, err = FitIsotonic(confidences, outcomes)
	}
	if err != nil {
		return c
	}
	return fitted
}
