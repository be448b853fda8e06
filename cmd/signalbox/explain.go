package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/triage"
)

func (s *shell) explain() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "explain DECISION", Short: "Say why a decision is as it is", Args: cobra.ExactArgs(1),
		Long: `Show why a stored decision is as it is: the priority's sum with the words that speak for it,
what would change it, the rules and proposals, each field with its next candidates, the
words that speak most for and against intent and route, and the nearest tickets that the
model was trained with. It quotes the ticket, so it shows what agents may see.`,
		Example: "  signalbox explain 0190a0b0-0000-7000-8000-000000000001\n  signalbox explain 0190a0b0-0000-7000-8000-000000000001 --json",
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				explanation, err := triage.NewExplainer(app.db).Explanation(command.Context(), operator, id)
				if err != nil {
					return err
				}
				return s.print(explanation, func() { s.printExplanation(explanation) })
			})
		},
	})
}

// printExplanation shows an explanation for a person.
func (s *shell) printExplanation(e triage.Explanation) {
	s.printf("%s — %s\n", strings.ToUpper(string(e.Outcome)), printable(e.Reason))
	for _, note := range e.Notes {
		s.printf("note: %s\n", note)
	}
	s.printf("\npriority %d (%s) is the sum of\n", e.Priority, e.Fields[triage.FieldPriority].Value)
	var rows [][]string
	for _, factor := range e.Factors {
		rows = append(rows, []string{fmt.Sprintf("  %+d", factor.Points), spaced(factor.Name), spaced(factor.Value), quoted(factor.Quotes)})
	}
	s.rows(rows)
	s.printFacts(e)
	s.printf("\n")
	s.rows(fieldRows(e.Fields))
	s.printPieces(e)
	s.printNearest(e.Nearest)
}

// quoted shows at most three pieces of text.
func quoted(quotes []string) string {
	shown := make([]string, 0, 3)
	for _, quote := range quotes {
		if text := "“" + shorten(quote, 40) + "”"; len(shown) < cap(shown) && !slices.Contains(shown, text) {
			shown = append(shown, text)
		}
	}
	return strings.Join(shown, " ")
}

// printFacts shows what follows from the sum and from the thread.
func (s *shell) printFacts(e triage.Explanation) {
	var rows [][]string
	for _, change := range e.Changes {
		rows = append(rows, []string{"  with " + spaced(change.Factor) + " " + spaced(change.Value), fmt.Sprintf("it would be %d, %s", change.Priority, change.Band)})
	}
	for _, rule := range e.Rules {
		rows = append(rows, []string{"  the rule " + shorten(rule.Name, 60), fmt.Sprintf("sends it from %s to %s", orNone(rule.From), rule.To)})
	}
	for _, proposal := range e.Proposals {
		rows = append(rows, []string{"  proposed", strings.TrimSpace(spaced(proposal.Kind) + " " + spaced(proposal.Value))})
	}
	for _, score := range e.Secondary {
		rows = append(rows, []string{"  also wants", spaced(score.Value) + ", " + percent(score.Probability)})
	}
	if len(rows) > 0 {
		s.printf("\n")
		s.rows(rows)
	}
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

// fieldRows shows each field with its next candidates.
func fieldRows(fields map[string]triage.Field) (rows [][]string) {
	names := slices.Clone(fieldOrder)
	for _, name := range []string{triage.FieldSeverity, triage.FieldAct} {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		field, decided := fields[name]
		if !decided || field.Value == "" {
			continue
		}
		var next []string
		for _, score := range field.Scores {
			if score.Value != field.Value && score.Value != "" {
				next = append(next, spaced(score.Value)+" "+percent(score.Probability))
			}
		}
		row := []string{"  " + name, spaced(field.Value), sure(field), string(field.Outcome), ""}
		if len(next) > 0 {
			row[4] = "else " + strings.Join(next, ", ")
		}
		rows = append(rows, row)
	}
	return rows
}

func (s *shell) printPieces(e triage.Explanation) {
	for _, name := range []string{triage.FieldIntent, triage.FieldRoute} {
		weighing, weighed := e.Pieces[name]
		if !weighed {
			continue
		}
		s.printf("\n%s %s\n", name, spaced(weighing.Value))
		var rows [][]string
		for i, pieces := range [][]triage.Piece{weighing.For, weighing.Against} {
			for _, piece := range pieces {
				rows = append(rows, []string{fmt.Sprintf("  %+.2f", piece.Weight), []string{"for", "against"}[i], "“" + shorten(piece.Text, 50) + "”"})
			}
		}
		s.rows(rows)
	}
}

func (s *shell) printNearest(nearest []triage.Nearest) {
	if len(nearest) == 0 {
		return
	}
	s.printf("\nnearest tickets of the training\n")
	var rows [][]string
	for _, ticket := range nearest {
		rows = append(rows, []string{
			fmt.Sprintf("  %.2f", ticket.Similarity), spaced(ticket.Labels[triage.FieldIntent]), spaced(ticket.Labels[triage.FieldRoute]), shorten(ticket.Subject, 60),
		})
	}
	s.rows(rows)
}
