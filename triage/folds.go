package triage

import (
	"math/rand/v2"
	"slices"
)

const (
	foldCount = 5
	// enoughHeldOut labels fix the exponents and the metrics well enough; more
	// folds than that takes are not worth their training time.
	enoughHeldOut = 2_000
)

// assignFolds deals the examples of each class over the folds in random order.
// The same text stands always in one fold, or a model would be judged by what
// it learned by heart.
func assignFolds(texts []string, classes []int, seed uint64) []int {
	first := map[string]int{}
	byClass := map[int][]int{}
	var order []int
	for i, text := range texts {
		if _, seen := first[text]; seen {
			continue
		}
		first[text] = i
		if byClass[classes[i]] == nil {
			order = append(order, classes[i])
		}
		byClass[classes[i]] = append(byClass[classes[i]], i)
	}
	slices.Sort(order)
	random := rand.New(rand.NewPCG(seed, 0x74726961))
	folds := make([]int, len(texts))
	next := 0
	for _, class := range order {
		members := byClass[class]
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		for _, member := range members {
			folds[member] = next % foldCount
			next++
		}
	}
	for i, text := range texts {
		folds[i] = folds[first[text]]
	}
	return folds
}

// evaluatedFolds is how many of the folds are held out in turn.
func evaluatedFolds(examples int) int {
	return min(foldCount, max(1, (enoughHeldOut*foldCount+examples-1)/max(examples, 1)))
}
