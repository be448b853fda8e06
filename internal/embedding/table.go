package embedding

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
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

// add adds the row's vector to sum, whose length is the table's width.
func (t table) add(sum []float32, row int) {
	scale := t.scale(row)
	var steps [2 * middle]float32
	for i := range steps {
		steps[i] = scale * float32(i-middle)
	}
	weights := t.weights[row*t.width/2:][:len(sum)/2]
	for i := range len(weights) {
		pair := weights[i]
		sum[2*i] += steps[pair&15]
		sum[2*i+1] += steps[pair>>4]
	}
}

func readUint32(raw string, offset int) uint32 {
	var word [4]byte
	copy(word[:], raw[offset:offset+4])
	return binary.LittleEndian.Uint32(word[:])
}
