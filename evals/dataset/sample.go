package dataset

import (
	"math/rand/v2"
	"slices"
)

// The streams of the generators, so that one seed does not deal alike for
// different purposes.
const (
	streamLimit = 0x6c696d6974
	streamFew   = 0x666577
	streamFold  = 0x666f6c64
)

// Limit draws at most most rows and keeps their order; 0 keeps all.
func Limit(rows []Row, most int, seed uint64) []Row {
	if most <= 0 || len(rows) <= most {
		return rows
	}
	random := rand.New(rand.NewPCG(seed, streamLimit))
	chosen := random.Perm(len(rows))[:most]
	slices.Sort(chosen)
	return pick(rows, chosen)
}

func pick(rows []Row, chosen []int) []Row {
	picked := make([]Row, len(chosen))
	for i, position := range chosen {
		picked[i] = rows[position]
	}
	return picked
}

// FewShot numbers at most k rows of each label of one column, ascending. A text
// that stands twice under a label counts once.
func FewShot(rows []Row, column, k int, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, streamFew))
	var chosen []int
	byLabel := group(rows, column)
	for _, label := range sortedLabels(byLabel) {
		members := byLabel[label]
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		seen := map[[2]string]bool{}
		for _, member := range members {
			text := [2]string{rows[member].Subject, rows[member].Body}
			if len(seen) == k {
				break
			}
			if !seen[text] && !rows[member].Empty() {
				seen[text] = true
				chosen = append(chosen, member)
			}
		}
	}
	slices.Sort(chosen)
	return chosen
}

// group numbers the labelled rows by their label.
func group(rows []Row, column int) map[string][]int {
	byLabel := map[string][]int{}
	for i, row := range rows {
		if label := row.Labels[column]; label != "" {
			byLabel[label] = append(byLabel[label], i)
		}
	}
	return byLabel
}

func sortedLabels(byLabel map[string][]int) []string {
	labels := make([]string, 0, len(byLabel))
	for label := range byLabel {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	return labels
}

// Folds deals texts over folds, the labels evenly spread. Equal texts stand in one
// fold, or a model would be judged by what it learned by heart.
func Folds(texts, labels []string, folds int, seed uint64) []int {
	random := rand.New(rand.NewPCG(seed, streamFold))
	first := map[string]int{}
	byLabel := map[string][]int{}
	for i, text := range texts {
		if _, seen := first[text]; !seen {
			first[text] = i
			byLabel[labels[i]] = append(byLabel[labels[i]], i)
		}
	}
	dealt := make([]int, len(texts))
	next := 0
	for _, label := range sortedLabels(byLabel) {
		members := byLabel[label]
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		for _, member := range members {
			dealt[member] = next % folds
			next++
		}
	}
	for i, text := range texts {
		dealt[i] = dealt[first[text]]
	}
	return dealt
}
