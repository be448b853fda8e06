package embedding

import (
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
)

//go:embed classes-256.sbc
var builtInClasses string

const (
	classesMagic = "SBC1"
	classesOf    = 6 // bytes of the table's SHA-256
)

// parseClasses reads an SBC1 file: magic, the first six bytes of the SHA-256 of the
// table that the classes are of, and one byte a row.
func (m *Model) parseClasses(raw string) error {
	body, found := strings.CutPrefix(raw, classesMagic)
	if !found || len(body) != classesOf+m.table.rows {
		return fmt.Errorf("%w: the classes are not those of %d rows", ErrMalformed, m.table.rows)
	}
	if !strings.HasSuffix(m.Identity(), hex.EncodeToString([]byte(body[:classesOf]))) {
		return fmt.Errorf("%w: the classes are those of another table", ErrMalformed)
	}
	m.classes = body[classesOf:]
	return nil
}

// Read is EmbedInto that also appends to classes that of each token: rows of like
// direction, whatever their language, are of one class. A model without classes
// appends nothing.
func (m *Model) Read(vector []float32, classes []byte, text string) ([]float32, []byte) {
	if m.classes == "" {
		return m.EmbedInto(vector, text), classes
	}
	vector = m.sum(vector, text, func(row int) { classes = append(classes, m.classes[row]) })
	return vector, classes
}
