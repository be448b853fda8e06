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
	phases    []float32 // in turns
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
		m.phases[i] = random.Float32()
	}
	return m
}

// size is the number of features: cosines, the embedding and a constant.
func (m *fourierMap) size() int { return m.count + m.dimension + 1 }

// features fills out, of length size. A nil embedding counts as zeros.
func (m *fourierMap) features(out, embedding []float32) {
	m.cosines(out, embedding)
	m.tail(out, embedding)
}

// cosines fills the first part of out.
func (m *fourierMap) cosines(out, embedding []float32) {
	for block := 0; block < m.count; block += m.width {
		projected := out[block : block+m.width]
		clear(projected)
		copy(projected, embedding)
		m.project(projected, m.signs[3*block:3*(block+m.width)])
		m.turn(projected, m.phases[block:block+m.width])
	}
}

// tail fills the rest.
func (m *fourierMap) tail(out, embedding []float32) {
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
		if hasKernels && m.width%wideBlock == 0 {
			flippedSixteenths(&x[0], &flips[0], m.width/wideBlock)
			walshHadamard(x, 16)
			continue
		}
		for i := range x {
			x[i] *= flips[i]
		}
		walshHadamard(x, 1)
	}
}

// wideBlock is what the kernels take at a time.
const wideBlock = 32

// turn overwrites projections with their features.
func (m *fourierMap) turn(x, phases []float32) {
	amplitude := float32(math.Sqrt(2 / float64(m.count)))
	// Each transform stretches by √width; rows shall have the norm √width. The
	// result is in turns.
	factor := float32(fourierScale / (2 * math.Pi * float64(m.width)))
	if hasKernels && m.width%wideBlock == 0 {
		constants := [...]float32{
			factor, amplitude, 1, 0.25, 0.5,
			cosine10, cosine8, cosine6, cosine4, cosine2,
			math.Float32frombits(math.MaxInt32), math.Float32frombits(1 << 31),
		}
		wideCosines(&x[0], &phases[0], &constants[0], m.width)
		return
	}
	for i, z := range x {
		x[i] = amplitude * cosineOfTurns(float32(z*factor)+phases[i])
	}
}

// cosineOfTurns is cos(2πx), to 2e-5. The features need no more, and it is
// called some 1,500 times a text.
func cosineOfTurns(x float32) float32 {
	x = max(x, -x)
	x -= float32(int32(x))
	x = min(x, 1-x)
	if x > 0.25 {
		return -quarterCosine(0.5 - x)
	}
	return quarterCosine(x)
}

// quarterCosine is the series up to the tenth power, for 0 to a quarter turn.
func quarterCosine(x float32) float32 {
	x *= x
	sum := cosine8 - float32(x*cosine10)
	sum = cosine6 + float32(x*sum)
	sum = cosine4 + float32(x*sum)
	sum = cosine2 + float32(x*sum)
	return 1 + float32(x*sum)
}

const (
	cosine2  = -19.7392088
	cosine4  = 64.9393940
	cosine6  = -85.4568172
	cosine8  = 60.2446414
	cosine10 = 26.4262568 // to be subtracted
)

// walshHadamard transforms x in place; its length is a power of two. Two stages
// at a time halve the traffic between registers and memory. Runs of the length
// half are transformed already.
func walshHadamard(x []float32, half int) {
	for ; 4*half <= len(x); half *= 4 {
		for from := 0; from < len(x); from += 4 * half {
			if hasKernels && half >= 8 {
				twoWideStages(&x[from], half)
				continue
			}
			twoStages(x[from:from+4*half], half)
		}
	}
	if 2*half > len(x) {
		return
	}
	low, high := x[:half], x[half:2*half]
	for i, a := range low {
		b := high[i]
		low[i], high[i] = a+b, a-b
	}
}

func twoStages(x []float32, quarter int) {
	if quarter == 1 {
		a, b, c, d := x[0], x[1], x[2], x[3]
		sum, difference, sum2, difference2 := a+b, a-b, c+d, c-d
		x[0], x[1], x[2], x[3] = sum+sum2, difference+difference2, sum-sum2, difference-difference2
		return
	}
	x0, x1, x2, x3 := x[:quarter], x[quarter:][:quarter], x[2*quarter:][:quarter], x[3*quarter:][:quarter]
	for i, a := range x0 {
		b, c, d := x1[i], x2[i], x3[i]
		sum, difference, sum2, difference2 := a+b, a-b, c+d, c-d
		x0[i], x1[i], x2[i], x3[i] = sum+sum2, difference+difference2, sum-sum2, difference-difference2
	}
}
