package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/helpdesk"
	"github.com/signalbox/signalbox/internal/postgres"
)

func parseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, fault.Field(fault.Invalid, "ID", "is not a UUID", "copy it from the list command")
	}
	return id, nil
}

func moment(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.Format(time.RFC3339)
}

func (s *shell) key() *cobra.Command {
	return group("key", "Make, list and revoke API keys", "  signalbox key add --name sidebar --scope agent", s.keyAdd(), s.keyList(), s.keyRevoke())
}

func (s *shell) keyAdd() *cobra.Command {
	var wanted postgres.NewKey
	var connection, scope string
	var days int
	command := &cobra.Command{
		Use: "add", Short: "Make a key; it is shown this once", Args: cobra.NoArgs,
		Example: "  signalbox key add --name sidebar --scope agent --group finance\n  signalbox key add --name mail-rule --scope hook --connection ID",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				wanted.Scope = desk.ActorKind(scope)
				if connection != "" {
					id, err := parseID(connection)
					if err != nil {
						return err
					}
					wanted.ConnectionID = id
				}
				if days > 0 {
					expires := time.Now().AddDate(0, 0, days)
					wanted.ExpiresAt = &expires
				}
				key, plaintext, err := app.db.CreateKey(command.Context(), operator, wanted)
				if err != nil {
					return err
				}
				return s.print(map[string]any{"id": key.ID, "key": plaintext}, func() {
					s.printf("%s\n", plaintext)
					s.notef("Keep it now: only its hash is stored. ID %s\n", key.ID)
				})
			})
		},
	}
	command.Flags().StringVar(&wanted.Name, "name", "", "what the key is for")
	command.Flags().StringVar(&scope, "scope", "agent", "hook, agent or admin")
	command.Flags().StringSliceVar(&wanted.Groups, "group", nil, "restriction group that the key may see (repeatable)")
	command.Flags().StringVar(&connection, "connection", "", "ID of the one connection that a hook key is for")
	command.Flags().IntVar(&days, "days", 0, "days until it expires; 0 never")
	return s.withJSON(command)
}

func (s *shell) keyList() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "list", Short: "List keys, newest first", Args: cobra.NoArgs, Example: "  signalbox key list --json",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				keys, err := app.db.ListKeys(command.Context())
				if err != nil {
					return err
				}
				return s.print(keys, func() {
					rows := make([][]string, 0, len(keys))
					for _, key := range keys {
						rows = append(rows, []string{key.ID.String(), key.Name, string(key.Scope), strings.Join(key.Groups, ","), "…" + key.Hint, moment(key.LastUsedAt), moment(key.RevokedAt)})
					}
					s.table([]string{"ID", "NAME", "SCOPE", "GROUPS", "KEY", "LAST USED", "REVOKED"}, rows)
				})
			})
		},
	})
}

func (s *shell) keyRevoke() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "End a key at once", Args: cobra.ExactArgs(1), Example: "  signalbox key revoke 01972f…",
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error { return app.db.RevokeKey(command.Context(), operator, id) })
		},
	}
}

func (s *shell) connection() *cobra.Command {
	return group("connection", "Connect helpdesks", "  signalbox connection add --kind zendesk --name \"Support EMEA\"", s.connectionAdd(), s.connectionList(), s.connectionRotate(), s.connectionDisable())
}

func (s *shell) connectionAdd() *cobra.Command {
	var wanted postgres.NewConnection
	command := &cobra.Command{
		Use: "add", Short: "Connect a helpdesk; its secret is shown this once", Args: cobra.NoArgs,
		Example: "  signalbox connection add --kind generic --name Desk\n  signalbox connection add --kind zendesk --name Desk --secret \"$ZENDESK_SIGNING_SECRET\"",
		RunE: func(command *cobra.Command, _ []string) error {
			if !slices.Contains(helpdesk.Kinds(), wanted.Kind) {
				return withCode(exitUsage, fault.Field(fault.Invalid, "--kind", "is unknown", "use "+strings.Join(helpdesk.Kinds(), " or ")))
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				connection, secret, err := postgres.NewConnections(app.db, app.box).CreateConnection(command.Context(), operator, wanted)
				if err != nil {
					return err
				}
				hook := app.config.PublicURL + "/v1/hooks/" + connection.ID.String()
				return s.print(map[string]any{"id": connection.ID, "hook": hook, "secret": secret}, func() {
					s.printf("hook    %s\nsecret  %s\n", hook, secret)
					s.notef("Keep the secret now: it is stored sealed and not shown again.\n")
				})
			})
		},
	}
	command.Flags().StringVar(&wanted.Kind, "kind", "generic", strings.Join(helpdesk.Kinds(), " or "))
	command.Flags().StringVar(&wanted.Name, "name", "", "what people call it")
	command.Flags().StringVar(&wanted.Secret, "secret", "", "the helpdesk's own signing secret; made if left out")
	command.Flags().StringVar(&wanted.RestrictionGroup, "restrict", "", "restriction group of its tickets")
	return s.withJSON(command)
}

func (s *shell) connectionList() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "list", Short: "List connections", Args: cobra.NoArgs, Example: "  signalbox connection list",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				connections, err := postgres.NewConnections(app.db, app.box).ListConnections(command.Context())
				if err != nil {
					return err
				}
				return s.print(connections, func() {
					rows := make([][]string, 0, len(connections))
					for _, connection := range connections {
						rows = append(rows, []string{connection.ID.String(), connection.Kind, connection.Name, connection.RestrictionGroup, moment(connection.DisabledAt)})
					}
					s.table([]string{"ID", "KIND", "NAME", "RESTRICTED TO", "DISABLED"}, rows)
				})
			})
		},
	})
}

func (s *shell) connectionRotate() *cobra.Command {
	var secret string
	command := &cobra.Command{
		Use: "rotate ID", Short: "Add a new secret; the one before stays good until the next rotation", Args: cobra.ExactArgs(1),
		Example: "  signalbox connection rotate 01972f…",
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				made, err := postgres.NewConnections(app.db, app.box).RotateSecret(command.Context(), operator, id, secret)
				if err != nil {
					return err
				}
				return s.print(map[string]any{"id": id, "secret": made}, func() { s.printf("secret  %s\n", made) })
			})
		},
	}
	command.Flags().StringVar(&secret, "secret", "", "the helpdesk's own new secret; made if left out")
	return s.withJSON(command)
}

func (s *shell) connectionDisable() *cobra.Command {
	return &cobra.Command{
		Use: "disable ID", Short: "Refuse a connection's events from now on", Args: cobra.ExactArgs(1), Example: "  signalbox connection disable 01972f…",
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				return postgres.NewConnections(app.db, app.box).Disable(command.Context(), operator, id)
			})
		},
	}
}

func (s *shell) site() *cobra.Command {
	return group("site", "Register where customers ask: help centres, portals", "  signalbox site add --name \"Help centre\" --origin https://help.example.com", s.siteAdd(), s.siteList(), s.siteKeyAdd())
}

func (s *shell) siteAdd() *cobra.Command {
	var name string
	var origins []string
	command := &cobra.Command{
		Use: "add", Short: "Register a site and show its publishable key", Args: cobra.NoArgs,
		Example: "  signalbox site add --name \"Help centre\" --origin https://help.example.com",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				site, err := postgres.NewSites(app.db, app.box).CreateSite(command.Context(), operator, name, origins)
				if err != nil {
					return err
				}
				return s.print(map[string]any{"id": site.ID, "publishable_key": site.PublishableKey}, func() {
					s.printf("site             %s\npublishable key  %s\n", site.ID, site.PublishableKey)
				})
			})
		},
	}
	command.Flags().StringVar(&name, "name", "", "what people call it")
	command.Flags().StringSliceVar(&origins, "origin", nil, "origin that may call, such as https://help.example.com (repeatable)")
	return s.withJSON(command)
}

func (s *shell) siteList() *cobra.Command {
	return s.withJSON(&cobra.Command{
		Use: "list", Short: "List sites with their publishable keys", Args: cobra.NoArgs, Example: "  signalbox site list",
		RunE: func(command *cobra.Command, _ []string) error {
			return s.with(command.Context(), needs{}, func(app *app) error {
				sites, err := postgres.NewSites(app.db, app.box).ListSites(command.Context())
				if err != nil {
					return err
				}
				return s.print(sites, func() {
					rows := make([][]string, 0, len(sites))
					for _, site := range sites {
						rows = append(rows, []string{site.ID.String(), site.Name, site.PublishableKey, strings.Join(site.AllowedOrigins, " ")})
					}
					s.table([]string{"ID", "NAME", "PUBLISHABLE KEY", "ORIGINS"}, rows)
				})
			})
		},
	})
}

func (s *shell) siteKeyAdd() *cobra.Command {
	var file string
	command := &cobra.Command{
		Use: "sign ID", Short: "Add a key with which the site signs its customers' tokens", Args: cobra.ExactArgs(1),
		Example: "  signalbox site sign 01972f…\n  signalbox site sign 01972f… --public-key ed25519.pem",
		RunE: func(command *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			public, err := readPublicKey(file)
			if err != nil {
				return err
			}
			return s.with(command.Context(), needs{}, func(app *app) error {
				key, secret, err := postgres.NewSites(app.db, app.box).AddSiteKey(command.Context(), operator, id, public)
				if err != nil {
					return err
				}
				return s.print(map[string]any{"kid": key.KeyID, "algorithm": key.Algorithm, "secret": secret}, func() {
					s.printf("kid        %s\nalgorithm  %s\n", key.KeyID, key.Algorithm)
					if secret != "" {
						s.printf("secret     %s\n", secret)
					}
				})
			})
		},
	}
	command.Flags().StringVar(&file, "public-key", "", "PEM file of an Ed25519 public key; without it an HS256 secret is made")
	return s.withJSON(command)
}

func readPublicKey(file string) (ed25519.PublicKey, error) {
	if file == "" {
		return nil, nil
	}
	wrong := fault.Field(fault.Invalid, "--public-key", "is no PEM file of an Ed25519 public key", "make one with: openssl pkey -in private.pem -pubout")
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return nil, wrong
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, wrong
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if public, ok := parsed.(ed25519.PublicKey); ok && err == nil {
		return public, nil
	}
	return nil, wrong
}
