package promise

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/signalbox/signalbox/internal/learn"
)

// Pair is one judged case with what both systems said of it.
type Pair struct {
	Before, After                     bool // right
	BeforeConfidence, AfterConfidence float64
	Sensitive                         bool     // a person should have seen it: both should have said so
	Slices                            []string // such as "language de"
}

// Rules are what a candidate must show.
type Rules struct {
	Level        float64 // of the interval of the difference, such as 0.95
	MostLoss     float64 // that the interval must exclude, such as 0.005
	SliceLoss    float64 // that no slice may exceed significantly, such as 0.02
	SliceCases   int     // that a slice must have to be judged, such as 200
	Significance float64 // of the slices together, of calibration and of the sensitive cases, such as 0.05
}

// DefaultRules are those that promotion is documented with.
func DefaultRules() Rules {
	return Rules{Level: 0.95, MostLoss: 0.005, SliceLoss: 0.02, SliceCases: 200, Significance: 0.05}
}

// Verdict says whether a candidate may take the place of what it was compared with.
type Verdict struct {
	Promoted bool     `json:"promoted"`
	Better   bool     `json:"better"` // and not only no worse
	Reasons  []string `json:"reasons"`

	Cases      int     `json:"cases"`
	Before     float64 `json:"before"` // accuracy
	After      float64 `json:"after"`
	Difference float64 `json:"difference"`
	Low        float64 `json:"low"` // of the difference
	High       float64 `json:"high"`
	PBetter    float64 `json:"p_better"` // one-sided

	Slices      []SliceLoss `json:"slices,omitempty"`
	Calibration float64     `json:"calibration_change"` // of the Brier score of the confidences; below 0 is better
	Sensitive   int         `json:"sensitive_cases"`
}

// SliceLoss is what became of a slice.
type SliceLoss struct {
	Slice       string  `json:"slice"`
	Cases       int     `json:"cases"`
	Difference  float64 `json:"difference"`
	P           float64 `json:"p"` // of "it lost no more than is allowed"
	Significant bool    `json:"significant"`
}

// JudgePromotion compares a candidate with the current system on the same cases, which
// neither was trained on:
//   - the interval of the difference excludes a loss over MostLoss (non-inferiority; the
//     interval for paired proportions with half a case added to each cell, Agresti and
//     Min 2005);
//   - no slice with enough cases lost significantly more than SliceLoss (Holm 1979);
//   - the confidences' Brier score is not significantly worse (paired, normal);
//   - sensitive cases are not recognised significantly less often (exact, McNemar 1947).
//
// Better needs an exact one-sided test on the cases on which they differ.
func JudgePromotion(pairs []Pair, rules Rules) Verdict {
	verdict := Verdict{Cases: len(pairs), Promoted: true}
	if len(pairs) == 0 {
		return Verdict{Reasons: []string{"there is no case to compare on"}}
	}
	whole := compared(pairs)
	n := float64(len(pairs))
	verdict.Before, verdict.After = float64(whole.before)/n, float64(whole.after)/n
	verdict.Difference = verdict.After - verdict.Before
	centre, deviation := whole.difference()
	z := math.Sqrt2 * math.Erfinv(rules.Level)
	verdict.Low, verdict.High = centre-z*deviation, centre+z*deviation
	verdict.PBetter = learn.BinomialTail(whole.won, whole.won+whole.lost, 0.5)
	verdict.refuse(verdict.Low < -rules.MostLoss, "a loss of %.1f points cannot be excluded: the interval begins at %+.2f", 100*rules.MostLoss, 100*verdict.Low)
	verdict.judgeSlices(pairs, rules)
	verdict.judgeCalibration(pairs, rules)
	verdict.judgeSensitive(pairs, rules)
	verdict.Better = verdict.Promoted && 2*verdict.PBetter <= rules.Significance // two-sided
	return verdict
}

func (v *Verdict) refuse(when bool, format string, values ...any) {
	if when {
		v.Promoted = false
		v.Reasons = append(v.Reasons, fmt.Sprintf(format, values...))
	}
}

// tally counts the cases of a comparison.
type tally struct{ cases, before, after, won, lost int }

func compared(pairs []Pair) (t tally) {
	for _, pair := range pairs {
		t.cases++
		if pair.Before {
			t.before++
		}
		if pair.After {
			t.after++
		}
		switch {
		case pair.After && !pair.Before:
			t.won++
		case pair.Before && !pair.After:
			t.lost++
		}
	}
	return t
}

// difference is that of paired proportions, with its standard deviation.
func (t tally) difference() (centre, deviation float64) {
	n, won, lost := float64(t.cases)+2, float64(t.won)+0.5, float64(t.lost)+0.5
	centre = (won - lost) / n
	return centre, math.Sqrt(max((won+lost)-(won-lost)*(won-lost)/n, 0)) / n
}

func (v *Verdict) judgeSlices(pairs []Pair, rules Rules) {
	members := map[string][]Pair{}
	for _, pair := range pairs {
		for _, slice := range pair.Slices {
			members[slice] = append(members[slice], pair)
		}
	}
	for _, slice := range slices.Sorted(maps.Keys(members)) {
		if len(members[slice]) < rules.SliceCases {
			continue
		}
		t := compared(members[slice])
		centre, deviation := t.difference()
		v.Slices = append(v.Slices, SliceLoss{
			Slice: slice, Cases: t.cases, Difference: float64(t.won-t.lost) / float64(t.cases), P: normalBelow((centre + rules.SliceLoss) / deviation),
		})
	}
	holm(v.Slices, rules.Significance)
	for _, slice := range v.Slices {
		v.refuse(slice.Significant, "%s lost %.1f points in %d cases, significantly more than %.0f", slice.Slice, -100*slice.Difference, slice.Cases, 100*rules.SliceLoss)
	}
}

// holm marks what is significant when all slices are looked at (Holm 1979).
func holm(losses []SliceLoss, significance float64) {
	order := make([]int, len(losses))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(losses[a].P, losses[b].P) })
	for rank, i := range order {
		if losses[i].P > significance/float64(len(order)-rank) {
			return
		}
		losses[i].Significant = true
	}
}

func (v *Verdict) judgeCalibration(pairs []Pair, rules Rules) {
	var sum, squares float64
	for _, pair := range pairs {
		change := squaredError(pair.AfterConfidence, pair.After) - squaredError(pair.BeforeConfidence, pair.Before)
		sum, squares = sum+change, squares+change*change
	}
	n := float64(len(pairs))
	v.Calibration = sum / n
	deviation := math.Sqrt(max(squares/n-v.Calibration*v.Calibration, 0) / n)
	v.refuse(deviation > 0 && normalBelow(-v.Calibration/deviation) <= rules.Significance,
		"its confidences are less true: the Brier score rose by %.4f", v.Calibration)
}

func squaredError(confidence float64, right bool) float64 {
	if right {
		return (1 - confidence) * (1 - confidence)
	}
	return confidence * confidence
}

func (v *Verdict) judgeSensitive(pairs []Pair, rules Rules) {
	sensitive := slices.DeleteFunc(slices.Clone(pairs), func(p Pair) bool { return !p.Sensitive })
	v.Sensitive = len(sensitive)
	forgets, reason := Forgets(sensitive, rules)
	v.refuse(forgets, "%s", reason)
}

// Forgets says whether a candidate recognises sensitive cases significantly less often.
func Forgets(sensitive []Pair, rules Rules) (bool, string) {
	t := compared(sensitive)
	if t.lost <= t.won || learn.BinomialTail(t.lost, t.won+t.lost, 0.5) > rules.Significance {
		return false, ""
	}
	return true, fmt.Sprintf("sensitive cases are recognised less often: %d of %d, before %d", t.after, t.cases, t.before)
}

// normalBelow is the standard normal distribution.
func normalBelow(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// Agreement is how far two judges agree.
type Agreement struct {
	Cases  int     `json:"cases"`
	Agreed float64 `json:"agreed"` // share
	Kappa  float64 `json:"kappa"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Kappa is Cohen's (1960) on cases that two people judged, with its large-sample
// interval of 95 %. NaN without a case; 1 where both always said one and the same.
func Kappa(first, second []string) Agreement {
	n := float64(len(first))
	counts := map[string][2]float64{}
	agreed := 0.0
	for i := range first {
		one := counts[first[i]]
		one[0]++
		counts[first[i]] = one
		other := counts[second[i]]
		other[1]++
		counts[second[i]] = other
		if first[i] == second[i] {
			agreed++
		}
	}
	byChance := 0.0
	for _, count := range counts {
		byChance += count[0] / n * count[1] / n
	}
	a := Agreement{Cases: len(first), Agreed: agreed / n}
	if byChance == 1 {
		a.Kappa, a.Low, a.High = 1, 1, 1
		return a
	}
	a.Kappa = (a.Agreed - byChance) / (1 - byChance)
	half := 1.96 * math.Sqrt(a.Agreed*(1-a.Agreed)/n) / (1 - byChance)
	a.Low, a.High = max(a.Kappa-half, -1), min(a.Kappa+half, 1)
	return a
}
