package learn

import (
	"errors"
	"math"
)

var errNotPositive = errors.New("learn: the matrix is not positive definite")

// triangle is the lower half of a symmetric matrix: row i has i+1 entries.
type triangle [][]float64

func newTriangle(size int) triangle {
	t := make(triangle, size)
	for i := range t {
		t[i] = make([]float64, i+1)
	}
	return t
}

// minus returns t − other with ridge added along the diagonal; other may be nil.
func (t triangle) minus(other triangle, ridge float64) triangle {
	difference := newTriangle(len(t))
	for i, row := range difference {
		copy(row, t[i])
		if other != nil {
			for j, x := range other[i] {
				row[j] -= x
			}
		}
		row[i] += ridge
	}
	return difference
}

// factor replaces t by its Cholesky factor. It works on groups of rows, so that
// each earlier row is read once a group instead of once a row.
func (t triangle) factor() error {
	const group = 32
	for from := 0; from < len(t); from += group {
		to := min(from+group, len(t))
		for j := range to {
			if j >= from {
				pivot := t[j][j] - dot(t[j][:j], t[j][:j])
				if !(pivot > 0) {
					return errNotPositive
				}
				t[j][j] = math.Sqrt(pivot)
			}
			for i := max(from, j+1); i < to; i++ {
				t[i][j] = (t[i][j] - dot(t[i][:j], t[j][:j])) / t[j][j]
			}
		}
	}
	return nil
}

// solve overwrites b with the solution of L·Lᵀ·x = b, for a factored t.
func (t triangle) solve(b []float64) {
	for i, row := range t {
		b[i] = (b[i] - dot(row[:i], b[:i])) / row[i]
	}
	for i := len(t) - 1; i >= 0; i-- {
		b[i] /= t[i][i]
		for j, x := range t[i][:i] {
			b[j] -= x * b[i]
		}
	}
}

func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
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
