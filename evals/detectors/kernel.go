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
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	const stripe = 64
	for from := 0; from < k.size; from += stripe {
		group.Go(func() error {
			marked := newMarks()
			for i := from; i < min(from+stripe, k.size); i++ {
				marked.set(examples[i].features)
				for j := range i + 1 {
					k.rows[i][j] = float32(marked.product(examples[j].features, weights))
				}
				marked.unset(examples[i].features)
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

// marks is a text whose features can be looked up.
type marks struct {
	grams    [detect.GramBuckets]uint8
	flags    []uint8
	features detect.Features
}

func newMarks() *marks { return &marks{flags: make([]uint8, 1<<13)} }

func (m *marks) set(f detect.Features) {
	m.features = f
	for _, gram := range f.Grams {
		m.grams[gram] = 1
	}
	for _, flag := range f.Flags {
		m.flags[flag] = 1
	}
}

func (m *marks) unset(f detect.Features) {
	for _, gram := range f.Grams {
		m.grams[gram] = 0
	}
	for _, flag := range f.Flags {
		m.flags[flag] = 0
	}
}

func (m *marks) product(f detect.Features, w detect.BlockWeights) float64 {
	grams, flags, embedding := 0, 0, 0.0
	for _, gram := range f.Grams {
		grams += int(m.grams[gram])
	}
	for _, flag := range f.Flags {
		flags += int(m.flags[flag])
	}
	for i, x := range m.features.Embedding {
		embedding += float64(x) * float64(f.Embedding[i])
	}
	length := math.Sqrt(float64(max(1, len(f.Grams)) * max(1, len(m.features.Grams))))
	return w.Grams*w.Grams*float64(grams)/length + w.Flags*w.Flags*float64(flags) + w.Embedding*w.Embedding*embedding + w.Bias*w.Bias
}
