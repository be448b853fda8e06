package learn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// sameBits says where two results differ in any bit.
func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: number %d of %d is %v, want %v", what, i, len(want), got[i], want[i])
		}
	}
}

func randomFloats(random *rand.Rand, count int) []float32 {
	floats := make([]float32, count)
	for i := range floats {
		floats[i] = float32(random.NormFloat64())
	}
	return floats
}

// Kernels and the Go code beside them give the same bits, for any range of columns
// and any number of rows.
func TestScoresOfARangeAreThoseOfAll(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 1))
	const rows = 50
	for _, labels := range []int{1, 7, 8, 9, 31, 64, 77} {
		table := &linear{labels: labels, weights: make([]int8, rows*labels), scales: randomFloats(random, labels), bias: randomFloats(random, labels)}
		for i := range table.weights {
			table.weights[i] = int8(random.IntN(255) - 127)
		}
		for _, count := range []int{0, 3, 4, 13, 40} {
			d := weighted{values: randomFloats(random, count)}
			for range count {
				d.rows = append(d.rows, uint32(random.IntN(rows)))
			}
			want := make([]float32, labels)
			for label := range want {
				column := column{scale: table.scales[label], bias: table.bias[label]}
				for row := range rows {
					column.weights = append(column.weights, table.row(uint32(row))[label])
				}
				want[label] = column.score(d)
			}
			for _, from := range []int{0, labels / 3, max(0, labels-8)} {
				got := make([]float32, labels-from)
				table.scoreFrom(got, d, from)
				sameBits(t, "rows", got, want[from:])
			}
		}
	}
}

func TestColumnTableAddsAsRidgeDoes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 2))
	for _, labels := range []int{8, 12, 33, 77} {
		r := &ridge{labels: labels, weights: randomFloats(random, labels*100)}
		table := newColumnTable(r.weights, labels)
		if table == nil {
			t.Skip("SKIPPED: this processor has no AVX2, so the assembly kernels cannot be compared with Go; run it on an x86-64 machine that has it")
		}
		x, sums := randomFloats(random, 100), make([]float32, labels)
		for _, columns := range [][2]int{{0, labels}, {0, 2}, {labels - 3, labels}, {4, 7}} {
			want := make([]float32, columns[1]-columns[0])
			r.score(want, x, columns[0])
			table.dot(sums, x, columns[0], columns[1])
			sameBits(t, "columns", sums[columns[0]:columns[1]], want)
		}
	}
	if newColumnTable(make([]float32, 30), 3) != nil {
		t.Error("three columns are too few for the kernels")
	}
}

func TestFourierKernelsRoundAsGo(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 3))
	for _, width := range []int{2, 32, 64, 256, 512} {
		m := newFourierMap(width, width, 5)
		want := randomFloats(random, width)
		got := append([]float32(nil), want...)
		m.project(got, m.signs)
		for round := range 3 {
			for i := range want {
				want[i] *= m.signs[round*width+i]
			}
			for half := 1; half < width; half *= 2 {
				for from := 0; from < width; from += 2 * half {
					for i := from; i < from+half; i++ {
						want[i], want[i+half] = want[i]+want[i+half], want[i]-want[i+half]
					}
				}
			}
		}
		sameBits(t, "projection", got, want)
		m.turn(got, m.phases)
		factor := float32(fourierScale / (2 * math.Pi * float64(width)))
		for i, z := range want {
			want[i] = float32(math.Sqrt(2/float64(m.count))) * cosineOfTurns(float32(z*factor)+m.phases[i])
		}
		sameBits(t, "cosines", got, want)
	}
}
