package simulation

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/signalbox/signalbox/internal/promise"
)

// DriftConfig says how much is simulated.
type DriftConfig struct {
	Target, Alpha float64
	Years         int     // of weekly checks, each an installation of its own
	LongYears     int     // of one installation, over and over, for the endless promise
	LongRuns      int     // such installations
	Falls         int     // draws for each fall
	Minutes       float64 // people's, a day
	Seconds       float64 // a review
	Twice         float64 // share that is judged twice
	Seed          uint64
}

// Drift says how the monitor behaves. Rates are from 0 to 1.
type Drift struct {
	Target float64 `json:"target"`
	Alpha  float64 `json:"alpha"`
	// FalseDemotions are years in which a field a point above its target was demoted.
	Years          int     `json:"years"`
	FalseDemotions int     `json:"false_demotions"`
	FalseRate      float64 `json:"false_rate"`
	// AtTarget is the same exactly at the target, where the promise is tightest.
	AtTarget     int     `json:"false_demotions_at_target"`
	AtTargetRate float64 `json:"false_rate_at_target"`
	// Endless are installations that went on for LongYears at the target.
	LongYears    int     `json:"long_years"`
	LongRuns     int     `json:"long_runs"`
	LongDemoted  int     `json:"long_demoted"`
	LongRate     float64 `json:"long_rate"`
	MissedByMean float64 `json:"interval_missed"` // share of the years in which the interval ever missed the truth
	Falls        []Fall  `json:"falls"`
}

// Fall is how long it takes to find one.
type Fall struct {
	PerDay  int     `json:"decisions_a_day"`
	Sampled float64 `json:"reviews_a_day"`
	Points  float64 `json:"points"` // by which the precision falls, from a point above the target
	After   int     `json:"after_weeks"`
	Median  float64 `json:"median_weeks"`
	P90     float64 `json:"p90_weeks"`
	Found   float64 `json:"found"` // within five years
}

const (
	weeks   = 52
	longest = 5 * weeks // that a fall is waited for
)

// SimulateDrift plays weekly checks on samples of decisions.
func SimulateDrift(ctx context.Context, c DriftConfig, progress func(done, total int)) (Drift, error) {
	d := Drift{Target: c.Target, Alpha: c.Alpha, Years: c.Years, LongYears: c.LongYears, LongRuns: c.LongRuns}
	const perDay = 200
	sampled := c.sample(perDay)
	missed := 0
	total := 2*c.Years + c.LongRuns
	for year := range c.Years {
		if err := ctx.Err(); err != nil {
			return d, err
		}
		above, outside := c.play(rand.New(rand.NewPCG(c.Seed, uint64(year))), sampled, weeks, c.Target+0.01)
		at, _ := c.play(rand.New(rand.NewPCG(c.Seed+1, uint64(year))), sampled, weeks, c.Target)
		d.FalseDemotions += count(above)
		d.AtTarget += count(at)
		missed += count(outside)
		progress(2*(year+1), total)
	}
	for run := range c.LongRuns {
		if err := ctx.Err(); err != nil {
			return d, err
		}
		demoted, _ := c.play(rand.New(rand.NewPCG(c.Seed+2, uint64(run))), sampled, c.LongYears*weeks, c.Target)
		d.LongDemoted += count(demoted)
		progress(2*c.Years+run+1, total)
	}
	d.FalseRate, d.AtTargetRate = share(d.FalseDemotions, c.Years), share(d.AtTarget, c.Years)
	d.LongRate, d.MissedByMean = share(d.LongDemoted, c.LongRuns), share(missed, c.Years)
	for _, perDay := range []int{20, 200, 2000} {
		for _, points := range []float64{0.05, 0.10} {
			for _, after := range []int{0, weeks} {
				if err := ctx.Err(); err != nil {
					return d, err
				}
				d.Falls = append(d.Falls, c.fall(perDay, points, after))
			}
		}
	}
	return d, nil
}

// sample is how many reviews a day the cap of minutes leaves of so many decisions.
func (c DriftConfig) sample(perDay float64) float64 {
	return promise.DailySample(perDay, 1<<30, 1, c.Minutes, c.Seconds, c.Twice).PerDay
}

// play runs one installation. It reports whether the field was demoted at a weekly
// check, and whether the interval missed the truth at any of them.
func (c DriftConfig) play(random *rand.Rand, perDay float64, checks int, precision float64) (demoted, missed bool) {
	d := promise.NewDrift(c.Target, c.Alpha)
	for range checks {
		week(random, &d, perDay, precision)
		if interval := d.Interval(); interval.Low > precision || interval.High < precision {
			missed = true
		}
		if d.State() == promise.Fails {
			return true, missed
		}
	}
	return false, missed
}

// week observes a week's sample.
func week(random *rand.Rand, d *promise.Drift, perDay, precision float64) {
	reviews := int(7 * perDay)
	if random.Float64() < 7*perDay-float64(reviews) {
		reviews++
	}
	for range reviews {
		d.Observe(random.Float64() < precision)
	}
}

func (c DriftConfig) fall(perDay int, points float64, after int) Fall {
	sampled := c.sample(float64(perDay))
	found := make([]float64, 0, c.Falls)
	inTime := 0
	for run := range c.Falls {
		random := rand.New(rand.NewPCG(c.Seed+3, uint64(perDay)<<32+uint64(run)))
		d := promise.NewDrift(c.Target, c.Alpha)
		for range after {
			week(random, &d, sampled, c.Target+0.01)
		}
		took := 0
		for d.State() != promise.Fails && took < longest {
			took++
			week(random, &d, sampled, c.Target+0.01-points)
		}
		inTime += count(d.State() == promise.Fails)
		found = append(found, float64(took))
	}
	slices.Sort(found)
	return Fall{
		PerDay: perDay, Sampled: sampled, Points: points, After: after,
		Median: found[len(found)/2], P90: found[len(found)*9/10], Found: share(inTime, len(found)),
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func share(some, of int) float64 { return float64(some) / float64(max(of, 1)) }
