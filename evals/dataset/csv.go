package dataset

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
)

const quoteRemedy = `write a cell that holds quotes, separators or line breaks between quotes, each inner quote doubled: "say ""hi"""; or export JSONL`

// readCSV reads rows under a header. The separator is the one under which the
// header holds most of the wanted columns.
func readCSV(file string, text []byte, columns Columns, add func(Row) error) error {
	separator, header, err := readHeader(file, text, columns)
	if err != nil {
		return err
	}
	positions, err := locate(file, header, columns)
	if err != nil {
		return err
	}
	reader := newCSV(text, separator)
	if _, err := reader.Read(); err != nil {
		return csvError(file, err)
	}
	cells := make([]string, len(positions))
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvError(file, err)
		}
		line, _ := reader.FieldPos(0)
		if err := checkWidth(file, line, record, header); err != nil {
			return err
		}
		for i, position := range positions {
			cells[i] = strings.Clone(record[position]) // the record's memory holds all columns
		}
		row, err := columns.row(file, line, cells)
		if err != nil {
			return err
		}
		if err := add(row); err != nil {
			return err
		}
	}
}

func newCSV(text []byte, separator rune) *csv.Reader {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = separator, -1, true
	return reader
}

// readHeader tries the separators on the first record.
func readHeader(file string, text []byte, columns Columns) (separator rune, header []string, err error) {
	best := -1
	var failure error
	for _, candidate := range []rune{',', ';', '\t', '|'} {
		record, err := newCSV(text, candidate).Read()
		if err != nil {
			failure = err
			continue
		}
		found := 1000*countFound(record, columns.wanted()) + min(len(record), 999)
		if found > best {
			best, separator, header = found, candidate, record
		}
	}
	if header == nil {
		if errors.Is(failure, io.EOF) {
			return 0, nil, fault.Field(fault.Unprocessable, file, "is empty", "give a header and at least one row below it")
		}
		return 0, nil, csvError(file, failure)
	}
	return separator, header, nil
}

func countFound(header, wanted []string) int {
	found := 0
	for _, name := range wanted {
		if len(positionsOf(header, name)) > 0 {
			found++
		}
	}
	return found
}

// positionsOf finds a column by its exact name, else whatever its case.
func positionsOf(header []string, name string) []int {
	var exact, folded []int
	for i, title := range header {
		title = strings.TrimSpace(title)
		if title == name {
			exact = append(exact, i)
		}
		if strings.EqualFold(title, name) {
			folded = append(folded, i)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return folded
}

// locate finds the wanted columns in a header.
func locate(file string, header []string, columns Columns) ([]int, error) {
	var positions []int
	for _, name := range columns.wanted() {
		found := positionsOf(header, name)
		if len(found) == 0 {
			return nil, missingColumn(file, name, columns, header)
		}
		if len(found) > 1 {
			return nil, at(file, 1, name, "stands twice in the header", "rename one of the two")
		}
		positions = append(positions, found[0])
	}
	return positions, nil
}

// missingColumn names the columns that there are.
func missingColumn(file, name string, columns Columns, header []string) error {
	shown := make([]string, 0, len(header))
	for _, title := range header[:min(len(header), 20)] {
		shown = append(shown, printable(strings.TrimSpace(title)))
	}
	if len(header) > 20 {
		shown = append(shown, "…")
	}
	return at(file, 1, name, "is missing", fmt.Sprintf("name one of these with %s: %s", columns.flagOf(name), strings.Join(shown, ", ")))
}

func (c Columns) flagOf(name string) string {
	for _, text := range c.Text {
		if text == name {
			return "--text-column"
		}
	}
	switch name {
	case c.Language:
		return "--language-column"
	case c.Channel:
		return "--channel-column"
	}
	return "--label-column"
}

// checkWidth allows empty cells too many, as spreadsheets write them.
func checkWidth(file string, line int, record, header []string) error {
	extra := false
	for _, cell := range record[min(len(record), len(header)):] {
		extra = extra || strings.TrimSpace(cell) != ""
	}
	if len(record) >= len(header) && !extra {
		return nil
	}
	return at(file, line, "", fmt.Sprintf("has %d cells where the header has %d", len(record), len(header)), quoteRemedy)
}

// csvError names the place that the parser found.
func csvError(file string, err error) error {
	var place *csv.ParseError
	if !errors.As(err, &place) {
		return fault.Field(fault.Unprocessable, file, "cannot be read as CSV", quoteRemedy)
	}
	problem := "has a stray quote"
	if errors.Is(place.Err, csv.ErrQuote) {
		problem = fmt.Sprintf("has a quote that does not end well; its cell begins in line %d", place.StartLine)
	}
	return at(file, place.Line, fmt.Sprintf("%d (byte)", place.Column), problem, quoteRemedy)
}
