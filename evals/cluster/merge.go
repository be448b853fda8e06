package cluster

import "math"

// ward merges clusters until so many are left, always the two whose union adds least to
// the squared distances from the middle (Ward 1963, "Hierarchical grouping to optimize
// an objective function"). It returns the new number of each cluster.
func ward(vectors table, of []int, clusters, wanted int) []int {
	sums, counts := newTable(clusters, vectors.width), make([]float64, clusters)
	for i, c := range of {
		axpy(sums.row(c), vectors.row(i), 1)
		counts[c]++
	}
	joined := make([]int, clusters)
	alive := 0
	for c := range joined {
		joined[c] = c
		if counts[c] > 0 {
			alive++
			for i, row := 0, sums.row(c); i < len(row); i++ {
				row[i] /= float32(counts[c])
			}
		}
	}
	for ; alive > wanted; alive-- {
		a, b := cheapest(sums, counts)
		total := counts[a] + counts[b]
		for i, row := 0, sums.row(a); i < len(row); i++ {
			row[i] = float32((float64(row[i])*counts[a] + float64(sums.row(b)[i])*counts[b]) / total)
		}
		counts[a], counts[b] = total, 0
		for c := range joined {
			if joined[c] == b {
				joined[c] = a
			}
		}
	}
	return joined
}

func cheapest(middles table, counts []float64) (a, b int) {
	least := math.Inf(1)
	for i := range counts {
		for j := i + 1; j < len(counts); j++ {
			if counts[i] == 0 || counts[j] == 0 {
				continue
			}
			if cost := counts[i] * counts[j] / (counts[i] + counts[j]) * squared(middles.row(i), middles.row(j)); cost < least {
				least, a, b = cost, i, j
			}
		}
	}
	return a, b
}

func squared(a, b []float32) float64 {
	return float64(dot(a, a) + dot(b, b) - 2*dot(a, b))
}
