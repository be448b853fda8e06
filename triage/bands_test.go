package triage

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

// Fields that are too sure give bands that are too sure; calibration on held-out
// tickets takes that back.
func TestBandsAreCalibrated(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	var urgency, impact []heldOut
	var examples []Example
	values := map[string][]string{FieldUrgency: {UrgencyCritical, UrgencyHigh, UrgencyLow, UrgencyNormal}, FieldImpact: {ImpactCompany, ImpactOnePerson, ImpactTeam, ImpactUnknown}}
	for i := range 3000 {
		labels := map[string]string{}
		for name, held := range map[string]*[]heldOut{FieldUrgency: &urgency, FieldImpact: &impact} {
			said := random.IntN(4)
			class := said
			if random.Float64() < 0.3 { // it says 97 % and is right in 78 %
				class = random.IntN(4)
			}
			text := []float64{math.Log(0.01), math.Log(0.01), math.Log(0.01), math.Log(0.01)}
			text[said] = math.Log(0.97)
			*held = append(*held, heldOut{member: i, class: class, judges: true, text: text})
			labels[name] = values[name][class]
		}
		examples = append(examples, Example{Input: account("business"), Labels: labels, Weight: 1})
	}
	training := &training{examples: examples}
	taught := func(name string, held []heldOut) *lesson {
		return &lesson{name: name, held: held, model: &fieldModel{values: values[name], powers: powers{Text: 1}, calibration: learn.NoCalibration(), state: Calibrated}}
	}
	model := training.calibrateBands([]*lesson{taught(FieldUrgency, urgency), taught(FieldImpact, impact)})
	if model.Labels != 3000 || !model.valid() {
		t.Fatalf("%+v", model)
	}
	weights := DefaultWeights()
	spread := func(value string, others []string) fieldReading {
		read := fieldReading{trained: true, state: Calibrated, scores: []Score{{value, 0.97}}}
		for _, other := range others {
			if other != value {
				read.scores = append(read.scores, Score{other, 0.01})
			}
		}
		return read
	}
	read := reading{fields: map[string]fieldReading{
		FieldUrgency: spread(UrgencyCritical, values[FieldUrgency]), FieldImpact: spread(ImpactCompany, values[FieldImpact]),
	}}
	result := weights.assess(account("business"), read)
	before := result.confidence
	model.calibrate(&result, weights)
	// Critical and company is urgent in .775², and in .775·.075 with team.
	if before < 0.94 || result.confidence > 0.8 || result.confidence < 0.5 || result.state != Calibrated {
		t.Errorf("the confidence is %.2f before and %.2f (%s) after", before, result.confidence, result.state)
	}
	few := bandModel{Labels: 10}
	untouched := result.confidence
	few.calibrate(&result, weights)
	if result.confidence != untouched {
		t.Error("ten tickets calibrated something")
	}
}
