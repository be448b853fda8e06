package triage

import (
	"cmp"
	"slices"
)

// sortScores puts the likeliest first and equal ones in alphabetical order.
func sortScores(scores []Score) {
	slices.SortStableFunc(scores, func(a, b Score) int {
		if c := cmp.Compare(b.Probability, a.Probability); c != 0 {
			return c
		}
		return cmp.Compare(a.Value, b.Value)
	})
}
