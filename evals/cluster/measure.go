package cluster

import "math"

// Agreement is how well clusters fit labels that were not used, all of 0–1: homogeneity
// is 1 if a cluster holds one label only, completeness is 1 if a label lies in one
// cluster only, and V is their harmonic mean (Rosenberg and Hirschberg 2007, "V-measure:
// a conditional entropy-based external cluster evaluation measure").
type Agreement struct {
	Homogeneity  float64 `json:"homogeneity"`
	Completeness float64 `json:"completeness"`
	V            float64 `json:"v_measure"`
}

// Agree compares clusters with labels of the same texts.
func Agree(of []int, labels []string) Agreement {
	type pair struct {
		cluster int
		label   string
	}
	pairs, clusters, classes := map[pair]float64{}, map[int]float64{}, map[string]float64{}
	for i, c := range of {
		pairs[pair{c, labels[i]}]++
		clusters[c]++
		classes[labels[i]]++
	}
	n := float64(len(of))
	both := entropy(pairs, n)
	ofClusters, ofClasses := entropy(clusters, n), entropy(classes, n)
	a := Agreement{Homogeneity: 1, Completeness: 1}
	if ofClasses > 0 {
		a.Homogeneity = 1 - (both-ofClusters)/ofClasses
	}
	if ofClusters > 0 {
		a.Completeness = 1 - (both-ofClasses)/ofClusters
	}
	if sum := a.Homogeneity + a.Completeness; sum > 0 {
		a.V = 2 * a.Homogeneity * a.Completeness / sum
	}
	return a
}

func entropy[K comparable](counts map[K]float64, n float64) (sum float64) {
	for _, count := range counts {
		sum -= count / n * math.Log(count/n)
	}
	return sum
}
