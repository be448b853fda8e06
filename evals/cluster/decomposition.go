package cluster

import (
	"math"
	"math/rand/v2"
)

// decomposition maps terms to a few directions.
type decomposition struct {
	rank  int
	terms []float32 // rank values a term
}

// decompose finds the leading right singular vectors of the texts' terms by a randomised
// range finder with power iterations (Halko, Martinsson, Tropp 2011, "Finding structure
// with randomness"). A direction is weighed by its singular value through the texts'
// projections, as in latent semantic analysis.
func decompose(texts []sparse, terms, rank int, random *rand.Rand) decomposition {
	const iterations = 4
	if rank = min(rank, len(texts), terms); rank == 0 {
		return decomposition{}
	}
	basis := make([]float32, terms*rank)
	for i := range basis {
		basis[i] = float32(random.NormFloat64())
	}
	for range iterations {
		next := make([]float32, terms*rank)
		row := make([]float32, rank)
		for _, text := range texts {
			project(row, text, basis)
			for j, term := range text.rows {
				axpy(next[int(term)*rank:][:rank], row, text.values[j])
			}
		}
		orthonormalise(next, rank)
		basis = next
	}
	return decomposition{rank, basis}
}

func project(row []float32, text sparse, basis []float32) {
	clear(row)
	for j, term := range text.rows {
		axpy(row, basis[int(term)*len(row):][:len(row)], text.values[j])
	}
}

// orthonormalise makes the columns of a matrix with so many columns orthonormal
// (modified Gram–Schmidt, twice is enough).
func orthonormalise(matrix []float32, columns int) {
	rows := len(matrix) / columns
	transposed := make([]float32, len(matrix))
	for i := range rows {
		for j := range columns {
			transposed[j*rows+i] = matrix[i*columns+j]
		}
	}
	for j := range columns {
		column := transposed[j*rows:][:rows]
		for range 2 {
			for k := range j {
				other := transposed[k*rows:][:rows]
				axpy(column, other, -dot(column, other))
			}
		}
		normalise(column)
	}
	for i := range rows {
		for j := range columns {
			matrix[i*columns+j] = transposed[j*rows+i]
		}
	}
}

func axpy(to, from []float32, factor float32) {
	from = from[:len(to)]
	for i := range to {
		to[i] += factor * from[i]
	}
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func normalise(vector []float32) {
	length := float32(math.Sqrt(float64(dot(vector, vector))))
	if length < 1e-12 {
		return
	}
	for i := range vector {
		vector[i] /= length
	}
}
