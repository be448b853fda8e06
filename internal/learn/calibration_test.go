package learn

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

// overconfident are scores whose softmax is too sure: the truth follows it at half
// the scale.
func overconfident(n int) (scores [][]float64, classes []int) {
	random := rand.New(rand.NewPCG(3, 4))
	for range n {
		row := []float64{4 * random.NormFloat64(), 4 * random.NormFloat64(), 4 * random.NormFloat64()}
		truth := make([]float64, 3)
		Softmax(truth, row, 2)
		draw, class := random.Float64(), 0
		for draw > truth[class] && class < 2 {
			draw -= truth[class]
			class++
		}
		scores, classes = append(scores, row), append(classes, class)
	}
	return scores, classes
}

func TestChosenCalibrationHoldsOnNewExamples(t *testing.T) {
	t.Parallel()
	scores, classes := overconfident(6000)
	calibration := ChooseCalibration(scores[:3000], classes[:3000])
	if !calibration.Valid() || calibration.Temperature < 1.7 || calibration.Temperature > 2.3 {
		t.Fatalf("%+v, want a temperature near 2", calibration)
	}
	stored, err := json.Marshal(calibration)
	if err != nil {
		t.Fatal(err)
	}
	var again Calibration
	if err := json.Unmarshal(stored, &again); err != nil {
		t.Fatal(err)
	}
	var before, after []float64
	var right []bool
	for i, row := range scores[3000:] {
		plain, calibrated := make([]float64, 3), make([]float64, 3)
		Softmax(plain, row, 1)
		again.Apply(calibrated, row)
		if sum := calibrated[0] + calibrated[1] + calibrated[2]; math.Abs(sum-1) > 1e-9 {
			t.Fatalf("the probabilities sum to %v", sum)
		}
		best := indexOfLargest(row)
		before, after = append(before, plain[best]), append(after, calibrated[best])
		right = append(right, classes[3000+i] == best)
	}
	if was, is := ExpectedCalibrationError(before, right, EqualWidth(15)), ExpectedCalibrationError(after, right, EqualWidth(15)); was < 0.08 || is > 0.04 {
		t.Errorf("the calibration error is %.3f before and %.3f after", was, is)
	}
}

func TestCalibrationIsChecked(t *testing.T) {
	t.Parallel()
	for name, calibration := range map[string]Calibration{
		"zero": {}, "temperature 0": {Kind: "temperature"}, "beta without": {Kind: "beta", Temperature: 1},
		"not finite": {Kind: "beta", Temperature: 1, Beta: &Beta{A: math.NaN()}},
		"falling":    {Kind: "isotonic", Temperature: 1, Isotonic: &Isotonic{X: []float64{0, 1}, Y: []float64{1, 0}}},
		"unknown":    {Kind: "magic", Temperature: 1},
	} {
		if calibration.Valid() {
			t.Errorf("%s is called valid", name)
		}
	}
	if !NoCalibration().Valid() {
		t.Error("no calibration is not valid")
	}
}
