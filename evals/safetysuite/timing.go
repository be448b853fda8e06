package safetysuite

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/signalbox/signalbox/internal/learn"
)

// mostAUROC is how well latency may tell the two databases apart.
const mostAUROC = 0.55

const (
	warmUp    = 50 // pairs of each route that are not counted
	resamples = 1000
	level     = 0.95
)

// timing asks pairs on each route that reads, one request of a pair right after the
// other, in an order that is drawn anew for each pair.
func (r *run) timing(ctx context.Context) error {
	// What the attacks wrote is tidied up now on both sides, and not on one of them
	// while its latency counts.
	if r.target.Settle != nil {
		if err := r.target.Settle(ctx); err != nil {
			return err
		}
	}
	result := &Timing{Pairs: r.config.Pairs, AUROC: 0.5, Most: mostAUROC, Passed: true}
	var timed []*operation
	for _, operation := range r.operations {
		if operation.forCustomers() && !operation.opensTickets() && !r.uncovered[operation.route] {
			timed = append(timed, operation)
		}
	}
	for i, operation := range timed {
		made, err := r.timeRoute(ctx, operation, func(done int) { r.progress("timing", i*r.config.Pairs+done, len(timed)*r.config.Pairs) })
		if err != nil {
			return err
		}
		result.Routes = append(result.Routes, made)
		result.AUROC = max(result.AUROC, made.AUROC)
		// Few pairs exceed it by chance: then the interval holds 1/2.
		if made.AUROC > mostAUROC && (made.Interval.Low > 0.5 || made.Interval.High < 0.5) {
			result.Passed = false
			r.find(Finding{What: "timing", Route: operation.route, Detail: "latency tells whether there is an internal half"})
		}
	}
	r.found.Timing = result
	return nil
}

func (r *run) timeRoute(ctx context.Context, operation *operation, progress func(int)) (RouteTiming, error) {
	random := rand.New(rand.NewPCG(r.config.Seed, 0x71be)) //nolint:gosec // repeatable on purpose
	var with, without []float64
	for i := -min(warmUp, r.config.Pairs); i < r.config.Pairs; i++ {
		query := r.queries[random.IntN(len(r.queries))]
		requests, err := operation.requests(query, i+warmUp)
		if err != nil {
			return RouteTiming{}, err
		}
		requests[0].header = r.who(requests[0], i&1)
		first, second := r.target.With, *r.target.Without
		swapped := random.IntN(2) == 1
		if swapped {
			first, second = second, first
		}
		one, err := first.send(ctx, requests[0], newRequestID())
		if err != nil {
			return RouteTiming{}, err
		}
		other, err := second.send(ctx, requests[0], newRequestID())
		if err != nil {
			return RouteTiming{}, err
		}
		if swapped {
			one, other = other, one
		}
		if i >= 0 {
			with, without = append(with, milliseconds(one.took)), append(without, milliseconds(other.took))
			progress(i + 1)
		}
	}
	return timingOf(operation.route, with, without, r.config.Seed), nil
}

func timingOf(route string, with, without []float64, seed uint64) RouteTiming {
	count := len(with)
	slower := func(pairs []int) float64 {
		scores, positive := make([]float64, 0, 2*len(pairs)), make([]bool, 0, 2*len(pairs))
		for _, i := range pairs {
			scores, positive = append(scores, with[i], without[i]), append(positive, true, false)
		}
		return learn.AUROC(scores, positive)
	}
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	made := RouteTiming{Route: route, Pairs: count, Slower: slower(all), With: median(with), Without: median(without)}
	made.AUROC = max(made.Slower, 1-made.Slower)
	interval := learn.Bootstrap(count, resamples, level, seed, slower)
	made.Interval.Low, made.Interval.High = interval.Low, interval.High
	return made
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
