package detectors

import (
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/signalbox/signalbox/internal/detect"
)

// kernel holds the inner products of all examples of a task in the space that the
// detector is linear in. With some thousand examples that is cheaper than their
// features, and leaving out an industry takes no copy.
type kernel struct {
	size int
	rows [][]float32
}

func newKernel(examples []example, weights detect.BlockWeights) *kernel {
	k := &kernel{size: len(examples), rows: make([][]float32, len(examples))}
	for i := range k.rows {
		k.rows[i] = make([]float32, k.size)
	}
	grams := newPostings(examples, func(f detect.Features) []uint32 { return f.Grams })
	flags := newPostings(examples, func(f detect.Features) []uint32 { return f.Flags })
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	const stripe = 64
	for from := 0; from < k.size; from += stripe {
		group.Go(func() error {
			sharedGrams, sharedFlags := make([]int32, k.size), make([]int32, k.size)
			for i := from; i < min(from+stripe, k.size); i++ {
				f := examples[i].features
				grams.count(sharedGrams, f.Grams, i)
				flags.count(sharedFlags, f.Flags, i)
				for j := range i + 1 {
					k.rows[i][j] = float32(product(f, examples[j].features, sharedGrams[j], sharedFlags[j], weights))
				}
			}
			return nil
		})
	}
	_ = group.Wait() // no part fails
	for i := range k.size {
		for j := range i {
			k.rows[j][i] = k.rows[i][j]
		}
	}
	return k
}

// postings lists by feature the examples that have it, in their order.
type postings [][]int32

func newPostings(examples []example, list func(detect.Features) []uint32) postings {
	lists := make(postings, detect.GramBuckets)
	for i, e := range examples {
		for _, feature := range list(e.features) {
			lists[feature] = append(lists[feature], int32(i))
		}
	}
	return lists
}

// count overwrites shared[j], for j up to last, with how many of the features example
// j has.
func (p postings) count(shared []int32, features []uint32, last int) {
	clear(shared)
	for _, feature := range features {
		for _, j := range p[feature] {
			if int(j) > last {
				break
			}
			shared[j]++
		}
	}
}

// product is that of two texts which share so many n-grams and flags.
func product(a, b detect.Features, grams, flags int32, w detect.BlockWeights) float64 {
	length := math.Sqrt(float64(max(1, len(a.Grams)) * max(1, len(b.Grams))))
	return w.Grams*w.Grams*float64(grams)/length + w.Flags*w.Flags*float64(flags) +
		w.Embedding*w.Embedding*inner(a.Embedding, b.Embedding) + w.Bias*w.Bias
}

// inner is the inner product, in four sums, which a processor adds side by side.
func inner(a, b []float32) float64 {
	var first, second, third, fourth float32
	b = b[:len(a)]
	whole := len(a) &^ 3
	for i := 0; i < whole; i += 4 {
		first += a[i] * b[i]
		second += a[i+1] * b[i+1]
		third += a[i+2] * b[i+2]
		fourth += a[i+3] * b[i+3]
	}
	for i := whole; i < len(a); i++ {
		first += a[i] * b[i]
	}
	return float64(first+second) + float64(third+fourth)
}
