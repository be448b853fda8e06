package zendesk

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/fault"
)

// Summary says what an import made.
type Summary struct {
	Tickets    int      `json:"tickets"`
	Skipped    []string `json:"skipped"` // IDs of tickets without a text, at most 100
	Left       int      `json:"left_out"`
	Duplicates int      `json:"duplicates"`
	Columns    []string `json:"columns"`
}

// columns come before those of the custom fields.
var columns = []string{"id", "created_at", "subject", "body", "channel", "priority", "status", "group", "tags"}

// mostCustomFields bounds the columns.
const mostCustomFields = 1_000

const shownSkipped = 100

// Import writes the tickets of an export as CSV. It reads the file twice, since the
// header must name every custom field. Progress is told how many bytes are read.
func Import(ctx context.Context, path string, to io.Writer, progress func(done, total int)) (Summary, error) {
	fields, err := customFieldsOf(ctx, path, progress)
	if err != nil {
		return Summary{}, err
	}
	summary := Summary{Skipped: []string{}, Columns: slices.Clone(columns)}
	for _, field := range fields {
		summary.Columns = append(summary.Columns, "custom_"+field)
	}
	writer := csv.NewWriter(to)
	if err := writer.Write(safe(summary.Columns)); err != nil {
		return Summary{}, fmt.Errorf("write the CSV: %w", err)
	}
	seen := map[word]bool{}
	err = each(ctx, path, progress, func(t ticket) error {
		switch {
		case t.ID != "" && seen[t.ID]:
			summary.Duplicates++
			return nil
		case t.Status == "deleted" || strings.TrimSpace(t.subject()+t.body()) == "":
			summary.skip(string(t.ID))
			return nil
		}
		seen[t.ID] = true
		summary.Tickets++
		return writer.Write(safe(t.row(fields)))
	})
	if err != nil {
		return Summary{}, err
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		return Summary{}, fmt.Errorf("write the CSV: %w", err)
	}
	if summary.Tickets == 0 {
		return Summary{}, fault.Field(fault.Unprocessable, filepath.Base(path), "holds no ticket with a text", remedy)
	}
	return summary, nil
}

func (s *Summary) skip(id string) {
	s.Left++
	if len(s.Skipped) < shownSkipped {
		s.Skipped = append(s.Skipped, cleaned(id))
	}
}

// customFieldsOf lists the IDs of all custom fields that some ticket has a value for.
func customFieldsOf(ctx context.Context, path string, progress func(done, total int)) ([]string, error) {
	found := map[string]bool{}
	err := each(ctx, path, progress, func(t ticket) error {
		for _, field := range t.CustomFields.value {
			if field.ID != "" && field.Value != "" {
				found[cleaned(string(field.ID))] = true
			}
		}
		if len(found) > mostCustomFields {
			return fault.Field(fault.TooLarge, filepath.Base(path), "has more than 1,000 custom fields", "leave some out of the export")
		}
		return nil
	})
	var fields []string
	for field := range found {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	return fields, err
}

func (t ticket) row(fields []string) []string {
	row := []string{
		string(t.ID), string(t.CreatedAt), bodytext.Line(t.subject()), bodytext.Clean(t.body()), string(t.Via.value.Channel),
		string(t.Priority), string(t.Status), string(t.GroupID), string(t.Tags),
	}
	values := map[string]string{}
	for _, field := range t.CustomFields.value {
		values[cleaned(string(field.ID))] = string(field.Value)
	}
	for _, field := range fields {
		row = append(row, values[field])
	}
	return row
}

func cleaned(text string) string { return bodytext.Line(text) }

// safe makes no cell a formula: spreadsheets run those that begin with one of a few
// characters, and an apostrophe before them stops that.
func safe(row []string) []string {
	for i, cell := range row {
		if first, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) && cell != "" {
			row[i] = "'" + cell
		}
	}
	return row
}

// each opens the file and reads its tickets.
func each(ctx context.Context, path string, progress func(done, total int), yield func(ticket) error) error {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return fault.Field(fault.Invalid, "EXPORT", "cannot be read", "name the JSON file of the export")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return fault.Field(fault.Invalid, "EXPORT", "is no file", "name the JSON file of the export")
	}
	counting := &counter{ctx: ctx, from: file, total: int(info.Size()), progress: progress}
	return eachTicket(filepath.Base(path), counting, yield)
}

// counter reports how much is read, and stops when the context does.
type counter struct {
	ctx         context.Context //nolint:containedctx // io.Reader has no context of its own
	from        io.Reader
	done, total int
	progress    func(done, total int)
}

// Read fails with the context's error.
func (c *counter) Read(buffer []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.from.Read(buffer)
	c.done += n
	c.progress(c.done, c.total)
	return n, err
}

// skipMark drops a byte order mark.
func skipMark(from io.Reader) io.Reader {
	buffered := bufio.NewReaderSize(from, 1<<16)
	if mark, err := buffered.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3)
	}
	return buffered
}
