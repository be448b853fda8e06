package learn

import "context"

// gramChunk is the number of columns that are multiplied at a time: what two
// tiles touch stays in the first-level cache.
const gramChunk = 256

// addGram adds m·mᵀ to t, for rows of equal length.
func addGram(ctx context.Context, t triangle, m [][]float32) error {
	const tile = 32
	tiles := (len(m) + tile - 1) / tile
	return parallel(ctx, tiles, func(k int) {
		from, to := k*tile, min((k+1)*tile, len(m))
		for offset := 0; offset < len(m[0]); offset += gramChunk {
			addGramTile(t, m, from, to, offset, min(offset+gramChunk, len(m[0])))
		}
	})
}

func addGramTile(t triangle, m [][]float32, from, to, low, high int) {
	for j := 0; j < to; j += 2 {
		b0 := m[j][low:high]
		b1 := b0
		if j+1 < len(m) {
			b1 = m[j+1][low:high]
		}
		for i := max(from, j&^1); i < to; i += 2 {
			a0 := m[i][low:high]
			a1 := a0
			if i+1 < to {
				a1 = m[i+1][low:high]
			}
			addProducts(t, i, j, to, dotPairs(a0, a1, b0, b1))
		}
	}
}

// addProducts stores the four products that lie in the triangle and the tile.
func addProducts(t triangle, i, j, to int, p [4]float32) {
	t[i][j] += float64(p[0])
	if j+1 <= i {
		t[i][j+1] += float64(p[1])
	}
	if i+1 < to {
		t[i+1][j] += float64(p[2])
		t[i+1][j+1] += float64(p[3])
	}
}

// dotPairs returns a0·b0, a0·b1, a1·b0 and a1·b1, loading each value once.
func dotPairs(a0, a1, b0, b1 []float32) [4]float32 {
	var s00, s01, s10, s11 float32
	a1, b0, b1 = a1[:len(a0)], b0[:len(a0)], b1[:len(a0)]
	for i, x0 := range a0 {
		x1, y0, y1 := a1[i], b0[i], b1[i]
		s00 += x0 * y0
		s01 += x0 * y1
		s10 += x1 * y0
		s11 += x1 * y1
	}
	return [4]float32{s00, s01, s10, s11}
}
