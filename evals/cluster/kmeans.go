package cluster

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// table holds vectors of one width, row by row.
type table struct {
	width  int
	values []float32
}

func newTable(rows, width int) table { return table{width, make([]float32, rows*width)} }

func (t table) rows() int           { return len(t.values) / max(t.width, 1) }
func (t table) row(i int) []float32 { return t.values[i*t.width:][:t.width] }

// parallel calls work for blocks of 0 … count−1 on all cores.
func parallel(ctx context.Context, count int, work func(from, to int)) error {
	const block = 256
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for ctx.Err() == nil {
				from := int(next.Add(block)) - block
				if from >= count {
					return
				}
				work(from, min(from+block, count))
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// kmeans is spherical k-means (Dhillon and Modha 2001) from k-means++ starts (Arthur and
// Vassilvitskii 2007): the best of several by the sum of likenesses.
func kmeans(ctx context.Context, vectors table, clusters, restarts int, random *rand.Rand) (of []int, centres table, err error) {
	best := math.Inf(-1)
	for range restarts {
		started := start(vectors, clusters, random)
		assigned, total, err := iterate(ctx, vectors, started)
		if err != nil {
			return nil, table{}, err
		}
		if total > best {
			best, of, centres = total, assigned, started
		}
	}
	return of, centres, nil
}

// start chooses each next centre with a probability that grows with its squared distance
// from those chosen.
func start(vectors table, clusters int, random *rand.Rand) table {
	centres := newTable(clusters, vectors.width)
	distance := make([]float64, vectors.rows())
	for i := range distance {
		distance[i] = 1
	}
	for c := range clusters {
		var sum float64
		for _, d := range distance {
			sum += d
		}
		at := random.Float64() * sum
		chosen := 0
		for i, d := range distance {
			if at -= d; at <= 0 && d > 0 {
				chosen = i
				break
			}
		}
		copy(centres.row(c), vectors.row(chosen))
		for i := range distance {
			distance[i] = min(distance[i], max(0, 1-float64(dot(vectors.row(i), centres.row(c)))))
			if c == 0 {
				distance[i] = max(0, 1-float64(dot(vectors.row(i), centres.row(0))))
			}
		}
	}
	return centres
}

// iterate moves the centres until nothing changes, and returns the sum of likenesses.
func iterate(ctx context.Context, vectors table, centres table) (of []int, total float64, err error) {
	const rounds = 25
	of = make([]int, vectors.rows())
	likeness := make([]float32, len(of))
	for range rounds {
		before := slices.Clone(of)
		if err := assign(ctx, vectors, centres, of, likeness); err != nil {
			return nil, 0, err
		}
		move(vectors, centres, of, likeness)
		if slices.Equal(before, of) {
			break
		}
	}
	for _, like := range likeness {
		total += float64(like)
	}
	return of, total, nil
}

func assign(ctx context.Context, vectors, centres table, of []int, likeness []float32) error {
	return parallel(ctx, len(of), func(from, to int) {
		for i := from; i < to; i++ {
			of[i], likeness[i] = nearest(vectors.row(i), centres)
		}
	})
}

func nearest(vector []float32, centres table) (best int, likeness float32) {
	likeness = -2
	for c := range centres.rows() {
		if like := dot(vector, centres.row(c)); like > likeness {
			best, likeness = c, like
		}
	}
	return best, likeness
}

// move puts each centre in the middle of its vectors; one without any takes the vector
// that lies worst.
func move(vectors, centres table, of []int, likeness []float32) {
	clear(centres.values)
	counts := make([]int, centres.rows())
	for i, c := range of {
		axpy(centres.row(c), vectors.row(i), 1)
		counts[c]++
	}
	for c, count := range counts {
		if count == 0 {
			worst := 0
			for i := range likeness {
				if likeness[i] < likeness[worst] {
					worst = i
				}
			}
			likeness[worst] = 2 // not again
			copy(centres.row(c), vectors.row(worst))
		}
		normalise(centres.row(c))
	}
}
