package triage

import (
	"math"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/detect"
)

func TestWithoutAModelTheDetectorsRead(t *testing.T) {
	t.Parallel()
	engine := NewEngine(nil, DefaultPolicy(), EngineOptions{HashKey: []byte("k")})
	input := ticket("Tills down", "Since nine none of our tills works, all twelve branches are standing still and we turn people away.")
	got := decide(t, engine, input)
	urgency := got.Fields[FieldUrgency]
	if urgency.Value != UrgencyCritical || urgency.State != Uncalibrated || urgency.Reason == ReasonNotTrained {
		t.Errorf("urgency is %+v", urgency)
	}
	if got.Versions.Detectors == "" {
		t.Error("the decision doesn't name the detectors' version")
	}
	found := false
	for _, quote := range got.Render(input) {
		found = found || quote.Name == "urgency" && strings.Contains("none of our|standing still|turn people away|Tills down", quote.Text)
	}
	if !found {
		t.Errorf("no phrase is the evidence of urgency: %+v", got.Render(input))
	}
}

func TestASensitiveTopicHasEvidence(t *testing.T) {
	t.Parallel()
	engine := NewEngine(nil, DefaultPolicy(), EngineOptions{HashKey: []byte("k")})
	input := ticket("refund", "Pay it back, or you will hear from my lawyer and I see you in court.")
	got := decide(t, engine, input)
	if field := got.Fields[FieldSensitive]; field.Value != SensitiveLegal || len(field.Evidence) == 0 {
		t.Errorf("sensitive is %+v", field)
	}
}

func TestOpinionOf(t *testing.T) {
	t.Parallel()
	got := opinionOf([]detect.Score{{Value: "", Probability: 0.5}, {Value: "legal", Probability: 0}}, []string{"legal", noSensitive, "press"})
	if got[0] != lowestLogarithm || got[1] != math.Log(0.5) || got[2] != lowestLogarithm {
		t.Errorf("the opinion is %v", got)
	}
	if opinionOf(nil, []string{"a"}) != nil {
		t.Error("no scores give an opinion")
	}
}
