package simulation

import (
	"context"
	"math/rand/v2"

	"github.com/signalbox/signalbox/internal/promise"
)

// PromotionConfig says how much is simulated.
type PromotionConfig struct {
	Trials int
	Seed   uint64
}

// Promotion says how the gate behaves.
type Promotion struct {
	Trials int     `json:"trials"`
	Trades []Trade `json:"trades"`
}

// Trade is a candidate that truly wins and loses so many of the cases.
type Trade struct {
	Name     string  `json:"name"`
	Cases    int     `json:"cases"`
	Gain     float64 `json:"gain"`    // true change of the accuracy
	Differs  float64 `json:"differs"` // share of the cases on which the two differ
	Promoted float64 `json:"promoted"`
	Better   float64 `json:"better"`
}

// trades are what is tried: equal ones that differ in some cases, worse and better ones.
var trades = []struct {
	name      string
	won, lost float64
}{
	{"identical", 0, 0}, {"equal, differs in 2 %", 0.01, 0.01}, {"equal, differs in 10 %", 0.05, 0.05},
	{"half a point worse", 0.01, 0.015}, {"a point worse", 0.01, 0.02}, {"two points worse", 0.01, 0.03}, {"five points worse", 0.01, 0.06},
	{"a point better", 0.02, 0.01}, {"two points better", 0.03, 0.01},
}

// SimulatePromotion draws pairs of models with a known difference and asks the gate.
func SimulatePromotion(ctx context.Context, c PromotionConfig, progress func(done, total int)) (Promotion, error) {
	p := Promotion{Trials: c.Trials}
	sizes := []int{1000, 4000, 10_000}
	for i, trade := range trades {
		for j, cases := range sizes {
			promoted, better := 0, 0
			for trial := range c.Trials {
				if err := ctx.Err(); err != nil {
					return p, err
				}
				random := rand.New(rand.NewPCG(c.Seed, uint64(i)<<40+uint64(j)<<32+uint64(trial)))
				verdict := promise.JudgePromotion(drawPairs(random, cases, trade.won, trade.lost), promise.DefaultRules())
				promoted += count(verdict.Promoted)
				better += count(verdict.Better)
			}
			p.Trades = append(p.Trades, Trade{trade.name, cases, trade.won - trade.lost, trade.won + trade.lost, share(promoted, c.Trials), share(better, c.Trials)})
			progress(i*len(sizes)+j+1, len(trades)*len(sizes))
		}
	}
	return p, nil
}

// drawPairs draws cases of a model that is right in nine of ten, and of a candidate that
// wins and loses shares of all. Three languages are slices.
func drawPairs(random *rand.Rand, n int, won, lost float64) []promise.Pair {
	const accuracy = 0.9
	languages := []string{"language de", "language en", "language fr"}
	pairs := make([]promise.Pair, n)
	for i := range pairs {
		before := random.Float64() < accuracy
		after, chance := before, random.Float64()
		if before && chance < lost/accuracy {
			after = false
		} else if !before && chance < won/(1-accuracy) {
			after = true
		}
		pairs[i] = promise.Pair{Before: before, After: after, BeforeConfidence: accuracy, AfterConfidence: accuracy, Slices: languages[i%3 : i%3+1]}
	}
	return pairs
}
