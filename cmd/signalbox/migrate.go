package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/migrations"
)

func (s *shell) migrate() *cobra.Command {
	return group("migrate", "Bring the database's schema up or down", "  signalbox migrate status",
		&cobra.Command{
			Use: "up", Short: "Apply pending migrations and lay down who may do what", Args: cobra.NoArgs,
			Example: "  DATABASE_URL_MIGRATE=postgres://owner@db/desk DATABASE_URL=… DATABASE_URL_CUSTOMER=… signalbox migrate up",
			RunE: func(command *cobra.Command, _ []string) error {
				return s.migrating(command.Context(), func(config config) error { return s.migrateUp(command.Context(), config) })
			},
		},
		&cobra.Command{
			Use: "down", Short: "Revert the newest migration; its tables' rows are lost", Args: cobra.NoArgs,
			Example: "  signalbox migrate down",
			RunE: func(command *cobra.Command, _ []string) error {
				return s.migrating(command.Context(), func(config config) error {
					return migrations.Down(command.Context(), config.DatabaseURLMigrate)
				})
			},
		},
		s.withJSON(&cobra.Command{
			Use: "status", Short: "List migrations and when they were applied", Args: cobra.NoArgs,
			Example: "  signalbox migrate status --json",
			RunE: func(command *cobra.Command, _ []string) error {
				return s.migrating(command.Context(), func(config config) error { return s.migrateStatus(command.Context(), config) })
			},
		}),
	)
}

// migrating finds the owner's login: named, or the private server's.
func (s *shell) migrating(ctx context.Context, do func(config) error) error {
	config, err := s.settings()
	if err != nil {
		return err
	}
	if config.DatabaseURL == "" {
		return s.with(ctx, needs{}, func(app *app) error { return do(app.config) })
	}
	if config.DatabaseURLMigrate == "" {
		return withCode(exitUsage, fault.Field(fault.Invalid, "DATABASE_URL_MIGRATE", "is missing", "name the login that owns the schema"))
	}
	if _, err := pgx.ParseConfig(config.DatabaseURLMigrate); err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "DATABASE_URL_MIGRATE", "is not a Postgres address", "use postgres://user@host/database"))
	}
	err = do(config)
	var unreachable *pgconn.ConnectError
	if errors.As(err, &unreachable) {
		return withCode(exitUnavailable, err)
	}
	return err
}

func (s *shell) migrateUp(ctx context.Context, config config) error {
	roles, err := rolesOf(config)
	if err == nil {
		err = roles.Validate()
	}
	if err != nil {
		return withCode(exitUsage, err)
	}
	roles.Notice = func(line string) { s.notef("%s\n", line) }
	if err := migrations.Up(ctx, config.DatabaseURLMigrate, roles); err != nil {
		return err
	}
	s.notef("the schema is up to date\n")
	return nil
}

// rolesOf takes the two logins' names and passwords from their addresses.
func rolesOf(config config) (migrations.Roles, error) {
	app, err := pgx.ParseConfig(config.DatabaseURL)
	if err != nil {
		return migrations.Roles{}, fault.Field(fault.Invalid, "DATABASE_URL", "is not a Postgres address", "use postgres://user@host/database")
	}
	customer, err := pgx.ParseConfig(config.DatabaseURLCustomer)
	if err != nil {
		return migrations.Roles{}, fault.Field(fault.Invalid, "DATABASE_URL_CUSTOMER", "is not a Postgres address", "use postgres://user@host/database")
	}
	return migrations.Roles{App: app.User, AppPassword: app.Password, Customer: customer.User, CustomerPassword: customer.Password}, nil
}

func (s *shell) migrateStatus(ctx context.Context, config config) error {
	states, err := migrations.Status(ctx, config.DatabaseURLMigrate)
	if err != nil {
		return err
	}
	return s.print(states, func() {
		rows := make([][]string, 0, len(states))
		for _, state := range states {
			applied := "pending"
			if !state.AppliedAt.IsZero() {
				applied = state.AppliedAt.Format(time.RFC3339)
			}
			rows = append(rows, []string{state.Name, applied})
		}
		s.table([]string{"MIGRATION", "APPLIED"}, rows)
	})
}
