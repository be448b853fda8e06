package learn_test

import (
	"errors"
	"math"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

func TestBetaFindsTheTrueMap(t *testing.T) {
	t.Parallel()
	for _, want := range []learn.Beta{{A: 1, B: 1}, {A: 0.5, B: 2, C: 0.3}, {A: 2, B: 0.4, C: -0.5}} {
		confidences, outcomes := simulated(60_000, 6, want.Apply)
		got, err := learn.FitBeta(confidences, outcomes)
		if err != nil {
			t.Fatalf("fit: %v", err)
		}
		for p := 0.02; p < 1; p += 0.02 {
			near(t, "calibrated confidence", got.Apply(p), want.Apply(p), 0.015)
		}
	}
}

func TestBetaNeverFalls(t *testing.T) {
	t.Parallel()
	// A map that falls, which beta must not follow.
	confidences, outcomes := simulated(2000, 6, func(p float64) float64 { return 1 - p })
	fitted, err := learn.FitBeta(confidences, outcomes)
	if err != nil || fitted.Validate() != nil {
		t.Fatalf("fit %+v: %v", fitted, err)
	}
	before := 0.0
	for p := 0.0; p <= 1; p += 0.01 {
		if got := fitted.Apply(p); got < before || math.IsNaN(got) {
			t.Fatalf("the map falls to %v at %v", got, p)
		} else {
			before = got
		}
	}
}

func TestBetaStaysNearTheIdentityForFewExamples(t *testing.T) {
	t.Parallel()
	fitted, err := learn.FitBeta([]float64{0.9, 0.8, 0.7}, []bool{true, true, true})
	if err != nil {
		t.Fatalf("fit: %v", err)
	}
	if got := fitted.Apply(0.8); got < 0.75 || got > 0.97 {
		t.Errorf("after three examples 0.8 becomes %v", got)
	}
	if _, err := learn.FitBeta(nil, nil); !errors.Is(err, learn.ErrCalibration) {
		t.Errorf("nothing to fit gave %v, want ErrCalibration", err)
	}
	if _, err := learn.FitBeta([]float64{math.NaN()}, []bool{true}); !errors.Is(err, learn.ErrCalibration) {
		t.Errorf("NaN gave %v, want ErrCalibration", err)
	}
}
