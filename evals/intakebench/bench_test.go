package intakebench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/migrations"
	"github.com/signalbox/signalbox/triage"
	"github.com/signalbox/signalbox/workers"
)

// one always says the same: the way is measured here, not the engine.
type one struct{}

func (one) Decide(triage.Input) (triage.Decision, error) {
	field := triage.Field{Value: "login", Outcome: triage.Suggest, State: triage.Uncalibrated}
	return triage.Decision{
		Outcome: triage.Suggest, Reason: "fixed", Priority: 50, InputHash: []byte{1},
		Fields: map[string]triage.Field{triage.FieldIntent: field, triage.FieldRoute: field},
	}, nil
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// service wires intake, relay and worker on these servers and returns them as a Target.
func service(t testing.TB, appURL, customerURL, redisURL string) Target {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Config{URL: appURL, CustomerURL: customerURL, MaxConns: 24})
	check(t, err)
	t.Cleanup(db.Close)
	config, err := pgxpool.ParseConfig(appURL)
	check(t, err)
	config.ConnConfig.RuntimeParams["search_path"], config.MaxConns = migrations.Schema, 16
	rows, err := pgxpool.NewWithConfig(t.Context(), config)
	check(t, err)
	t.Cleanup(rows.Close)
	options, err := redis.ParseURL(redisURL)
	check(t, err)
	options.PoolSize = 40
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	connection := uuid.New()
	_, err = rows.Exec(t.Context(), "insert into connections (id, kind, name) values ($1, 'generic', 'bench')", connection)
	check(t, err)

	logger, metrics := slog.New(slog.DiscardHandler), workers.NewMetrics(nil)
	relay, err := workers.NewRelay(workers.RelayConfig{}, db, client, logger, metrics)
	check(t, err)
	server, err := workers.NewServer(workers.ServerConfig{}, client, db, logger, metrics, workers.NewTriage(db, db, one{}, nil, nil, metrics))
	check(t, err)
	check(t, server.Start())
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { relay.Run(ctx) })
	t.Cleanup(func() { cancel(); group.Wait(); server.Shutdown() })
	return target(rows, client, desk.NewIntake(db, time.Hour, relay.Nudge), connection)
}

func target(rows *pgxpool.Pool, client redis.UniversalClient, intake *desk.Intake, connection uuid.UUID) Target {
	return Target{
		Redis: client,
		Insert: func(ctx context.Context) error {
			_, err := rows.Exec(ctx, "insert into settings (name, value) values ($1, '{}')", uuid.NewString())
			return err
		},
		Post: func(ctx context.Context, i int) error {
			_, err := intake.Receive(ctx, desk.Incoming{
				ConnectionID: connection, DeliveryKey: strconv.Itoa(i), TicketExternalID: strconv.Itoa(i), Subject: "Cannot log in",
				Raw:       []byte(`{"subject":"Cannot log in"}`),
				Message:   desk.IncomingMessage{AuthorKind: desk.ByCustomer, Body: strings.Repeat("The page says ERR_42. ", 20), SentAt: time.Now()},
				Requester: desk.Requester{Subject: fmt.Sprint("person ", i%500)},
			})
			return err
		},
		Decided: func(ctx context.Context) (count int64, err error) {
			err = rows.QueryRow(ctx, "select count(*) from decisions").Scan(&count)
			return count, err
		},
		DecidedAt: func(ctx context.Context, first int) (map[int]time.Time, error) {
			found, err := rows.Query(ctx, `select t.external_id::int, d.created_at
				from decisions d join tickets t on t.id = d.ticket_id where t.connection_id = $1 and t.external_id::int >= $2`, connection, first)
			if err != nil {
				return nil, err
			}
			at := map[int]time.Time{}
			for found.Next() {
				var number int
				var decided time.Time
				if err := found.Scan(&number, &decided); err != nil {
					return nil, err
				}
				at[number] = decided
			}
			return at, found.Err()
		},
	}
}

func TestRunMeasuresTheWholeWay(t *testing.T) {
	t.Parallel()
	urls := pgtest.New(t).URLs
	result, err := Run(t.Context(), Config{Noops: 200, Inserts: 100, Tickets: 100, Rate: 50, For: time.Second},
		service(t, urls.App, urls.Customer, pgtest.Redis(t)))
	check(t, err)
	text, err := json.Marshal(result)
	check(t, err)
	var figures map[string]float64
	check(t, json.Unmarshal(text, &figures))
	for _, name := range []string{"tickets_per_second", "share_of_noop", "p50_ms", "p95_ms", "p99_ms", "noop_per_second", "inserts_per_second"} {
		if figures[name] <= 0 {
			t.Errorf("%s is %v, want more than 0", name, figures[name])
		}
	}
	if result.P50 > result.P95 || result.P95 > result.P99 {
		t.Errorf("quantiles %v, %v, %v do not rise", result.P50, result.P95, result.P99)
	}
	if share := result.TicketsPerSecond / result.NoopPerSecond; math.Abs(share-result.ShareOfNoop) > 1e-9 {
		t.Errorf("share %v, want %v", result.ShareOfNoop, share)
	}
}

func TestRunReportsARefusedTicket(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	_, err := rate(t.Context(), 100, 4, func(_ context.Context, i int) error {
		if i == 50 {
			return refused
		}
		return nil
	}, nil)
	if !errors.Is(err, refused) {
		t.Errorf("error %v, want the refusal", err)
	}
	nothing := Target{Decided: func(context.Context) (int64, error) { return 0, nil }, Post: func(context.Context, int) error { return refused }}
	if _, err := arrivals(t.Context(), Config{Rate: 10, For: time.Second}, nothing); !errors.Is(err, refused) {
		t.Errorf("error %v, want the refusal", err)
	}
}

func TestRateRunsEachNumberOnce(t *testing.T) {
	t.Parallel()
	var sum atomic.Int64
	_, err := rate(t.Context(), 1000, 7, func(_ context.Context, i int) error { sum.Add(int64(i)); return nil }, nil)
	check(t, err)
	if got := sum.Load(); got != 1000*999/2 {
		t.Errorf("the numbers add up to %d, want %d", got, 1000*999/2)
	}
}

func TestQuantileIsTheNearestRank(t *testing.T) {
	t.Parallel()
	values := []float64{5, 1, 4, 2, 3}
	for share, want := range map[float64]float64{0: 1, 0.2: 1, 0.5: 3, 0.95: 5, 1: 5} {
		if got := quantile(values, share); got != want {
			t.Errorf("quantile %v is %v, want %v", share, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("quantile of nothing is %v, want 0", got)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]Config{"Tickets": {Tickets: -1}, "Rate": {Rate: -5}, "For": {For: time.Millisecond}} {
		if err := config.Validate(); !fault.Is(err, fault.Invalid) || fault.Safe(err).Field != name {
			t.Errorf("%s: %v, want an invalid field of that name", name, err)
		}
	}
	check(t, Config{}.Validate())
}
