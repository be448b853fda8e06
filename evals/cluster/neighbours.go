package cluster

import (
	"context"
	"slices"
)

// neighboursOf finds the likest others of every vector.
func neighboursOf(ctx context.Context, vectors table, count int) ([][]int32, error) {
	found := make([][]int32, vectors.rows())
	err := parallel(ctx, len(found), func(from, to int) {
		for i := from; i < to; i++ {
			best := make([]near, 0, count+1)
			for j := range found {
				if i != j {
					best = keepBest(best, near{int32(j), dot(vectors.row(i), vectors.row(j))}, count) //nolint:gosec // below sampleSize
				}
			}
			for _, n := range best {
				found[i] = append(found[i], n.at)
			}
		}
	})
	return found, err
}

type near struct {
	at   int32
	like float32
}

// keepBest inserts a neighbour where it belongs, the likest first; of equal ones the
// earlier text comes first.
func keepBest(best []near, next near, count int) []near {
	if len(best) == count && (count == 0 || next.like <= best[count-1].like) {
		return best
	}
	place, _ := slices.BinarySearchFunc(best, next.like, func(n near, like float32) int {
		if n.like >= like {
			return -1
		}
		return 1
	})
	if best = slices.Insert(best, place, next); len(best) > count {
		best = best[:count]
	}
	return best
}

// draw moves every vector towards the middle of its neighbours, which thins out what
// lies between clusters (as in mean shift, Fukunaga and Hostetler 1975).
func draw(ctx context.Context, vectors table, neighbours [][]int32, pull float32) (table, error) {
	drawn := newTable(vectors.rows(), vectors.width)
	err := parallel(ctx, vectors.rows(), func(from, to int) {
		for i := from; i < to; i++ {
			to := drawn.row(i)
			for _, j := range neighbours[i] {
				axpy(to, vectors.row(int(j)), pull/float32(len(neighbours[i])))
			}
			axpy(to, vectors.row(i), 1)
			normalise(to)
		}
	})
	return drawn, err
}
