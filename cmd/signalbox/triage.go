package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/bodytext"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
	"github.com/signalbox/signalbox/workers"
)

func (s *shell) triage() *cobra.Command {
	var file, subject, tier string
	command := &cobra.Command{
		Use: "triage [TEXT]", Short: "Decide a text, or a file of tickets, without storing anything", Args: cobra.MaximumNArgs(1),
		Long: `Decide a ticket's text with the current model and show every field, its confidence and the
priority's factors. With --file, decide each row of a CSV file (columns: id, subject, body,
tier; only body is needed). "-" reads standard input.`,
		Example: "  signalbox triage \"We were charged twice and nobody answers\"\n  signalbox triage --file tickets.csv --json\n  pbpaste | signalbox triage -",
		RunE: func(command *cobra.Command, args []string) error {
			if (len(args) == 1) == (file != "") {
				return withCode(exitUsage, errors.New("give either a text or --file; see signalbox triage --help"))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				decider, err := app.decider(command.Context())
				if err != nil {
					return err
				}
				if _, version := decider.Version(); version == 0 {
					s.notef("No model is trained yet, so only what needs none is shown: run signalbox train, or signalbox demo.\n")
				}
				if file != "" {
					return s.triageFile(command.Context(), decider, file)
				}
				text, err := s.argument(args[0])
				if err != nil {
					return err
				}
				return s.triageText(decider, rowTicket{Subject: subject, Body: text, Tier: tier})
			})
		},
	}
	command.Flags().StringVar(&file, "file", "", "CSV file with a header")
	command.Flags().StringVar(&subject, "subject", "", "subject of the ticket")
	command.Flags().StringVar(&tier, "tier", "", "the account's tier")
	return s.withJSON(command)
}

// maxInput bounds what is read from standard input.
const maxInput = 8 << 20

// argument is a text, or standard input for "-".
func (s *shell) argument(text string) (string, error) {
	if text != "-" {
		return text, nil
	}
	read, err := io.ReadAll(io.LimitReader(s.stdin, maxInput))
	return string(read), err
}

// rowTicket is a ticket outside the store.
type rowTicket struct{ ID, Subject, Body, Tier string }

func (r rowTicket) input(now time.Time) triage.Input {
	parts := bodytext.FromAny(r.Body)
	message := desk.Message{
		ID: uuid.NewSHA1(uuid.Nil, []byte(r.Subject+"\x00"+r.Body)), Audience: desk.Public, Sequence: 1, AuthorKind: desk.ByCustomer,
		Body: parts.Body, Quoted: parts.Quoted, Signature: parts.Signature, SentAt: now,
	}
	input := triage.Input{Ticket: desk.Ticket{Subject: bodytext.Line(r.Subject), MessageCount: 1, CreatedAt: now}, Messages: []desk.Message{message}, Now: now}
	if r.Tier != "" {
		input.Account = &desk.Account{Tier: r.Tier}
	}
	return input
}

func (s *shell) triageText(decider workers.Decider, ticket rowTicket) error {
	input := ticket.input(time.Now())
	decision, err := decider.Decide(input)
	if err != nil {
		return err
	}
	return s.print(decision, func() { s.printDecision(decision, input) })
}

// printDecision shows a whole decision for a person: the sum with its evidence,
// then each field with its confidence.
func (s *shell) printDecision(decision triage.Decision, input triage.Input) {
	quotes := map[string][]string{}
	for _, quote := range decision.Render(input) {
		if text := shorten(quote.Text, 40); !slices.Contains(quotes[quote.Name], text) {
			quotes[quote.Name] = append(quotes[quote.Name], text)
		}
	}
	s.printf("%s — %s\n\n", strings.ToUpper(string(decision.Outcome)), decision.Reason)
	s.printf("priority %d (%s) is the sum of\n", decision.Priority, decision.Fields[triage.FieldPriority].Value)
	var rows [][]string
	for _, factor := range decision.Factors {
		evidence := ""
		if found := quotes[factor.Name]; len(found) > 0 {
			evidence = "“" + strings.Join(found[:min(len(found), 3)], "” “") + "”"
		}
		rows = append(rows, []string{fmt.Sprintf("  %+d", factor.Points), spaced(factor.Name), spaced(factor.Value), evidence})
	}
	s.rows(rows)
	s.printf("\n")
	rows = nil
	for _, name := range fieldOrder {
		field, decided := decision.Fields[name]
		if decided && field.Value != "" {
			rows = append(rows, []string{"  " + name, spaced(field.Value), sure(field), runnersUp(field)})
		}
	}
	s.rows(rows)
	s.printDetails(decision.Details)
	var entities []string
	for _, entity := range decision.Entities {
		for _, quote := range quotes[entity.Kind] {
			if named := spaced(entity.Kind) + " " + quote; !slices.Contains(entities, named) {
				entities = append(entities, named)
			}
		}
	}
	if len(entities) > 0 {
		s.printf("\n  named in it: %s\n", strings.Join(entities[:min(len(entities), 8)], ", "))
	}
}

var fieldOrder = []string{
	triage.FieldIntent, triage.FieldRoute, triage.FieldKind, triage.FieldUrgency, triage.FieldImpact,
	triage.FieldSeverity, triage.FieldSentiment, triage.FieldSensitive, triage.FieldLanguage, triage.FieldAct, triage.FieldPriority,
}

// printDetails shows what else a person may want to know, a line each.
func (s *shell) printDetails(details triage.Details) {
	var lines []string
	for _, second := range details.Secondary {
		lines = append(lines, "also about "+spaced(second.Value))
	}
	for _, rule := range details.Rules {
		lines = append(lines, fmt.Sprintf("rule %q: %s instead of %s", rule.Name, spaced(rule.To), spaced(rule.From)))
	}
	for _, proposal := range details.Proposals {
		lines = append(lines, strings.TrimSpace("proposed: "+spaced(proposal.Kind)+" "+spaced(proposal.Value)))
	}
	for _, change := range details.Changes {
		lines = append(lines, fmt.Sprintf("would be %s (%d) with %s %s", change.Band, change.Priority, spaced(change.Factor), spaced(change.Value)))
	}
	if len(lines) > 0 {
		s.printf("\n  %s\n", strings.Join(lines, "\n  "))
	}
}

func spaced(key string) string { return strings.ReplaceAll(key, "_", " ") }

// sure is a confidence for a person: a percentage only once it means one.
func sure(field triage.Field) string {
	if field.State != triage.Uncalibrated {
		return percent(field.Confidence) + " sure"
	}
	switch {
	case field.Confidence >= 0.8:
		return "high, uncalibrated"
	case field.Confidence >= 0.5:
		return "medium, uncalibrated"
	default:
		return "low, uncalibrated"
	}
}

// percent rounds down, as the reasons do: 84.9 % is not yet 85 %, and nothing is 100 %.
func percent(share float64) string { return fmt.Sprintf("%d %%", min(int(100*share+1e-9), 99)) }

// runnersUp names the next two candidates that are worth a look.
func runnersUp(field triage.Field) string {
	var next []string
	for _, score := range field.Scores {
		if score.Value != field.Value && score.Value != "" && score.Probability >= 0.05 && len(next) < 2 {
			next = append(next, spaced(score.Value)+" "+percent(score.Probability))
		}
	}
	if len(next) == 0 {
		return ""
	}
	return "else " + strings.Join(next, ", ")
}

// rows prints a table without a header.
func (s *shell) rows(rows [][]string) {
	if len(rows) > 0 {
		s.table(rows[0], rows[1:])
	}
}

// fileDecision is one row's decision.
type fileDecision struct {
	ID       string          `json:"id"`
	Decision triage.Decision `json:"decision"`
}

func (s *shell) triageFile(ctx context.Context, decider workers.Decider, path string) error {
	tickets, skipped, err := s.readTickets(path)
	if err != nil {
		return err
	}
	decisions := make([]fileDecision, 0, len(tickets))
	for _, ticket := range tickets {
		if err := ctx.Err(); err != nil {
			return err
		}
		decision, err := decider.Decide(ticket.input(time.Now()))
		if err != nil {
			return fmt.Errorf("ticket %s: %w", ticket.ID, err)
		}
		decisions = append(decisions, fileDecision{ticket.ID, decision})
	}
	err = s.print(decisions, func() {
		rows := make([][]string, 0, len(decisions))
		for _, row := range decisions {
			rows = append(rows, decisionRow(shorten(row.ID, 20), row.Decision))
		}
		s.table(decisionHeader("TICKET"), rows)
	})
	if err == nil && len(skipped) > 0 {
		return withCode(exitPartial, fmt.Errorf("skipped, since there is no text: %s", lines(skipped)))
	}
	return err
}

func decisionHeader(first string) []string {
	return []string{first, "PRIORITY", "INTENT", "ROUTE", "SURE", "OUTCOME", "WHY"}
}

func decisionRow(first string, decision triage.Decision) []string {
	intent, route := decision.Fields[triage.FieldIntent], decision.Fields[triage.FieldRoute]
	return []string{
		first, fmt.Sprintf("%3d %s", decision.Priority, decision.Fields[triage.FieldPriority].Value), intent.Value, route.Value,
		strings.TrimSuffix(sure(route), " sure"), string(decision.Outcome), shorten(decision.Reason, 90),
	}
}

// shownLines is how many skipped lines are named.
const shownLines = 20

// lines names lines of a file.
func lines(numbers []int) string {
	named := make([]string, 0, shownLines)
	for _, number := range numbers[:min(len(numbers), shownLines)] {
		named = append(named, fmt.Sprintf("line %d", number))
	}
	if more := len(numbers) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("%d more", more))
	}
	return strings.Join(named, ", ")
}

// withoutMark skips a byte order mark: before a quoted name it would make the
// quotes part of the name.
func withoutMark(source io.Reader) io.Reader {
	const mark = "\uFEFF"
	buffered := bufio.NewReader(source)
	if start, err := buffered.Peek(len(mark)); err == nil && string(start) == mark {
		_, _ = buffered.Discard(len(mark)) // it was just seen
	}
	return buffered
}

// readTickets reads a CSV file with a header; it names what is wrong, and what has
// no text, by line.
func (s *shell) readTickets(path string) (tickets []rowTicket, skipped []int, err error) {
	source := s.stdin
	if path != "-" {
		file, err := os.Open(filepath.Clean(path))
		if err != nil {
			return nil, nil, withCode(exitUsage, fault.Field(fault.Invalid, "--file", "cannot be read", "name a CSV file"))
		}
		defer file.Close()
		source = file
	}
	reader := csv.NewReader(withoutMark(source))
	reader.FieldsPerRecord, reader.ReuseRecord = -1, true
	header, err := reader.Read()
	if err != nil {
		return nil, nil, withCode(exitUsage, fault.Field(fault.Invalid, "--file", "has no header", "begin with a line such as id,subject,body"))
	}
	columns := map[string]int{}
	for i, name := range header {
		columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, found := columns["body"]; !found {
		return nil, nil, withCode(exitUsage, fault.Field(fault.Invalid, "--file", "has no column named body", "name the column that holds the text body"))
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return tickets, skipped, nil
		}
		if err != nil {
			return nil, nil, withCode(exitUsage, fmt.Errorf("--file is not CSV: %w", err)) // it names the line
		}
		line, _ := reader.FieldPos(0)
		cell := func(name string) string {
			if i, found := columns[name]; found && i < len(record) {
				return record[i]
			}
			return ""
		}
		ticket := rowTicket{cell("id"), cell("subject"), cell("body"), cell("tier")}
		if ticket.ID == "" {
			ticket.ID = fmt.Sprint(line)
		}
		if strings.TrimSpace(ticket.Subject+ticket.Body) == "" {
			skipped = append(skipped, line)
			continue
		}
		tickets = append(tickets, ticket)
	}
}
