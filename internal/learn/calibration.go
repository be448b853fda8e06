package learn

// Calibration maps a model's scores to probabilities that hold. Its fields are what
// has to be stored. The zero value is no calibration; use [NoCalibration].
type Calibration struct {
	Kind        string    `json:"kind"` // none, temperature, beta or isotonic
	Temperature float64   `json:"temperature"`
	Beta        *Beta     `json:"beta,omitempty"`
	Isotonic    *Isotonic `json:"isotonic,omitempty"`
}

const noCalibration = "none"

// NoCalibration leaves the softmax of the scores as it is.
func NoCalibration() Calibration { return Calibration{Kind: noCalibration, Temperature: 1} }

// ChooseCalibration fits a temperature (Guo et al. 2017), beta calibration (Kull et
// al. 2017) and, from a thousand examples on, isotonic regression (Zadrozny and Elkan
// 2002), and keeps the kind with the least log loss in cross-validation. The scores
// must come from models that didn't see the example.
func ChooseCalibration(scores [][]float64, classes []int) Calibration {
	examples := make([]scored, len(scores))
	for i := range scores {
		examples[i] = scored{scores[i], classes[i]}
	}
	chosen := chooseCalibrator(examples)
	calibration := Calibration{Kind: calibrationNames[chosen.kind], Temperature: chosen.temperature}
	switch chosen.kind {
	case calibrateBeta:
		calibration.Beta = &chosen.beta
	case calibrateIsotonic:
		calibration.Isotonic = chosen.isotonic
	}
	return calibration
}

// Apply overwrites probabilities with those of the scores' labels; they sum to one.
// Both may be the same slice.
func (c Calibration) Apply(probabilities, scores []float64) {
	inner := plainCalibrator()
	switch {
	case c.Beta != nil:
		inner.kind, inner.beta = calibrateBeta, *c.Beta
	case c.Isotonic != nil:
		inner.kind, inner.isotonic = calibrateIsotonic, c.Isotonic
	}
	Softmax(probabilities, scores, c.Temperature)
	inner.apply(probabilities, indexOfLargest(probabilities))
}

// Valid says whether stored fields make a calibration that can be applied.
func (c Calibration) Valid() bool {
	switch c.Kind {
	case noCalibration, calibrationNames[calibrateTemperature]:
		return validTemperature(c.Temperature) && c.Beta == nil && c.Isotonic == nil
	case calibrationNames[calibrateBeta]:
		return validTemperature(c.Temperature) && c.Beta != nil && c.Isotonic == nil &&
			finite(c.Beta.A) && finite(c.Beta.B) && finite(c.Beta.C)
	case calibrationNames[calibrateIsotonic]:
		return validTemperature(c.Temperature) && c.Beta == nil && c.Isotonic.valid()
	}
	return false
}

// valid says whether the steps ascend and stay within 0 and 1.
func (i *Isotonic) valid() bool {
	if i == nil || len(i.X) == 0 || len(i.X) != len(i.Y) {
		return false
	}
	for k, x := range i.X {
		y := i.Y[k]
		if !finite(x) || !(y >= 0 && y <= 1) || k > 0 && (x <= i.X[k-1] || y < i.Y[k-1]) {
			return false
		}
	}
	return true
}
