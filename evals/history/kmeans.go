package history

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

const (
	restarts   = 3
	iterations = 20
	// sampled is how many texts the centres are found on; all are assigned.
	sampled = 12_000
)

// cluster finds centres by spherical k-means (Dhillon and Modha 2001) with k-means++
// (Arthur and Vassilvitskii 2007), the best of some restarts, and assigns every vector to
// its nearest centre.
func cluster(ctx context.Context, vectors [][]float32, k int, seed uint64, progress func(done, total int)) (assigned []int, centres [][]float32, err error) {
	random := rand.New(rand.NewPCG(seed, 0x636c7573))
	sample := vectors
	if len(vectors) > sampled {
		sample = make([][]float32, 0, sampled)
		for _, i := range random.Perm(len(vectors))[:sampled] {
			sample = append(sample, vectors[i])
		}
	}
	best := float32(-1)
	for restart := range restarts {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		found, quality := converge(sample, spread(sample, k, random))
		if quality > best {
			best, centres = quality, found
		}
		if progress != nil {
			progress(restart+1, restarts+1)
		}
	}
	assigned, _ = assign(vectors, centres)
	if progress != nil {
		progress(restarts+1, restarts+1)
	}
	return assigned, centres, nil
}

// spread picks first centres that are far from each other.
func spread(vectors [][]float32, k int, random *rand.Rand) [][]float32 {
	centres := [][]float32{slices.Clone(vectors[random.IntN(len(vectors))])}
	distance := make([]float64, len(vectors))
	for i := range distance {
		distance[i] = 2
	}
	for len(centres) < k {
		last, sum := centres[len(centres)-1], 0.0
		for i, v := range vectors {
			distance[i] = min(distance[i], max(float64(1-dot(v, last)), 0))
			sum += distance[i]
		}
		at := random.Float64() * sum
		chosen := len(vectors) - 1
		for i, d := range distance {
			if at -= d; at <= 0 {
				chosen = i
				break
			}
		}
		centres = append(centres, slices.Clone(vectors[chosen]))
	}
	return centres
}

// converge moves the centres until nothing changes.
func converge(vectors, centres [][]float32) ([][]float32, float32) {
	var quality float32
	var before []int
	for range iterations {
		var assigned []int
		assigned, quality = assign(vectors, centres)
		if slices.Equal(assigned, before) {
			break
		}
		before = assigned
		sums := make([][]float32, len(centres))
		for i := range sums {
			sums[i] = make([]float32, len(centres[i]))
		}
		for i, v := range vectors {
			addTo(sums[assigned[i]], v, 1)
		}
		for i, sum := range sums {
			if dot(sum, sum) > 0 {
				centres[i] = unit(sum)
			}
		}
	}
	return centres, quality
}

// assign finds each vector's nearest centre, and the mean likeness to it.
func assign(vectors, centres [][]float32) ([]int, float32) {
	assigned := make([]int, len(vectors))
	parts := runtime.GOMAXPROCS(0)
	sums := make([]float64, parts)
	var group errgroup.Group
	for part := range parts {
		group.Go(func() error {
			for i := part * len(vectors) / parts; i < (part+1)*len(vectors)/parts; i++ {
				best := float32(-2)
				for c, centre := range centres {
					if likeness := dot(vectors[i], centre); likeness > best {
						best, assigned[i] = likeness, c
					}
				}
				sums[part] += float64(best)
			}
			return nil
		})
	}
	_ = group.Wait() // no part fails
	total := 0.0
	for _, sum := range sums {
		total += sum
	}
	return assigned, float32(total / float64(max(len(vectors), 1)))
}
