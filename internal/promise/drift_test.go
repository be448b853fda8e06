package promise_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/signalbox/signalbox/internal/promise"
)

func TestDriftSeldomCriesWolf(t *testing.T) {
	t.Parallel()
	const target, alpha, runs, cases = 0.95, 0.05, 200, 2000
	failed, missed := 0, 0
	for run := range runs {
		random := rand.New(rand.NewPCG(uint64(run), 1))
		d := promise.NewDrift(target, alpha)
		outside := false
		for i := range cases {
			d.Observe(random.Float64() < target)
			if i%50 == 0 {
				if interval := d.Interval(); interval.Low > target || interval.High < target {
					outside = true
				}
			}
		}
		if d.State() == promise.Fails {
			failed++
		}
		if outside {
			missed++
		}
	}
	limit := runs * (alpha + 2*math.Sqrt(alpha*(1-alpha)/runs))
	t.Logf("failed %d, intervals that missed %d of %d", failed, missed, runs)
	if float64(failed) > limit || float64(missed) > limit {
		t.Errorf("a precision at its target failed %d times of %d, and its interval missed it %d times", failed, runs, missed)
	}
}

func TestDriftFindsAFall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		good, most int
		precision  float64
	}{{0, 400, 0.86}, {5000, 700, 0.86}, {0, 2500, 0.91}, {5000, 4000, 0.91}} {
		var sum float64
		const runs = 15
		for run := range runs {
			random := rand.New(rand.NewPCG(uint64(run), 2))
			d := promise.NewDrift(0.95, 0.05)
			for range c.good {
				d.Observe(random.Float64() < 0.96)
			}
			n := 0
			for ; d.State() != promise.Fails && n < 20_000; n++ {
				d.Observe(random.Float64() < c.precision)
			}
			sum += float64(n) / runs
		}
		t.Logf("after %d good cases a fall to %.2f takes %.0f cases on average", c.good, c.precision, sum)
		if sum > float64(c.most) {
			t.Errorf("after %d good cases a fall to %.2f takes %.0f cases, want at most %d", c.good, c.precision, sum, c.most)
		}
	}
}

func TestDriftTellsItsState(t *testing.T) {
	t.Parallel()
	d := promise.NewDrift(0.95, 0.05)
	if d.State() != promise.Inconclusive || d.Needed() < 100 {
		t.Errorf("without a case: %s, %d needed", d.State(), d.Needed())
	}
	for d.State() == promise.Inconclusive && d.Cases < 1000 {
		d.Observe(true)
	}
	if d.State() != promise.Meets {
		t.Errorf("after %d right cases: %s", d.Cases, d.State())
	}
	if needed := d.Needed(); needed != d.Cases {
		t.Errorf("it met the target after %d cases, and says that %d are needed", d.Cases, needed)
	}
	kept, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var again promise.Drift
	if err := json.Unmarshal(kept, &again); err != nil || again != d {
		t.Errorf("the state is not kept: %v, %+v, want %+v", err, again, d)
	}
	for again.State() != promise.Fails {
		again.Observe(false)
	}
	for range 5000 {
		again.Observe(true)
	}
	if again.State() != promise.Fails {
		t.Error("a failure is forgotten")
	}
	if again.Needed() == 0 || d.Interval().Low < 0.95 {
		t.Errorf("%d needed, interval %v", again.Needed(), d.Interval())
	}
}

func TestEstimateWeighs(t *testing.T) {
	t.Parallel()
	got := promise.Estimate([]promise.Drawn{{Right: true, Probability: 0.1}, {Right: false, Probability: 1}})
	if math.Abs(got-10.0/11) > 1e-12 {
		t.Errorf("estimated %v, want 10/11", got)
	}
	if !math.IsNaN(promise.Estimate(nil)) {
		t.Error("nothing has a precision")
	}
}

func TestDailySampleStaysUnderTheCap(t *testing.T) {
	t.Parallel()
	got := promise.DailySample(2000, 900, 30, 15, 30, 0.2)
	if !got.Capped || math.Abs(got.Minutes-15) > 1e-9 || math.Abs(got.PerDay-25) > 1e-9 {
		t.Errorf("capped: %+v", got)
	}
	if got = promise.DailySample(10, 900, 30, 60, 30, 0.2); got.PerDay != 10 || got.Probability != 1 || got.Capped {
		t.Errorf("few cases: %+v", got)
	}
	if got = promise.DailySample(0, 900, 30, 60, 30, 0.2); got.PerDay != 0 || got.Probability != 0 {
		t.Errorf("none: %+v", got)
	}
}
