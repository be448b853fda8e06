package promise_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/promise"
)

// compared draws pairs of two systems: a share of the cases is won and one is lost.
func compared(random *rand.Rand, n int, won, lost float64) []promise.Pair {
	pairs := make([]promise.Pair, n)
	for i := range pairs {
		before := random.Float64() < 0.9
		after := before
		switch chance := random.Float64(); {
		case before && chance < lost/0.9:
			after = false
		case !before && chance < won/0.1:
			after = true
		}
		pairs[i] = promise.Pair{Before: before, After: after, BeforeConfidence: 0.9, AfterConfidence: 0.9, Slices: []string{[]string{"language de", "language en"}[i%2]}}
	}
	return pairs
}

func TestIdenticalSystemsAreSeldomBetter(t *testing.T) {
	t.Parallel()
	better, promoted := 0, 0
	for run := range 200 {
		verdict := promise.JudgePromotion(compared(rand.New(rand.NewPCG(uint64(run), 1)), 1500, 0.01, 0.01), promise.DefaultRules())
		if verdict.Better {
			better++
		}
		if verdict.Promoted {
			promoted++
		}
	}
	t.Logf("better %d, promoted %d of 200", better, promoted)
	if better > 10 {
		t.Errorf("identical systems are called better %d times of 200", better)
	}
}

func TestPromotionRefusesWhatIsWorse(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	rules := promise.DefaultRules()
	slice := compared(random, 3000, 0.01, 0.01)
	for i := range slice { // one slice loses what the other wins
		if slice[i].Slices[0] == "language de" {
			slice[i].After = slice[i].Before && random.Float64() > 0.08
		} else {
			slice[i].After = slice[i].Before || random.Float64() < 0.9
		}
	}
	boasting := compared(random, 3000, 0, 0)
	for i := range boasting {
		boasting[i].AfterConfidence = 1
	}
	blind := compared(random, 3000, 0.03, 0)
	for i := range 40 {
		blind[i].Sensitive, blind[i].Before, blind[i].After = true, true, i >= 10
	}
	for name, c := range map[string]struct {
		pairs  []promise.Pair
		reason string
	}{
		"worse":     {compared(random, 3000, 0.005, 0.03), "cannot be excluded"},
		"few cases": {compared(random, 60, 0, 0.02), "cannot be excluded"},
		"no case":   {nil, "no case"},
		"a slice":   {slice, "language de lost"},
		"boasting":  {boasting, "less true"},
		"sensitive": {blind, "sensitive cases"},
	} {
		verdict := promise.JudgePromotion(c.pairs, rules)
		if verdict.Promoted || verdict.Better || !strings.Contains(strings.Join(verdict.Reasons, "; "), c.reason) {
			t.Errorf("%s: promoted %v, because %q", name, verdict.Promoted, verdict.Reasons)
		}
	}
	if verdict := promise.JudgePromotion(compared(random, 3000, 0.03, 0.005), rules); !verdict.Promoted || !verdict.Better || len(verdict.Reasons) != 0 {
		t.Errorf("a better one: %+v", verdict)
	}
}

func TestKappa(t *testing.T) {
	t.Parallel()
	first, second := strings.Fields("a a a b b b b b b b"), strings.Fields("a a b b b b b b b a")
	got := promise.Kappa(first, second)
	if want := (0.8 - 0.58) / 0.42; math.Abs(got.Kappa-want) > 1e-9 || got.Cases != 10 || got.Low >= got.Kappa || got.High <= got.Kappa {
		t.Errorf("%+v, want a kappa of %.3f", got, want)
	}
	if same := promise.Kappa([]string{"a"}, []string{"a"}); same.Kappa != 1 {
		t.Errorf("always the same: %+v", same)
	}
	if none := promise.Kappa(nil, nil); !math.IsNaN(none.Kappa) {
		t.Errorf("none: %+v", none)
	}
}
