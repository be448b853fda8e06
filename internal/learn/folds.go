package learn

import "math/rand/v2"

const (
	foldCount = 5
	// enoughHeldOut examples fix the few numbers that are fitted on them; more
	// folds than that takes are not worth their training time.
	enoughHeldOut = 1500
)

// stratifiedFolds deals the examples of each label over the folds in random
// order, so that folds differ by at most one example a label.
func stratifiedFolds(classes []int, labels int, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, 0x666f6c64))
	byLabel := make([][]int, labels)
	for i, class := range classes {
		byLabel[class] = append(byLabel[class], i)
	}
	folds := make([]int, len(classes))
	next := 0
	for _, members := range byLabel {
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		for _, member := range members {
			folds[member] = next % foldCount
			next++
		}
	}
	return folds
}

// evaluatedFolds is how many of the folds are held out in turn.
func evaluatedFolds(examples int) int {
	return min(foldCount, max(1, (enoughHeldOut*foldCount+examples-1)/examples))
}
