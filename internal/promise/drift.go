package promise

import (
	"math"

	"github.com/signalbox/signalbox/internal/learn"
)

// DriftState says whether a precision still reaches its target.
type DriftState string

// The states. Fails is final: whoever acts again begins a new Drift.
const (
	Meets        DriftState = "meets"
	Inconclusive DriftState = "inconclusive"
	Fails        DriftState = "fails"
)

// falls are the losses of precision that are looked for, in equal parts: a small one is
// noticed in time and a large one at once.
var falls = [...]float64{0.02, 0.05, 0.1, 0.2}

// Drift watches the precision of what was acted on, from a random sample of it that is
// judged blindly. It may be asked after every case, for ever: the probability that it
// ever fails a system whose precision never was under the target is at most alpha.
//
// It is a test by betting (Waudby-Smith and Ramdas 2024, "Estimating means of bounded
// random variables by betting"; Ville 1939): a capital of 1 is bet against "the
// precision is at least the target", by likelihood ratios to a few lower precisions, and
// the hypothesis is rejected once the capital reaches 1/alpha. So that a fall after
// years is found as well, parts of the capital wait to be bet from later cases on
// (a mixture over the time of the change; Shin, Ramdas and Rinaldo 2023, "E-detectors").
//
// Valid whatever the share of cases that was drawn, and however it changed with time, as
// long as it did not depend on the case itself. The zero value is unusable; all fields
// are exported so that the state can be kept as JSON.
type Drift struct {
	Target float64 `json:"target"`
	Alpha  float64 `json:"alpha"`
	Cases  int     `json:"cases"`
	Right  int     `json:"right"`
	// Bets is the capital that was bet on each of the falls.
	Bets    [len(falls)]float64 `json:"bets"`
	Highest float64             `json:"highest"` // the capital at its highest
}

// NewDrift watches for a precision under the target, 0.5–0.999, with a probability of at
// most alpha, such as 0.05, of ever crying wolf.
func NewDrift(target, alpha float64) Drift { return Drift{Target: target, Alpha: alpha, Highest: 1} }

// Observe takes the next case, in the order in which they were decided.
func (d *Drift) Observe(right bool) {
	released := waiting(d.Cases) - waiting(d.Cases+1)
	d.Cases++
	if right {
		d.Right++
	}
	capital := waiting(d.Cases)
	for i, fall := range falls {
		lower := d.Target * (1 - fall)
		odds := (1 - lower) / (1 - d.Target)
		if right {
			odds = lower / d.Target
		}
		d.Bets[i] = min((d.Bets[i]+released/float64(len(falls)))*odds, 1e100)
		capital += d.Bets[i]
	}
	d.Highest = max(d.Highest, capital)
}

// waiting is the part of the capital that is not bet before the n-th case. It goes to 0
// so slowly that a late fall is found nearly as fast as an early one.
func waiting(n int) float64 { return 1 / (1 + math.Log1p(float64(n))) }

// State says how it stands. Meets needs the lower end of [Drift.Interval] at the target.
func (d Drift) State() DriftState {
	switch {
	case d.Highest*d.Alpha >= 1:
		return Fails
	case d.Interval().Low >= d.Target:
		return Meets
	default:
		return Inconclusive
	}
}

// Interval is a confidence sequence for a precision that stays as it is: with a
// probability of 1 - alpha it holds it after every case at once. It inverts a mixture of
// likelihood ratios (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021,
// "Time-uniform, nonparametric, nonasymptotic confidence sequences").
func (d Drift) Interval() learn.Interval { return sequence(d.Right, d.Cases, d.Alpha) }

func sequence(right, cases int, alpha float64) learn.Interval {
	if cases == 0 {
		return learn.Interval{Low: 0, High: 1}
	}
	mean := float64(right) / float64(cases)
	inside := func(p float64) bool { return logMixture(right, cases, p) < math.Log(1/alpha) }
	interval := learn.Interval{Low: 0, High: 1}
	if right > 0 {
		interval.Low = border(0, mean, inside)
	}
	if right < cases {
		interval.High = border(1, mean, inside)
	}
	return interval
}

// border is where the interval ends between a point outside and one inside.
func border(outside, within float64, inside func(float64) bool) float64 {
	for range 50 {
		middle := (outside + within) / 2
		if inside(middle) {
			within = middle
		} else {
			outside = middle
		}
	}
	return within
}

// logMixture is the logarithm of the cases' likelihood under precisions that are drawn
// from a Beta prior, as a ratio to that under one precision. The prior expects high ones.
func logMixture(right, cases int, p float64) float64 {
	const a, b = 4.5, 0.5
	k, n := float64(right), float64(cases)
	return logBeta(a+k, b+n-k) - logBeta(a, b) - k*math.Log(p) - (n-k)*math.Log1p(-p)
}

func logBeta(a, b float64) float64 {
	first, _ := math.Lgamma(a)
	second, _ := math.Lgamma(b)
	sum, _ := math.Lgamma(a + b)
	return first + second - sum
}

// Needed is how many cases it takes until the state is meets, if they go on being right
// as often as so far, or as a system a point above the target that has no case yet. It
// is 0 if they never will: the precision so far is not above the target.
func (d Drift) Needed() int {
	precision := d.Target + (1-d.Target)/5
	if d.Cases > 0 {
		precision = float64(d.Right) / float64(d.Cases)
	}
	if precision <= d.Target {
		return 0
	}
	reached := func(n int) bool {
		return sequence(int(math.Round(precision*float64(n))), n, d.Alpha).Low >= d.Target
	}
	const most = 1 << 24
	high := max(d.Cases, 1)
	for !reached(high) {
		if high *= 2; high > most {
			return 0
		}
	}
	for low := high / 2; high-low > 1; {
		if middle := (low + high) / 2; reached(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// Drawn is a judged case with the probability with which it was drawn, above 0 to 1.
type Drawn struct {
	Right       bool
	Probability float64
}

// Estimate is the precision of everything that was acted on, from a sample whose
// probabilities changed: each case counts by the inverse of its own (Hájek 1971). NaN
// for none.
func Estimate(cases []Drawn) float64 {
	var right, all float64
	for _, c := range cases {
		weight := 1 / c.Probability
		all += weight
		if c.Right {
			right += weight
		}
	}
	return right / all
}

// Sample is how many cases a day people look at.
type Sample struct {
	PerDay      float64 `json:"per_day"`
	Probability float64 `json:"probability"` // with which a case is drawn
	Minutes     float64 `json:"minutes"`     // a day
	Capped      bool    `json:"capped"`      // more would be wanted
}

// DailySample says how many of the day's cases are drawn, so that so many as are needed
// come together within days, and people spend at most so many minutes a day at so many
// seconds each. A part of the cases is judged twice.
func DailySample(casesADay float64, needed int, days, minutes, seconds, twice float64) Sample {
	wanted := min(float64(needed)/max(days, 1), casesADay)
	most := minutes * 60 / max(seconds*(1+twice), 1e-9)
	sample := Sample{PerDay: min(wanted, most), Capped: wanted > most}
	if casesADay > 0 {
		sample.Probability = min(sample.PerDay/casesADay, 1)
	}
	sample.Minutes = sample.PerDay * seconds * (1 + twice) / 60
	return sample
}
