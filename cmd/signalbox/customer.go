package main

import (
	"github.com/spf13/cobra"
)

func (s *shell) customer() *cobra.Command {
	return group("customer", "Export or erase a customer", "  signalbox customer export 01972f… > person.json", s.customerExport(), s.customerErase())
}

func (s *shell) customerExport() *cobra.Command {
	return &cobra.Command{
		Use: "export ID", Short: "Print everything stored about a customer as JSON", Args: cobra.ExactArgs(1),
		Example: "  signalbox customer export 01972f… > person.json",
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				export, err := app.db.ExportCustomer(command.Context(), id)
				if err != nil {
					return err
				}
				s.json = true
				return s.print(export, nil)
			})
		},
	}
}

func (s *shell) customerErase() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "erase ID", Short: "Erase a customer everywhere; decisions stay without text", Args: cobra.ExactArgs(1),
		Long: `Remove a person's identities, tickets' texts, messages, raw payloads and questions in one
transaction. Decisions stay without text. The next training leaves the person out: run
signalbox train to make one now. docs/privacy.md lists every column.`,
		Example: "  signalbox customer erase 01972f… && signalbox train",
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				erased, err := app.db.EraseCustomer(command.Context(), operator, id)
				if err != nil {
					return err
				}
				return s.print(erased, func() {
					s.printf("erased %d tickets, %d messages, %d raw payloads, %d questions, %d identities\n",
						erased.Tickets, erased.Messages, erased.Deliveries, erased.Answers, erased.Identities)
				})
			})
		},
	})
}
