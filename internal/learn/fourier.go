package learn

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

const (
	fourierScale = 1.5 // the inverse width of the Gaussian kernel
	linearScale  = 0.5 // the weight of the embedding itself beside its features
)

// fourierMap computes random Fourier features of the Gaussian kernel (Rahimi
// and Recht 2007). The random directions are products of sign flips and
// Walsh–Hadamard transforms (Yu et al. 2016, "Orthogonal random features"),
// which need n·log n additions and no stored matrix.
type fourierMap struct {
	dimension int // of the embedding
	width     int // dimension rounded up to a power of two
	count     int // of cosine features, a multiple of width
	signs     []float32
	phases    []float32
}

func newFourierMap(dimension, count int, seed uint64) *fourierMap {
	width := 1 << bits.Len(uint(dimension-1))
	count = (count + width - 1) / width * width
	random := rand.New(rand.NewPCG(seed, 0x736f7266))
	m := &fourierMap{dimension: dimension, width: width, count: count}
	m.signs = make([]float32, 3*count)
	for i := range m.signs {
		m.signs[i] = float32(int(random.Uint64()>>63)*2 - 1)
	}
	m.phases = make([]float32, count)
	for i := range m.phases {
		m.phases[i] = float32(2 * math.Pi * random.Float64())
	}
	return m
}

// size is the number of features: cosines, the embedding and a constant.
func (m *fourierMap) size() int { return m.count + m.dimension + 1 }

// features fills out, of length size. A nil embedding counts as zeros.
func (m *fourierMap) features(out, embedding []float32) {
	amplitude := math.Sqrt(2 / float64(m.count))
	for block := 0; block < m.count; block += m.width {
		projected := out[block : block+m.width]
		clear(projected)
		copy(projected, embedding)
		m.project(projected, m.signs[3*block:3*(block+m.width)])
		for i, z := range projected {
			projected[i] = float32(amplitude * math.Cos(float64(z+m.phases[block+i])))
		}
	}
	tail := out[m.count:]
	clear(tail)
	for i, x := range embedding {
		tail[i] = linearScale * x
	}
	tail[m.dimension] = 1
}

func (m *fourierMap) project(x, signs []float32) {
	for round := range 3 {
		flips := signs[round*m.width : (round+1)*m.width]
		for i := range x {
			x[i] *= flips[i]
		}
		walshHadamard(x)
	}
	// Each transform stretches by √width; rows shall have the norm √width.
	factor := float32(fourierScale / float64(m.width))
	for i := range x {
		x[i] *= factor
	}
}

// walshHadamard transforms x in place; its length is a power of two.
func walshHadamard(x []float32) {
	for half := 1; half < len(x); half *= 2 {
		for from := 0; from < len(x); from += 2 * half {
			low, high := x[from:from+half], x[from+half:from+2*half]
			for i, a := range low {
				b := high[i]
				low[i], high[i] = a+b, a-b
			}
		}
	}
}
