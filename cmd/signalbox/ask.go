package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/retrieval"
)

func (s *shell) ask() *cobra.Command {
	var agent bool
	command := &cobra.Command{
		Use: "ask QUESTION", Short: "Ask as a customer; with --agent, search both knowledge bases", Args: cobra.ExactArgs(1),
		Long: `Answer a question from the public knowledge base in its own sentences, each cited, or say
that nothing there answers it. With --agent, show the best passages of both audiences.`,
		Example: "  signalbox ask \"How do I change the card we pay with?\"\n  signalbox ask --agent \"refund after a double charge\" --json",
		RunE: func(command *cobra.Command, args []string) error {
			question, err := s.argument(args[0])
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				knowledge, err := app.knowledge()
				if err != nil {
					return err
				}
				if agent {
					return s.askAgent(command.Context(), knowledge, question)
				}
				answer, err := knowledge.answerer.Answer(command.Context(), question, nil)
				if err != nil {
					return err
				}
				return s.print(answer, func() { s.printAnswer(answer) })
			})
		},
	}
	command.Flags().BoolVar(&agent, "agent", false, "search as an agent")
	return s.withJSON(command)
}

func (s *shell) askAgent(ctx context.Context, knowledge *knowledge, question string) error {
	passages, err := knowledge.all.Search(ctx, question, 5, retrieval.Filter{})
	if err != nil {
		return err
	}
	return s.print(passages, func() { s.printPassages(passages) })
}

// printAnswer shows sentences with numbered sources below.
func (s *shell) printAnswer(answer retrieval.Answer) {
	if !answer.Known {
		s.printf("I don't know: no public article answers this (%.0f %% sure at best).\n", 100*answer.Confidence)
		return
	}
	numbers, sources := map[string]int{}, []string{}
	for _, sentence := range answer.Sentences {
		source := where(sentence.Citation.Title, sentence.Citation.HeadingPath)
		if numbers[source] == 0 {
			sources = append(sources, source)
			numbers[source] = len(sources)
		}
		s.printf("  %s [%d]\n", strings.ReplaceAll(printable(sentence.Text), "\n", "\n  "), numbers[source])
	}
	s.printf("\n")
	for i, source := range sources {
		s.printf("  [%d] %s\n", i+1, source)
	}
}

func (s *shell) printPassages(passages []retrieval.Passage) {
	for _, passage := range passages {
		s.printf("  %.2f  %-8s  %s\n", passage.Score, passage.Audience, where(passage.Title, passage.HeadingPath))
		s.printf("        %s\n", shorten(passage.Body, 150))
	}
}

func where(title string, headings []string) string {
	parts := []string{title}
	for _, heading := range headings {
		if heading != title {
			parts = append(parts, heading)
		}
	}
	return strings.Join(parts, " › ")
}
