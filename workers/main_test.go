package workers

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/triage"
)

// The settings of a copy of the test program that is a worker process.
const (
	workerVariable         = "SIGNALBOX_TEST_WORKER"
	workerDatabase         = "SIGNALBOX_TEST_WORKER_DATABASE"
	workerCustomerDatabase = "SIGNALBOX_TEST_WORKER_DATABASE_CUSTOMER"
	workerRedis            = "SIGNALBOX_TEST_WORKER_REDIS"
)

func TestMain(m *testing.M) {
	if os.Getenv(workerVariable) != "" {
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, "worker:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	redis.SetLogger(noLog{}) // Redis is stopped on purpose here
	os.Exit(m.Run())
}

type noLog struct{}

func (noLog) Printf(context.Context, string, ...any) {}

// work is what the `work` process does: a relay and a server, until SIGTERM.
func work() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := postgres.Open(ctx, postgres.Config{URL: os.Getenv(workerDatabase), CustomerURL: os.Getenv(workerCustomerDatabase), CustomerMaxConns: 1})
	if err != nil {
		return err
	}
	defer db.Close()
	options, err := redis.ParseURL(os.Getenv(workerRedis))
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	metrics := NewMetrics(nil)
	relay, err := NewRelay(RelayConfig{}, db, client, logger, metrics)
	if err != nil {
		return err
	}
	server, err := NewServer(ServerConfig{}, client, db, logger, metrics, NewTriage(db, db, fixed{pause: 10 * time.Millisecond}, nil, nil, metrics))
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	relay.Run(ctx)
	server.Shutdown()
	return nil
}

// fixed is a decider of one opinion: here the way to a decision is under test, not
// what it says.
type fixed struct {
	pause time.Duration
	fail  func(triage.Input) error
}

func (f fixed) Decide(input triage.Input) (triage.Decision, error) {
	time.Sleep(f.pause)
	if f.fail != nil {
		if err := f.fail(input); err != nil {
			return triage.Decision{}, err
		}
	}
	field := triage.Field{Value: "login", Confidence: 0.5, State: triage.Uncalibrated, Outcome: triage.Suggest}
	return triage.Decision{
		ID: uuid.Must(uuid.NewV7()), Outcome: triage.Suggest, Reason: "fixed", Priority: 50,
		Fields: map[string]triage.Field{triage.FieldIntent: field, triage.FieldRoute: field}, InputHash: []byte{1},
	}, nil
}
