package embedding

import (
	"errors"
	"fmt"
	"math"
	"unsafe"
)

const (
	magic        = "SBX2"
	headerLength = len(magic) + 8
	maximumRows  = 1 << 20
	maximumWidth = 1 << 12

	// middle is the half byte that stands for zero.
	middle = 8
)

// ErrMalformed is returned for bytes that are not an SBX2 table.
var ErrMalformed = errors.New("embedding: malformed table")

// table is a view on the bytes of an SBX2 file: magic, rows and width as
// little-endian uint32, one float32 scale a row, rows×width half bytes (the even
// column in the low half, both 8 too high), and the vocabulary, one token a line
// in row order.
type table struct {
	rows, width int
	scales      string
	weights     string
	tokens      string
}

// parseTable checks every size before it slices, so that hostile bytes cost no
// allocation.
func parseTable(raw string) (table, error) {
	if len(raw) < headerLength || raw[:len(magic)] != magic {
		return table{}, fmt.Errorf("%w: it does not start with %s", ErrMalformed, magic)
	}
	rows := uint64(readUint32(raw, len(magic)))
	width := uint64(readUint32(raw, len(magic)+4))
	if rows == 0 || rows > maximumRows || width == 0 || width > maximumWidth || width%2 != 0 {
		return table{}, fmt.Errorf("%w: %d rows of width %d", ErrMalformed, rows, width)
	}
	body := raw[headerLength:]
	if uint64(len(body)) < 4*rows+rows*width/2 {
		return table{}, fmt.Errorf("%w: %d bytes are too few for %d rows of width %d", ErrMalformed, len(raw), rows, width)
	}
	t := table{rows: int(rows), width: int(width)}
	t.scales, body = body[:4*t.rows], body[4*t.rows:]
	t.weights, t.tokens = body[:t.rows*t.width/2], body[t.rows*t.width/2:]
	return t, t.checkScales()
}

func (t table) checkScales() error {
	for row := range t.rows {
		if scale := float64(t.scale(row)); math.IsNaN(scale) || scale < 0 || scale > 1e6 {
			return fmt.Errorf("%w: row %d has the scale %v", ErrMalformed, row, scale)
		}
	}
	return nil
}

func (t table) scale(row int) float32 {
	return math.Float32frombits(readUint32(t.scales, 4*row))
}

// add adds the row's vector to sums: the even columns to their first half, the
// odd ones to their second half, whose length together is the table's width.
func (t table) add(sums []float32, row int) {
	half := len(sums) / 2
	even, odd := sums[:half], sums[half:]
	weights := t.weights[row*half:][:half]
	if hasKernel && half%8 == 0 {
		addHalfBytes(&even[0], &odd[0], unsafe.StringData(weights), half, t.scale(row))
		return
	}
	t.addSteps(even, odd, weights, t.scale(row))
}

func (t table) addSteps(even, odd []float32, weights string, scale float32) {
	var steps [2 * middle]float32
	for i := range steps {
		steps[i] = scale * float32(i-middle)
	}
	even, odd = even[:len(weights)], odd[:len(weights)]
	for i := range len(weights) {
		pair := weights[i]
		even[i] += steps[pair&15]
		odd[i] += steps[pair>>4]
	}
}

// interleave puts the halves of sums into the columns' order.
func interleave(vector, sums []float32) {
	half := len(sums) / 2
	even, odd := sums[:half], sums[half:]
	for i, x := range even {
		vector[2*i], vector[2*i+1] = x, odd[i]
	}
}

func readUint32(raw string, offset int) uint32 {
	word := raw[offset:][:4]
	return uint32(word[0]) | uint32(word[1])<<8 | uint32(word[2])<<16 | uint32(word[3])<<24
}
