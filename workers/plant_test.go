package workers

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/local"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/internal/postgres"
	"github.com/signalbox/signalbox/migrations"
)

// patience ends a test that would never end; nothing waits that long when it works.
const patience = 4 * time.Minute

// plant is a whole installation but for HTTP: stores, Redis, intake and relay.
type plant struct {
	t          testing.TB
	urls       local.URLs
	db         *postgres.DB
	rows       *pgxpool.Pool
	redisURL   string
	redis      *redis.Client
	relay      *Relay
	metrics    *Metrics
	intake     *desk.Intake
	connection uuid.UUID
}

// build makes a plant on this Redis, with a relay that does not run yet.
func build(t testing.TB, redisURL string) *plant {
	t.Helper()
	database := pgtest.New(t)
	db, err := postgres.Open(t.Context(), postgres.Config{URL: database.URLs.App, CustomerURL: database.URLs.Customer, CustomerMaxConns: 1})
	check(t, err)
	t.Cleanup(db.Close)
	options, err := redis.ParseURL(redisURL)
	check(t, err)
	options.PoolSize = 32
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	config, err := pgxpool.ParseConfig(database.URLs.App)
	check(t, err)
	config.ConnConfig.RuntimeParams["search_path"], config.MaxConns = migrations.Schema, 2
	rows, err := pgxpool.NewWithConfig(t.Context(), config)
	check(t, err)
	t.Cleanup(rows.Close)
	p := &plant{t: t, urls: database.URLs, db: db, rows: rows, redisURL: redisURL, redis: client, metrics: NewMetrics(nil), connection: uuid.New()}
	_, err = p.rows.Exec(t.Context(), "insert into connections (id, kind, name) values ($1, 'generic', 'test')", p.connection)
	check(t, err)
	p.relay, err = NewRelay(RelayConfig{}, db, client, quiet(), p.metrics)
	check(t, err)
	p.intake = desk.NewIntake(db, time.Hour, p.relay.Nudge)
	return p
}

// background runs something until the test ends.
func (p *plant) background(run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { run(ctx) })
	p.t.Cleanup(func() { cancel(); group.Wait() })
}

// serve runs handlers until the test ends.
func (p *plant) serve(handlers ...Handler) {
	p.t.Helper()
	server, err := NewServer(ServerConfig{}, p.redis, p.db, quiet(), p.metrics, handlers...)
	check(p.t, err)
	check(p.t, server.Start())
	p.t.Cleanup(server.Shutdown)
}

func (p *plant) triage(decider Decider) *Triage {
	return NewTriage(p.db, p.db, decider, nil, nil, p.metrics)
}

func (p *plant) inspector() *asynq.Inspector { return asynq.NewInspectorFromRedisClient(p.redis) }

// process starts a worker process.
func (p *plant) process() *exec.Cmd {
	p.t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), workerVariable+"=1", workerRedis+"="+p.redisURL,
		workerDatabase+"="+p.urls.App, workerCustomerDatabase+"="+p.urls.Customer)
	command.Stderr = os.Stderr
	check(p.t, command.Start())
	p.t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	return command
}

// accept takes in messages from the first number up to but not including the last
// from 16 connections at once; ticket names the ticket of each.
func (p *plant) accept(first, last int, ticket func(int) string) {
	p.t.Helper()
	numbers := make(chan int)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for number := range numbers {
				if _, err := p.intake.Receive(p.t.Context(), p.event(number, ticket(number))); err != nil {
					p.t.Errorf("event %d was refused: %v", number, err)
				}
			}
		})
	}
	for number := first; number < last; number++ {
		numbers <- number
	}
	close(numbers)
	group.Wait()
}

func (p *plant) event(number int, ticket string) desk.Incoming {
	return desk.Incoming{
		ConnectionID: p.connection, DeliveryKey: fmt.Sprint("delivery ", number), Raw: []byte("{}"),
		TicketExternalID: ticket, Subject: "Cannot log in",
		Message:   desk.IncomingMessage{AuthorKind: desk.ByCustomer, Audience: desk.Public, Body: fmt.Sprint("Message ", number), SentAt: time.Now()},
		Requester: desk.Requester{Subject: fmt.Sprint("person ", number%100)},
	}
}

// ownTicket gives every message a ticket of its own.
func ownTicket(number int) string { return fmt.Sprint("ticket ", number) }

// one reads one number.
func (p *plant) one(sql string, args ...any) int {
	p.t.Helper()
	var number int
	check(p.t, p.rows.QueryRow(context.Background(), sql, args...).Scan(&number))
	return number
}

// until waits for a count to reach a number.
func (p *plant) until(what string, want int, sql string, args ...any) {
	p.t.Helper()
	p.eventually(fmt.Sprintf("%d %s", want, what), func() bool { return p.one(sql, args...) >= want })
}

// eventually waits for something to be true.
func (p *plant) eventually(what string, is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("waited in vain for: %s", what)
		}
	}
}

const decidedCount = "select count(*) from decisions"

// settled waits until all work is done, and checks that nothing was lost or done twice.
func (p *plant) settled(tickets, messages int) {
	p.t.Helper()
	p.until("rows done", messages, "select count(*) from outbox where kind = 'ticket:triage' and state = 'done'")
	for what, expected := range map[string]struct {
		want int
		sql  string
	}{
		"tickets with a current decision": {tickets, "select count(*) from tickets where current_decision_id is not null"},
		"tickets without one":             {0, "select count(*) from tickets where current_decision_id is null and not is_sentinel"},
		"causes decided":                  {messages, "select count(distinct cause_id) from decisions"},
		"decisions":                       {messages, decidedCount},
		"work left":                       {0, "select count(*) from outbox where state <> 'done'"},
		"tickets whose last message was not read": {0, `select count(*) from tickets t join decisions d on d.id = t.current_decision_id
			where d.through_sequence <> t.message_count`},
	} {
		if got := p.one(expected.sql); got != expected.want {
			p.t.Errorf("%s: %d, want %d", what, got, expected.want)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// quiet logs nothing.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
