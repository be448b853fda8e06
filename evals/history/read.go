package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/evals/dataset"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// Row is one ticket of the past.
type Row struct {
	Line              int
	ID, Thread        string
	Time              time.Time // zero if the file has none
	Subject, Body     string    // without quoted history and signature
	Language, Channel string
	Tier, Role        string
	Requester         string // who wrote, by ID or address; "" if the file does not say
	VIP               bool
	Labels            map[string]string // by field, as people left them
	Intake            map[string]string // by field, as they stood at intake
	Reassignments     int               // passes from team to team; -1 if unknown
	RoutedAt          time.Time         // when the right team had it; zero if unknown
}

// Text is what models read of a row.
func (r Row) Text() string { return triage.IntakeText(r.Subject, r.Body) }

// Input is the ticket as it came in: nothing that people made of it later.
func (r Row) Input() triage.Input {
	id := uuid.NewSHA1(uuid.Nil, []byte(fmt.Sprintf("%d\x00%s\x00%s\x00%s", r.Line, r.ID, r.Subject, r.Body)))
	input := triage.Input{
		Ticket: desk.Ticket{ID: id, Subject: r.Subject, Channel: r.Channel, Status: desk.StatusOpen, MessageCount: 1, CreatedAt: r.Time},
		Messages: []desk.Message{{
			ID: uuid.NewSHA1(id, []byte("message")), TicketID: id, Audience: desk.Public, Sequence: 1, AuthorKind: desk.ByCustomer, Body: r.Body, SentAt: r.Time,
		}},
		Now: r.Time,
	}
	if r.Tier != "" {
		input.Account = &desk.Account{Tier: r.Tier}
	}
	if r.Language != "" || r.Role != "" || r.VIP {
		input.Customer = &desk.Customer{Language: r.Language, Role: r.Role, VIP: r.VIP}
	}
	return input
}

// History is what a file holds.
type History struct {
	Name    string
	Hash    string // SHA-256 of the file
	Rows    []Row
	Columns map[string]string // found, by field
	Skipped []Skipped
}

// Skipped is a row that cannot be used.
type Skipped struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// Read reads a history. What is no table at all is a fault that names the place and a
// remedy; single rows without a text or with an unreadable time are skipped and named.
func Read(ctx context.Context, source dataset.Source, columns Columns) (*History, error) {
	var usual []string
	for _, names := range usualNames {
		usual = append(usual, names...)
	}
	for _, name := range columns {
		usual = append(usual, name)
	}
	names, err := dataset.Names(source, usual)
	if err != nil {
		return nil, err
	}
	found := columns.find(names)
	if found[columnBody] == "" {
		return nil, fault.Field(fault.Unprocessable, source.Flag, "has no column with the tickets' text", "name it: --column body=NAME")
	}
	reader := reader{fields: slices.Sorted(keysOf(found))}
	source.Columns = reader.columns(found)
	table, err := dataset.Read(ctx, source)
	if err != nil {
		return nil, err
	}
	h := &History{Name: table.Name, Hash: table.Hash, Columns: found}
	for _, row := range table.Rows {
		made, err := reader.row(row)
		if err != nil {
			h.Skipped = append(h.Skipped, Skipped{row.Line, err.Error()})
			continue
		}
		h.Rows = append(h.Rows, made)
	}
	if len(h.Rows) == 0 {
		return nil, fault.Field(fault.Unprocessable, source.Flag, "has no row that can be used: "+h.Skipped[0].Reason, "look at the first row and its columns")
	}
	return h, nil
}

func keysOf(found map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for field := range found {
			if !yield(field) {
				return
			}
		}
	}
}

// reader turns rows of a table into rows of a history.
type reader struct {
	fields []string // of the further columns, in their order
}

// columns says what to read, the text first.
func (r *reader) columns(found map[string]string) dataset.Columns {
	columns := dataset.Columns{Unlabelled: true}
	if found[columnSubject] != "" {
		columns.Text = append(columns.Text, found[columnSubject])
	}
	columns.Text = append(columns.Text, found[columnBody])
	r.fields = slices.DeleteFunc(r.fields, func(field string) bool { return slices.Contains(columns.Text, found[field]) })
	used := map[string]bool{}
	r.fields = slices.DeleteFunc(r.fields, func(field string) bool { // one column serves one field
		again := used[found[field]]
		used[found[field]] = true
		return again
	})
	for _, field := range r.fields {
		columns.Extra = append(columns.Extra, found[field])
	}
	return columns
}

func (r *reader) row(from dataset.Row) (row Row, err error) {
	row = Row{
		Line: from.Line, Subject: bodytext.Line(from.Subject), Body: bodytext.FromAny(from.Body).Body,
		Labels: map[string]string{}, Intake: map[string]string{}, Reassignments: -1,
	}
	if strings.TrimSpace(row.Subject+row.Body) == "" {
		return row, errors.New("no text")
	}
	for i, cell := range from.Extra {
		if cell == "" {
			continue
		}
		if err = row.set(r.fields[i], cell); err != nil {
			return row, err
		}
	}
	return row, nil
}

// set stores one cell under its field.
func (r *Row) set(field, cell string) (err error) {
	switch field {
	case columnTime:
		r.Time, err = parseTime(cell)
	case columnRoutedAt:
		r.RoutedAt, err = parseTime(cell)
	case columnID:
		r.ID = cell
	case columnThread:
		r.Thread = cell
	case columnLanguage:
		r.Language = strings.ToLower(cell)
	case columnChannel:
		r.Channel = cell
	case columnTier:
		r.Tier = cell
	case columnRequester:
		r.Requester = cell
	case columnRole:
		r.Role = strings.ToLower(cell)
	case columnVIP:
		r.VIP = truth(cell) == 1
	case columnReassignments:
		if r.Reassignments, err = strconv.Atoi(cell); err != nil {
			r.Reassignments, err = truth(cell), nil
		}
	default:
		if at, intake := strings.CutPrefix(field, "intake_"); intake {
			r.Intake[at] = cell
			return nil
		}
		r.Labels[field] = cell
	}
	return err
}

// truth reads a yes or no as 1 or 0, and anything else as -1.
func truth(cell string) int {
	switch strings.ToLower(cell) {
	case "true", "yes", "y", "1", "t":
		return 1
	case "false", "no", "n", "0", "f":
		return 0
	}
	return -1
}

// layouts are how helpdesks and spreadsheets write a time. What leaves open whether day
// or month comes first is not guessed.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02T15:04:05",
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02", "02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006",
	time.RFC1123Z, time.RFC1123, "Jan 2, 2006 15:04", "2 Jan 2006 15:04", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02",
}

func parseTime(cell string) (time.Time, error) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, cell); err == nil {
			return at.UTC(), nil
		}
	}
	if seconds, err := strconv.ParseInt(cell, 10, 64); err == nil && seconds > 1e8 && seconds < 1e14 {
		if seconds > 1e11 {
			return time.UnixMilli(seconds).UTC(), nil
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("the time %q is not one such as 2026-03-02T14:22:00Z", shortened(cell))
}

func shortened(cell string) string {
	if runes := []rune(cell); len(runes) > 30 {
		return string(runes[:30]) + "…"
	}
	return cell
}

// Sort orders the rows by time, those of the same moment as they stand in the file. It
// reports whether every row has a time; without, the order stays.
func (h *History) Sort() bool {
	if slices.ContainsFunc(h.Rows, func(r Row) bool { return r.Time.IsZero() }) {
		return false
	}
	slices.SortStableFunc(h.Rows, func(a, b Row) int { return a.Time.Compare(b.Time) })
	return true
}

// Labelled lists the fields that rows are labelled in, in the order of [Fields].
func (h *History) Labelled() (fields []string) {
	for _, field := range Fields {
		if slices.ContainsFunc(h.Rows, func(r Row) bool { return r.Labels[field] != "" }) {
			fields = append(fields, field)
		}
	}
	return fields
}
