package history

import (
	"math"
	"math/rand/v2"
)

// withoutCommon takes the mean and the strongest directions out, in place (Mu and
// Viswanath 2018, "All-but-the-top").
func withoutCommon(vectors [][]float32, directions int) {
	if len(vectors) == 0 || len(vectors[0]) == 0 {
		return
	}
	mean := make([]float32, len(vectors[0]))
	for _, v := range vectors {
		addTo(mean, v, 1/float32(len(vectors)))
	}
	for _, v := range vectors {
		if dot(v, v) > 0 {
			addTo(v, mean, -1)
		}
	}
	sample := vectors[:min(len(vectors), 20_000)]
	random := rand.New(rand.NewPCG(7, 7))
	for range directions {
		direction := make([]float32, len(mean))
		for i := range direction {
			direction[i] = float32(random.NormFloat64())
		}
		for range 15 { // power iteration
			next := make([]float32, len(mean))
			for _, v := range sample {
				addTo(next, v, dot(v, direction))
			}
			direction = unit(next)
		}
		for _, v := range vectors {
			addTo(v, direction, -dot(v, direction))
		}
	}
	for i, v := range vectors {
		vectors[i] = unit(v)
	}
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func addTo(to, from []float32, factor float32) {
	for i, x := range from {
		to[i] += factor * x
	}
}

// unit scales to length one; a zero vector stays.
func unit(v []float32) []float32 {
	if norm := dot(v, v); norm > 0 {
		scale := 1 / float32(math.Sqrt(float64(norm)))
		for i := range v {
			v[i] *= scale
		}
	}
	return v
}
