package dataset

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/signalbox/signalbox/internal/fault"
)

// Row is one text with what is known of it.
type Row struct {
	Subject, Body string
	// Labels are by label column; "" says that the row is not labelled there.
	Labels            []string
	Language, Channel string   // "" if unknown
	Extra             []string // by column of Columns.Extra, without spaces around
	File              string
	Line              int // where the row begins; in CLINC150's form the entry's number
}

// Empty says that a row has no text at all.
func (r Row) Empty() bool { return strings.TrimSpace(r.Subject+r.Body) == "" }

// Columns names the columns to read. With several text columns the first is the
// subject and the others, a line each, are the body.
type Columns struct {
	Text, Labels      []string
	Language, Channel string   // "" for none
	Extra             []string // further columns, of which nothing is asked
	Unlabelled        bool     // there need be neither labels nor further columns
}

// Validate names the flag that is missing or wrong.
func (c Columns) Validate() error {
	switch {
	case len(c.Text) == 0:
		return fault.Field(fault.Invalid, "--text-column", "is missing", "name the columns of the text, such as subject,body")
	case len(c.Labels) == 0 && len(c.Extra) == 0 && !c.Unlabelled:
		return fault.Field(fault.Invalid, "--label-column", "is missing", "name the columns of the labels, such as intent,route")
	case len(c.Labels) > MaximumLabelColumns:
		return fault.Field(fault.Invalid, "--label-column", "names too many columns", fmt.Sprintf("name at most %d", MaximumLabelColumns))
	}
	seen := map[string]bool{}
	for _, name := range c.wanted() {
		if seen[name] {
			return fault.Field(fault.Invalid, "--text-column, --label-column", "name "+quoted(name)+" twice", "name every column once")
		}
		seen[name] = true
	}
	return nil
}

// wanted lists the text columns, the label columns, language and channel.
func (c Columns) wanted() []string {
	names := append(append([]string{}, c.Text...), c.Labels...)
	for _, name := range []string{c.Language, c.Channel} {
		if name != "" {
			names = append(names, name)
		}
	}
	return append(names, c.Extra...)
}

const (
	// MaximumLabelColumns is how many fields one run can judge.
	MaximumLabelColumns = 16
	maximumRows         = 1_000_000
	maximumFileBytes    = 2 << 30
	maximumLabelBytes   = 1 << 10
	// maximumTextBytes of a cell are kept: more than is ever read as features.
	maximumTextBytes = 256 << 10
)

// Table is what one file holds.
type Table struct {
	Name string
	Rows []Row
	Read int    // how many rows the file has, used or not
	Hash string // SHA-256 of the file's bytes, as 64 hexadecimal digits
}

// row assembles a row from its cells, in the order of Columns.wanted.
func (c Columns) row(file string, line int, cells []string) (Row, error) {
	row := Row{File: file, Line: line, Labels: make([]string, len(c.Labels))}
	names := c.wanted()
	for i, cell := range cells {
		if err := checkCell(file, line, names[i], cell); err != nil {
			return Row{}, err
		}
	}
	texts, rest := cells[:len(c.Text)], cells[len(c.Text):]
	if len(texts) == 1 {
		row.Body = cut(texts[0])
	} else {
		row.Subject, row.Body = cut(texts[0]), cut(strings.Join(texts[1:], "\n"))
	}
	for i := range c.Labels {
		row.Labels[i] = strings.TrimSpace(rest[i])
		if len(row.Labels[i]) > maximumLabelBytes {
			return Row{}, at(file, line, c.Labels[i], "is too long for a label", "use at most 1,024 bytes; is this a text column?")
		}
	}
	rest = rest[len(c.Labels):]
	if c.Language != "" {
		row.Language, rest = strings.ToLower(strings.TrimSpace(rest[0])), rest[1:]
	}
	if c.Channel != "" {
		row.Channel, rest = strings.TrimSpace(rest[0]), rest[1:]
	}
	for i, cell := range rest {
		if cell = strings.TrimSpace(cell); len(cell) > maximumLabelBytes {
			return Row{}, at(file, line, c.Extra[i], "is too long", "use at most 1,024 bytes; is this a text column?")
		}
		row.Extra = append(row.Extra, cell)
	}
	return row, nil
}

// cut bounds a text without splitting a character.
func cut(text string) string {
	if len(text) <= maximumTextBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maximumTextBytes], "")
}

// at is an error about one place of a file. Column may be "".
func at(file string, line int, column, message, remedy string) error {
	place := fmt.Sprintf("%s, line %d", file, line)
	if column != "" {
		place += ", column " + printable(column)
	}
	return fault.Field(fault.Unprocessable, place, message, remedy)
}

// quoted and printable show a name that came from a file: short, on one line and
// without anything that moves a cursor.
func quoted(name string) string { return `"` + printable(name) + `"` }

func printable(name string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, name))
	if len(runes) > 60 {
		runes = append(runes[:59], '…')
	}
	return string(runes)
}
