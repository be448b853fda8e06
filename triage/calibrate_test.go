package triage

import (
	"math"
	"math/rand/v2"
	"testing"
)

// overconfident makes held-out examples whose logarithms are twice what is true.
func overconfident(count int) []heldOut {
	random := rand.New(rand.NewPCG(1, 2))
	var held []heldOut
	for i := range count {
		p := 0.5 + 0.45*random.Float64()
		class := 0
		if random.Float64() > p {
			class = 1
		}
		held = append(held, heldOut{class: class, fold: i % foldCount, judges: true, text: []float64{2 * math.Log(p), 2 * math.Log(1-p)}})
	}
	return held
}

func TestFitPowersTakesOverconfidenceBack(t *testing.T) {
	t.Parallel()
	got := fitPowers(overconfident(4_000))
	if math.Abs(got.Text-0.5) > 0.08 || got.Context != 0 {
		t.Errorf("the exponents are %+v, want about 0.5 for the text", got)
	}
	measured := measure(overconfident(4_000), 2)
	if measured.ECE > 0.03 || measured.State != Calibrated {
		t.Errorf("after calibration the error is %.3f (%s), want at most 0.03, calibrated", measured.ECE, measured.State)
	}
}

func TestFitPowersFindsTheUsefulPart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	var held []heldOut
	for range 500 {
		class := random.IntN(2)
		context := []float64{math.Log(0.1), math.Log(0.1)}
		context[class] = math.Log(0.9)
		if random.Float64() < 0.1 {
			context[0], context[1] = context[1], context[0]
		}
		noise := random.Float64()
		held = append(held, heldOut{class: class, context: context, text: []float64{math.Log(noise), math.Log(1 - noise)}})
	}
	got := fitPowers(held)
	if got.Context < 0.8 || got.Text > 0.2 {
		t.Errorf("the exponents are %+v, want about 1 for the context and 0 for the noise", got)
	}
}

func TestPoolIsADistribution(t *testing.T) {
	t.Parallel()
	probabilities := make([]float64, 3)
	for _, text := range [][]float64{{-1, -2, -3}, {lowestLogarithm, lowestLogarithm, lowestLogarithm}, {0, lowestLogarithm, lowestLogarithm}} {
		powers{Text: 5, Context: 5}.pool(probabilities, text, text)
		sum := probabilities[0] + probabilities[1] + probabilities[2]
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("%v gives %v, which sums to %v", text, probabilities, sum)
		}
	}
}

func TestNothingToCalibrate(t *testing.T) {
	t.Parallel()
	if got := fitPowers(nil); got != (powers{Text: 1}) {
		t.Errorf("no examples give %+v, want the probabilities as they are", got)
	}
	if got := measure(nil, 3); got.State != Uncalibrated || got.Independent != 0 {
		t.Errorf("no examples measure as %+v", got)
	}
}

func TestFoldsKeepEqualTextsTogether(t *testing.T) {
	t.Parallel()
	texts := []string{"a", "b", "a", "c", "d", "e", "f", "a", "g", "h"}
	classes := []int{0, 0, 0, 1, 1, 1, 1, 0, 1, 0}
	folds := assignFolds(texts, classes, 9)
	if folds[0] != folds[2] || folds[0] != folds[7] {
		t.Errorf("the same text stands in folds %d, %d and %d", folds[0], folds[2], folds[7])
	}
	counts := make([]int, foldCount)
	for _, fold := range folds {
		counts[fold]++
	}
	for fold, count := range counts {
		if count == 0 {
			t.Errorf("fold %d is empty", fold)
		}
	}
}

func TestMacroF1(t *testing.T) {
	t.Parallel()
	table := newConfusion(3)
	for _, pair := range [][2]int{{0, 0}, {0, 0}, {0, 1}, {1, 1}} {
		table.add(pair[0], pair[1])
	}
	// F1 is 0.8 for class 0 and 2/3 for class 1; class 2 does not occur.
	if got, want := table.macroF1(), (0.8+2.0/3)/2; math.Abs(got-want) > 1e-12 {
		t.Errorf("macro F1 is %v, want %v", got, want)
	}
}

func TestStrangeQuantile(t *testing.T) {
	t.Parallel()
	var held []heldOut
	for i := range 100 {
		held = append(held, heldOut{strange: float64(99 - i)})
	}
	if got := strangeQuantile(held, 0.98); got != 98 {
		t.Errorf("the quantile is %v, want 98", got)
	}
	if got := strangeQuantile(nil, 0.98); got != math.MaxFloat64 {
		t.Errorf("without examples it is %v, want that nothing is strange", got)
	}
}
