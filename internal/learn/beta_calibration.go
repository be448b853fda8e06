package learn

import (
	"fmt"
	"math"
)

// Beta maps confidences to frequencies: logit f(p) = A·ln p − B·ln(1−p) + C,
// with A and B not negative (Kull, Silva Filho and Flach 2017). It contains the
// identity (1, 1, 0), so that it can leave calibrated confidences alone.
type Beta struct{ A, B, C float64 }

// The prior holds A, B and C near the identity: a few dozen examples don't bend it.
const betaPrecision = 0.5

// betaEdge keeps confidences away from 0 and 1, whose logarithms are infinite.
const betaEdge = 1e-6

// FitBeta maximises the likelihood of the outcomes. It needs examples that were
// not trained on.
func FitBeta(confidences []float64, outcomes []bool) (Beta, error) {
	if len(confidences) == 0 || len(confidences) != len(outcomes) {
		return Beta{}, fmt.Errorf("%w: %d confidences and %d outcomes", ErrCalibration, len(confidences), len(outcomes))
	}
	rows := make([][]float64, len(confidences))
	for i, p := range confidences {
		if !finite(p) {
			return Beta{}, fmt.Errorf("%w: a confidence is not finite", ErrCalibration)
		}
		rows[i] = betaFeatures(p)
	}
	task := logisticTask{rows: rows, positive: outcomes, prior: []float64{1, 1, 0}, precision: betaPrecision, signed: 1}
	fitted := task.fit()
	return Beta{fitted[0], fitted[1], fitted[2]}, nil
}

func betaFeatures(p float64) []float64 {
	p = min(max(p, betaEdge), 1-betaEdge)
	return []float64{math.Log(p), -math.Log1p(-p), 1}
}

// Validate says what is wrong with numbers that were stored.
func (b Beta) Validate() error {
	if !(b.A >= 0 && b.A <= 1e6 && b.B >= 0 && b.B <= 1e6 && math.Abs(b.C) <= 1e6) {
		return fmt.Errorf("%w: beta has %v, %v and %v", ErrCalibration, b.A, b.B, b.C)
	}
	return nil
}

// Apply returns the frequency at a confidence. It never falls.
func (b Beta) Apply(confidence float64) float64 {
	x := betaFeatures(confidence)
	return sigmoid(b.A*x[0] + b.B*x[1] + b.C)
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
