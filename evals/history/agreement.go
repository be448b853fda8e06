package history

import "math"

// VMeasure is how far clusters agree with labels: homogeneity, completeness and their
// harmonic mean, 0–1 (Rosenberg and Hirschberg 2007).
func VMeasure(clusters []int, labels []string) (homogeneity, completeness, v float64) {
	n := float64(len(clusters))
	byCluster, byLabel, both := map[int]float64{}, map[string]float64{}, map[int]map[string]float64{}
	for i, cluster := range clusters {
		if both[cluster] == nil {
			both[cluster] = map[string]float64{}
		}
		byCluster[cluster]++
		byLabel[labels[i]]++
		both[cluster][labels[i]]++
	}
	var ofLabels, ofClusters, labelsGiven, clustersGiven float64
	for _, count := range byLabel {
		ofLabels -= count / n * math.Log(count/n)
	}
	for cluster, count := range byCluster {
		ofClusters -= count / n * math.Log(count/n)
		for label, shared := range both[cluster] {
			labelsGiven -= shared / n * math.Log(shared/count)
			clustersGiven -= shared / n * math.Log(shared/byLabel[label])
		}
	}
	homogeneity, completeness = 1, 1
	if ofLabels > 0 {
		homogeneity = 1 - labelsGiven/ofLabels
	}
	if ofClusters > 0 {
		completeness = 1 - clustersGiven/ofClusters
	}
	if homogeneity+completeness == 0 {
		return 0, 0, 0
	}
	return homogeneity, completeness, 2 * homogeneity * completeness / (homogeneity + completeness)
}
