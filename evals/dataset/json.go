package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

const jsonRemedy = `write one JSON object a line, such as {"subject": "…", "body": "…", "intent": "…"}, or one array of such objects`

// object is one row of JSON.
type object map[string]any

// readJSON reads an object a line, or one array of objects.
func readJSON(file string, text []byte, columns Columns, add func(Row) error) error {
	reader := &jsonReader{file: file, columns: columns, add: add, seen: map[string]bool{}}
	var err error
	if bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("[")) {
		err = reader.array(text)
	} else {
		err = reader.lines(text)
	}
	if err != nil || reader.rows == 0 {
		return err
	}
	for _, name := range columns.wanted() {
		if !reader.seen[name] {
			return missingColumn(file, name, columns, reader.keys)
		}
	}
	return nil
}

type jsonReader struct {
	file    string
	columns Columns
	add     func(Row) error
	seen    map[string]bool // wanted columns that some row has
	keys    []string        // of the first row
	rows    int
}

func (r *jsonReader) lines(text []byte) error {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber()
		var row object
		if err := decoder.Decode(&row); err != nil || row == nil {
			return at(r.file, number, "", "is no JSON object", jsonRemedy)
		}
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return at(r.file, number, "", "holds more than one JSON object", jsonRemedy)
		}
		if err := r.row(number, row); err != nil {
			return err
		}
	}
	return nil
}

func (r *jsonReader) array(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if _, err := decoder.Token(); err != nil {
		return at(r.file, 1, "", "is no JSON", jsonRemedy)
	}
	line, counted := 1, int64(0)
	for decoder.More() {
		offset := decoder.InputOffset()
		line += bytes.Count(text[counted:offset], []byte("\n"))
		counted = offset
		var row object
		if err := decoder.Decode(&row); err != nil || row == nil {
			return at(r.file, line, "", "does not hold an object as the next entry", jsonRemedy)
		}
		if err := r.row(line, row); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return at(r.file, line, "", "is where the array breaks off", jsonRemedy)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return at(r.file, line, "", "is followed by something after the array", jsonRemedy)
	}
	return nil
}

func (r *jsonReader) row(line int, row object) error {
	if r.rows++; r.rows == 1 {
		for key := range row {
			r.keys = append(r.keys, key)
		}
		slices.Sort(r.keys)
	}
	wanted := r.columns.wanted()
	cells := make([]string, len(wanted))
	for i, name := range wanted {
		value, found := row.find(name)
		if !found {
			continue
		}
		r.seen[name] = true
		cell, ok := textOf(value)
		if !ok {
			return at(r.file, line, name, "holds a list or an object", "name a key with a text, such as "+printable(name)+".name, or write a text there")
		}
		cells[i] = cell
	}
	made, err := r.columns.row(r.file, line, cells)
	if err != nil {
		return err
	}
	return r.add(made)
}

// find looks a name up, and where there is none as it stands, along its dots.
func (o object) find(name string) (any, bool) {
	if value, found := o[name]; found {
		return value, true
	}
	first, rest, nested := strings.Cut(name, ".")
	if !nested {
		return nil, false
	}
	inner, ok := o[first].(map[string]any)
	if !ok {
		return nil, false
	}
	return object(inner).find(rest)
}

// textOf makes a cell of a value; null is an empty one.
func textOf(value any) (string, bool) {
	switch value := value.(type) {
	case nil:
		return "", true
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	case bool:
		return strconv.FormatBool(value), true
	}
	return "", false
}
