package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/internal/seal"
	"github.com/signalbox/signalbox/migrations"
)

// operator is who acts on the command line.
var operator = desk.Actor{Kind: desk.SystemActor}

// app holds what a running command has opened.
type app struct {
	config  config
	log     *slog.Logger
	servers *local.Servers // nil when the settings name servers
	db      *postgres.DB
	box     *seal.Box
	redis   *redis.Client // nil if the command needs none
}

// settings reads the configuration of this command line.
func (s *shell) settings() (config, error) {
	file := s.configFile
	for _, entry := range s.variables {
		if value, found := strings.CutPrefix(entry, "SIGNALBOX_CONFIG="); found && file == "" {
			file = value
		}
	}
	config, err := readConfig(s.variables, file)
	return config, withCode(exitUsage, err)
}

// logger writes to standard error, as the settings say.
func (s *shell) logger(config config) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(config.LogLevel)) != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if config.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(s.stderr, options))
	}
	return slog.New(slog.NewTextHandler(s.stderr, options))
}

// needs says which servers a command uses.
type needs struct {
	redis bool
	// running is a service whose operator reads its log; other commands only warn.
	running bool
}

// open reads the settings, starts private servers where none are named, and
// connects. The caller closes the app.
func (s *shell) open(ctx context.Context, needs needs) (*app, error) {
	config, err := s.settings()
	if err != nil {
		return nil, err
	}
	if !needs.running && config.LogLevel == "info" {
		config.LogLevel = "warn"
	}
	app := &app{config: config, log: s.logger(config)}
	if err := app.start(ctx, s, needs); err != nil {
		return nil, errors.Join(err, app.close())
	}
	return app, nil
}

func (a *app) start(ctx context.Context, s *shell, needs needs) error {
	wantRedis := needs.redis && a.config.RedisURL == ""
	if a.config.DatabaseURL == "" || wantRedis {
		if err := a.startPrivate(ctx, s, wantRedis); err != nil {
			return withCode(exitUnavailable, err)
		}
	}
	keys, err := seal.ParseKeys(a.config.SecretKeys)
	if err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "SIGNALBOX_SECRET_KEYS", err.Error(), "use id:base64 of 32 bytes"))
	}
	if a.box, err = seal.NewBox(keys); err != nil {
		return withCode(exitUsage, err)
	}
	if needs.redis {
		if err := a.openRedis(); err != nil {
			return err
		}
	}
	a.db, err = postgres.Open(ctx, postgres.Config{
		URL: a.config.DatabaseURL, CustomerURL: a.config.DatabaseURLCustomer, MaxConns: int32(a.config.DatabaseConnections), //nolint:gosec // 2–1000
	})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return nil
}

// startPrivate brings up the servers of SIGNALBOX_DIR and migrates their database.
func (a *app) startPrivate(ctx context.Context, s *shell, wantRedis bool) error {
	wantPostgres := a.config.DatabaseURL == ""
	servers, err := local.Open(ctx, local.Config{
		Dir: a.config.Dir, PGBin: a.config.PGBin, PostgresMajor: a.config.PostgresMajor, Durable: true,
		Messages: s.stderr, WantPostgres: wantPostgres, WantRedis: wantRedis,
	})
	if err != nil {
		return err
	}
	a.servers = servers
	if wantRedis {
		a.config.RedisURL = servers.RedisURL(0)
	}
	if !wantPostgres {
		return nil
	}
	urls, err := servers.EnsureDatabase(ctx, "signalbox")
	if err != nil {
		return err
	}
	a.config.DatabaseURL, a.config.DatabaseURLCustomer, a.config.DatabaseURLMigrate = urls.App, urls.Customer, urls.Migrate
	if a.config.SecretKeys, err = privateKeys(a.config); err != nil {
		return err
	}
	roles := migrations.Roles{App: local.AppRole, Customer: local.CustomerRole}
	return migrations.Up(ctx, urls.Migrate, roles)
}

// privateKeys keeps the sealing key of a private database beside it.
func privateKeys(config config) (string, error) {
	if config.SecretKeys != "" {
		return config.SecretKeys, nil
	}
	path := filepath.Join(config.Dir, "secret-keys")
	text, err := os.ReadFile(filepath.Clean(path))
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the private sealing key: %w", err)
	}
	made := seal.NewKey("dev").String()
	file, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return privateKeys(config) // another command was first
	}
	if err != nil {
		return "", fmt.Errorf("keep the private sealing key: %w", err)
	}
	_, err = file.WriteString(made + "\n")
	return made, errors.Join(err, file.Close())
}

func (a *app) openRedis() error {
	options, err := redis.ParseURL(a.config.RedisURL)
	if err != nil {
		return withCode(exitUsage, fault.Field(fault.Invalid, "REDIS_URL", "is not a Redis address", "use redis://host:6379/0 or unix:///path?db=0"))
	}
	options.MaxRetries = 1
	redis.SetLogger(redisLog{a.log})
	a.redis = redis.NewClient(options)
	return nil
}

// close gives everything back.
func (a *app) close() error {
	var problems []error
	if a.redis != nil {
		problems = append(problems, a.redis.Close())
	}
	if a.db != nil {
		a.db.Close()
	}
	if a.servers != nil {
		problems = append(problems, a.servers.Close())
	}
	return errors.Join(problems...)
}

// with opens an app, runs a command and closes the app again.
func (s *shell) with(ctx context.Context, needs needs, do func(*app) error) (err error) {
	app, err := s.open(ctx, needs)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.close()) }()
	return do(app)
}

// dropDatabase removes a database of the private server, if it is there.
func (a *app) dropDatabase(ctx context.Context, name string) {
	admin, err := pgx.Connect(ctx, a.servers.AdminURL("postgres"))
	if err != nil {
		return
	}
	defer func() { _ = admin.Close(ctx) }()
	if _, err := admin.Exec(ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
		a.log.Warn("drop a database", "error", err)
	}
}

// redisLog takes what the Redis client would print by itself. Whether Redis answers
// is told by readyz, doctor and the relay.
type redisLog struct{ log *slog.Logger }

// Printf logs a line for those who debug.
func (r redisLog) Printf(ctx context.Context, format string, values ...any) {
	r.log.DebugContext(ctx, "redis client", "message", fmt.Sprintf(format, values...))
}
