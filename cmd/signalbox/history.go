package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/evals/history"
	"github.com/signalbox/signalbox/evals/shadow"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/triage"
)

// historyBatch is how many tickets are stored at once.
const historyBatch = 500

func (s *shell) historyCommand() *cobra.Command {
	return group("history", "Look at the tickets of the past, and bring them in", "  signalbox history audit tickets.csv", s.historyAudit(), s.historyImport(), s.historySample())
}

// importFlags are a command line of signalbox history import.
type importFlags struct {
	historyFlags
	extend bool
}

func (s *shell) historyImport() *cobra.Command {
	var f importFlags
	command := &cobra.Command{
		Use: "import FILE", Short: "Store past tickets and their labels, to learn from", Args: cobra.ExactArgs(1),
		Long: `Store a history as closed tickets with their labels (provenance imported_history), the labels
dated as in the history. Nothing is decided about them and no helpdesk is told. They feed
signalbox train, signalbox policy fit and the similar tickets of signalbox explain.

A run that was killed goes on: tickets that are there stay as they are, and labels they do not
have yet are added. A ticket is known by its ID and time, or by its text where the file has no
IDs. Labels that are neither keys nor names of the taxonomy are left out, unless --extend adds
them; where there is no taxonomy yet, it is made of the history. Rows without a text or with an
unreadable time are named and skipped, and the exit code is then 3. Tickets of a requester
are erased with that person; without a requester, each ticket is a person of its own.`,
		Example: `  signalbox history import tickets.csv && signalbox train
  signalbox history import export.jsonl --column route="Assigned team" --extend --json`,
		RunE: func(command *cobra.Command, args []string) error {
			f.path = args[0]
			past, err := f.read(command.Context())
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error { return s.importHistory(command.Context(), app, past, f.extend) })
		},
	}
	f.register(command, false)
	command.Flags().BoolVar(&f.extend, "extend", false, "add intents and routes of the history to the taxonomy")
	return s.withJSON(command)
}

// historyImported says what an import brought.
type historyImported struct {
	File     string            `json:"file"`
	Rows     int               `json:"rows"`
	Tickets  int               `json:"tickets_added"`
	Known    int               `json:"tickets_known"`
	Labels   int               `json:"labels_added"`
	LeftOut  map[string]int    `json:"labels_left_out"` // by field: not in the taxonomy
	Extended bool              `json:"taxonomy_changed"`
	Warnings []string          `json:"warnings"`
	Skipped  []history.Skipped `json:"skipped"` // at most 100
	Seconds  float64           `json:"seconds"`
}

const shownSkipped = 100

func (s *shell) importHistory(ctx context.Context, app *app, past *history.History, extend bool) error {
	known, err := app.taxonomy(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	none := fault.Is(err, fault.NotFound)
	words := shadow.Translate(past.Rows, known)
	report := historyImported{
		File: past.Name, Rows: len(past.Rows), LeftOut: map[string]int{}, Warnings: []string{}, Skipped: past.Skipped[:min(len(past.Skipped), shownSkipped)],
	}
	if report.Skipped == nil {
		report.Skipped = []history.Skipped{}
	}
	if len(past.Labelled()) > 0 && (none || extend) {
		before := known.Hash()
		known = words.Taxonomy(known)
		if report.Extended = none || known.Hash() != before; report.Extended {
			if err := app.put(ctx, settingTaxonomy, known); err != nil {
				return err
			}
		}
	}
	if err := s.storeHistory(ctx, app, past, words, known, &report); err != nil {
		return err
	}
	report.Warnings = append(report.Warnings, words.Warnings()...)
	if err := s.print(report, func() { s.printImported(report) }); err != nil {
		return err
	}
	return skippedRows(past)
}

// storeHistory stores batch by batch, each whole or not at all.
func (s *shell) storeHistory(ctx context.Context, app *app, past *history.History, words shadow.Translation, taxonomy triage.Taxonomy, report *historyImported) error {
	meter, start := s.meter("tickets"), time.Now()
	defer meter.end()
	var all postgres.Imported
	for from := 0; from < len(past.Rows); from += historyBatch {
		rows := past.Rows[from:min(from+historyBatch, len(past.Rows))]
		batch := make([]triage.PastTicket, len(rows))
		for i, row := range rows {
			labels, left := words.Labels(row, taxonomy)
			for _, field := range left {
				report.LeftOut[field]++
			}
			batch[i] = pastTicket(row, labels, words)
			batch[i].Person = personOf(row, batch[i].ID)
		}
		added, err := app.db.ImportHistory(ctx, operator, batch)
		if err != nil {
			return fmt.Errorf("after %d tickets (run it again, it goes on): %w", from, err)
		}
		all.Tickets, all.Labels = all.Tickets+added.Tickets, all.Labels+added.Labels
		done := from + len(rows)
		rate := float64(done) / max(time.Since(start).Seconds(), 1e-3)
		meter.show(done, len(past.Rows), rate, time.Duration(float64(len(past.Rows)-done)/rate*float64(time.Second)))
	}
	report.Tickets, report.Labels, report.Known = all.Tickets, all.Labels, len(past.Rows)-all.Tickets
	report.Seconds = time.Since(start).Seconds()
	return app.db.FinishHistoryImport(ctx, operator, past.Hash, all)
}

// pastTicket is a row as it is stored. A label counts from when the ticket came to the
// right team, or from its beginning where that is unknown.
func pastTicket(row history.Row, labels map[string]string, words shadow.Translation) triage.PastTicket {
	ticket := triage.PastTicket{
		ID: pastID(row), ExternalID: row.ID, Subject: row.Subject, Body: row.Body, Channel: row.Channel, Language: row.Language,
		Role: row.Role, Tier: row.Tier, VIP: row.VIP, ReceivedAt: row.Time,
	}
	if ticket.ExternalID == "" {
		ticket.ExternalID = fmt.Sprintf("history/%s", ticket.ID)
	}
	if ticket.ReceivedAt.IsZero() {
		ticket.ReceivedAt = time.Unix(0, 0).UTC() // before everything that is known better
	}
	if strings.Contains(row.Requester, "@") {
		ticket.Email = strings.ToLower(row.Requester)
	}
	at := ticket.ReceivedAt
	if row.RoutedAt.After(at) {
		at = row.RoutedAt
	}
	for _, field := range history.Fields {
		value, labelled := labels[field]
		if !labelled {
			continue
		}
		label := triage.PastLabel{Field: field, Value: value, At: at}
		if intake := words.Value(field, row.Intake[field]); intake != value {
			label.AtIntake = intake
		}
		ticket.Labels = append(ticket.Labels, label)
	}
	return ticket
}

// pastID is a UUID of version 7 whose time is the ticket's and whose other bits follow
// from what tells the ticket from others: IDs stay in the order of time.
func pastID(row history.Row) (id uuid.UUID) {
	what := "id\x00" + row.ID
	if row.ID == "" {
		what = "text\x00" + row.Thread + "\x00" + row.Subject + "\x00" + row.Body
	}
	sum := sha256.Sum256([]byte(what))
	copy(id[6:], sum[:])
	if !row.Time.IsZero() {
		var milliseconds [8]byte
		binary.BigEndian.PutUint64(milliseconds[:], uint64(max(0, row.Time.UnixMilli()))) //nolint:gosec // never negative
		copy(id[:6], milliseconds[2:])
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// personOf says who wrote a ticket: its requester, or where the file names none, the
// thread's or the ticket's own person, so that each can be erased.
func personOf(row history.Row, ticket uuid.UUID) uuid.UUID {
	what := "ticket\x00" + ticket.String()
	switch {
	case row.Requester != "":
		what = "requester\x00" + strings.ToLower(row.Requester)
	case row.Thread != "":
		what = "thread\x00" + row.Thread
	}
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("signalbox history\x00"+what))
}

// skippedRows names the first row of a history that could not be used.
func skippedRows(past *history.History) error {
	if len(past.Skipped) == 0 {
		return nil
	}
	first := past.Skipped[0]
	return withCode(exitPartial, fmt.Errorf("%d rows were skipped, the first in line %d: %s", len(past.Skipped), first.Line, first.Reason))
}

func (s *shell) printImported(r historyImported) {
	s.printf("%d tickets added, %d known already; %d labels added, in %.1f s (%.0f tickets a second)\n",
		r.Tickets, r.Known, r.Labels, r.Seconds, float64(r.Rows)/max(r.Seconds, 1e-3))
	if r.Extended {
		s.printf("the taxonomy has the history's intents and routes now\n")
	}
	for _, field := range history.Fields {
		if count := r.LeftOut[field]; count > 0 {
			s.printf("warning  %d labels of %s are not in the taxonomy and were left out: add them, or give --extend\n", count, field)
		}
	}
	for _, warning := range r.Warnings {
		s.printf("warning  %s\n", warning)
	}
	for _, skipped := range r.Skipped {
		s.printf("skipped  line %d: %s\n", skipped.Line, skipped.Reason)
	}
}
