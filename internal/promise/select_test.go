package promise_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/signalbox/signalbox/internal/promise"
)

// drawn are cases whose confidence is true, but for a share of labels that are noise.
func drawn(random *rand.Rand, n int, noise float64) []promise.Case {
	cases := make([]promise.Case, n)
	for i := range cases {
		truth := truthOf(random.Float64())
		cases[i] = promise.Case{Confidence: truth, Right: random.Float64() < truth*(1-noise)}
	}
	return cases
}

// truthOf is sure of most and unsure of some, as classifiers are.
func truthOf(uniform float64) float64 { return 1 - 0.8*math.Pow(uniform, 6) }

// precisionFrom is the true precision of acting from a threshold on.
func precisionFrom(threshold, noise float64) float64 {
	const points = 20_000
	var sum, n float64
	for i := range points {
		if truth := truthOf((float64(i) + 0.5) / points); truth >= threshold {
			sum, n = sum+truth*(1-noise), n+1
		}
	}
	return sum / n
}

func TestSelectKeepsItsPromise(t *testing.T) {
	t.Parallel()
	const target, delta, runs = 0.95, 0.1, 120
	for _, n := range []int{100, 400, 2000} {
		for _, noise := range []float64{0, 0.02} {
			random := rand.New(rand.NewPCG(uint64(n), 7))
			broken, coverage := 0, 0.0
			for range runs {
				selection := promise.Select(drawn(random, n, noise), target, delta)
				coverage += selection.Coverage() / runs
				if selection.Threshold != nil && precisionFrom(*selection.Threshold, noise) < target {
					broken++
				}
			}
			t.Logf("n %d, noise %.2f: coverage %.3f, broken %.3f", n, noise, coverage, float64(broken)/runs)
			if limit := runs * (delta + 2*math.Sqrt(delta*(1-delta)/runs)); float64(broken) > limit {
				t.Errorf("n %d, noise %.2f: %d of %d promises are broken, want at most %.0f", n, noise, broken, runs, limit)
			}
		}
	}
}

func TestSelectNeedsEnoughCases(t *testing.T) {
	t.Parallel()
	if needed := promise.NeededCases(0.95, 0.1); needed != 45 {
		t.Errorf("%d cases are needed, want 45", needed)
	}
	right := make([]promise.Case, 44)
	for i := range right {
		right[i] = promise.Case{Confidence: 0.99, Right: true}
	}
	for name, cases := range map[string][]promise.Case{"none": nil, "44 right ones": right, "NaN": {{Confidence: math.NaN(), Right: true}}} {
		if got := promise.Select(cases, 0.95, 0.1); got.Threshold != nil || got.Reason == "" || got.Acted != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	many := append(right, right...)
	if got := promise.Select(many, 0.95, 0.1); got.Threshold == nil || *got.Threshold != 0.99 || got.Acted != 88 {
		t.Errorf("88 right ones of one confidence: %+v", got)
	}
	wrong := make([]promise.Case, 1000)
	if got := promise.Select(wrong, 0.95, 0.1); got.Threshold != nil || got.Reason != "no confidence reaches the target" {
		t.Errorf("wrong ones: %+v", got)
	}
}

func TestSelectJointlyKeepsThePromisePerCase(t *testing.T) {
	t.Parallel()
	const target, delta, runs, fields = 0.95, 0.1, 80, 3
	random := rand.New(rand.NewPCG(3, 4))
	broken, coverage := 0, 0.0
	for range runs {
		draw := func(n int) []promise.Judged {
			cases := make([]promise.Judged, n)
			columns := [][]promise.Case{drawn(random, n, 0), drawn(random, n, 0), drawn(random, n, 0)}
			for i := range cases {
				cases[i] = promise.Judged{&columns[0][i], &columns[1][i], nil}
				if i%2 == 0 {
					cases[i][2] = &columns[2][i]
				}
			}
			return cases
		}
		joint := promise.SelectJointly(draw(1500), fields, target, delta)
		acted, right := 0, 0
		for _, judged := range draw(4000) {
			acts, all := false, true
			for field, c := range judged {
				if threshold := joint.Fields[field].Threshold; c != nil && threshold != nil && c.Confidence >= *threshold {
					acts, all = true, all && c.Right
				}
			}
			if acts {
				acted++
				if all {
					right++
				}
			}
		}
		coverage += float64(acted) / 4000 / runs
		if acted > 0 && float64(right)/float64(acted) < target-2*math.Sqrt(target*(1-target)/float64(acted)) {
			broken++
		}
	}
	t.Logf("coverage %.3f, broken %d of %d", coverage, broken, runs)
	if broken > runs/10 {
		t.Errorf("%d of %d promises per case are broken", broken, runs)
	}
}

// On few cases the sequence begins where it could pass, so that both fields may act; at
// the target's edge both act as rarely as promised, whether they err together or apart.
func TestSelectJointlyOnFewCases(t *testing.T) {
	t.Parallel()
	const target, delta, runs, n = 0.95, 0.1, 1000, 340
	for name, c := range map[string]struct {
		precision     float64 // of each field
		apart         bool
		least, atMost float64 // share of runs in which both fields act
	}{
		"well above the target":         {0.998, false, 0.5, 1},
		"just under it":                 {0.949, false, 0, delta},
		"whole cases are just under it": {0.974, true, 0, delta},
	} {
		random := rand.New(rand.NewPCG(5, 6))
		both := 0
		for range runs {
			cases := make([]promise.Judged, n)
			for i := range cases {
				first, confidence := random.Float64() < c.precision, random.Float64()
				second := first
				if c.apart {
					second = random.Float64() < c.precision
				}
				cases[i] = promise.Judged{{Confidence: confidence, Right: first}, {Confidence: confidence, Right: second}}
			}
			joint := promise.SelectJointly(cases, 2, target, delta)
			if joint.Fields[0].Threshold != nil && joint.Fields[1].Threshold != nil {
				both++
			}
		}
		share := float64(both) / runs
		t.Logf("%s: both act in %.3f of the runs", name, share)
		if share < c.least || share > c.atMost+2*math.Sqrt(delta*(1-delta)/runs) {
			t.Errorf("%s: both fields act in %.3f of the runs", name, share)
		}
	}
}
