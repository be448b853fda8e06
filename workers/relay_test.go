package workers

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
)

func TestRelaySendsEachRowOnce(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	p.accept(0, 450, ownTicket)
	for range 2 {
		check(t, p.relay.pass(t.Context()))
	}
	queue, err := p.inspector().GetQueueInfo(DefaultQueue)
	check(t, err)
	if queue.Pending != 450 {
		t.Errorf("%d tasks are pending, want 450", queue.Pending)
	}
	if got := p.one("select count(*) from outbox where enqueued_at is not null and enqueued_epoch = $1 and attempts = 1", p.relay.epoch); got != 450 {
		t.Errorf("%d rows are marked with the epoch, want 450", got)
	}
}

func TestTwoRelaysAgreeOnTheEpoch(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	slow, err := NewRelay(RelayConfig{Poll: time.Minute}, p.db, p.redis, quiet(), NewMetrics(nil))
	check(t, err)
	other := p.relay
	check(t, slow.pass(t.Context()))
	check(t, other.checkEpoch(t.Context()))
	if slow.epoch == "" || slow.epoch != other.epoch {
		t.Errorf("epochs %q and %q, want one", slow.epoch, other.epoch)
	}
	check(t, p.redis.Set(t.Context(), slow.epochKey(), "another", 0).Err())
	p.accept(0, 3, ownTicket)
	check(t, slow.pass(t.Context())) // it has not looked again, and marks them with the old epoch
	check(t, other.checkEpoch(t.Context()))
	if got := p.one("select count(*) from outbox where enqueued_at is null"); got != 3 {
		t.Errorf("%d rows are unsent after the epoch has changed, want 3", got)
	}
}

func TestStaleRowsOfLivingTasksAreLeftAlone(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	p.accept(0, 5, ownTicket)
	check(t, p.relay.pass(t.Context()))
	_, err := p.rows.Exec(t.Context(), "update outbox set enqueued_at = now() - interval '1 hour'")
	check(t, err)
	check(t, p.relay.sweep(t.Context()))
	queue, err := p.inspector().GetQueueInfo(DefaultQueue)
	check(t, err)
	if queue.Size != 5 {
		t.Errorf("%d tasks after the sweep, want the same 5", queue.Size)
	}
	if got := p.one("select count(*) from outbox where state = 'open' and enqueued_at > now() - interval '1 minute'"); got != 5 {
		t.Errorf("%d rows were looked after, want 5", got)
	}
}

func TestRowsStayUnsentWithoutRedis(t *testing.T) {
	t.Parallel()
	server := pgtest.OwnRedis(t)
	p := build(t, server.URL)
	check(t, p.relay.pass(t.Context()))
	p.accept(0, 5, ownTicket)
	server.Stop()
	if err := p.relay.pass(t.Context()); err == nil {
		t.Error("a pass without Redis reports no error")
	}
	if got := p.one("select count(*) from outbox where state = 'open' and enqueued_at is null and attempts = 0"); got != 5 {
		t.Errorf("%d rows are unsent, want 5", got)
	}
}

func TestConfigurationsAreChecked(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"Poll": RelayConfig{Poll: time.Hour}.Validate(), "StaleAfter": RelayConfig{StaleAfter: time.Millisecond}.Validate(),
		"Batch": RelayConfig{Batch: -1}.Validate(), "Senders": RelayConfig{Senders: 100}.Validate(),
		"Concurrency": ServerConfig{Concurrency: -1}.Validate(), "CheckInterval": ServerConfig{CheckInterval: time.Minute}.Validate(),
		"ShutdownTimeout": ServerConfig{ShutdownTimeout: time.Hour}.Validate(),
	} {
		if !fault.Is(err, fault.Invalid) || fault.Safe(err).Field != name {
			t.Errorf("%s: %v, want an invalid field of that name", name, err)
		}
	}
	check(t, RelayConfig{}.Validate())
	check(t, ServerConfig{}.Validate())
}

func TestRetriesComeLaterEachTime(t *testing.T) {
	t.Parallel()
	task := asynq.NewTask(TriageKind, []byte(`{"a":1}`))
	before := time.Duration(0)
	for retried := range 9 {
		delay := retryDelay(retried, nil, task)
		if delay <= before || delay > 8*time.Minute {
			t.Errorf("retry %d after %s, want more than %s and at most 8 m", retried, delay, before)
		}
		before = delay
	}
	if delay := retryDelay(1000, nil, task); delay <= 0 || delay > 8*time.Minute {
		t.Errorf("retry 1000 after %s, want at most 8 m", delay)
	}
}

func TestAnOutageIsNobodysLastAttempt(t *testing.T) {
	t.Parallel()
	server := &Server{logger: quiet(), metrics: NewMetrics(nil)}
	task := asynq.NewTask(TriageKind, nil)
	server.failed(t.Context(), task, fault.New(fault.Unavailable, "the database does not answer")) // no retries are left
	server.failed(t.Context(), task, fault.New(fault.Internal, "the decider is broken"))
	for last, want := range map[string]float64{"false": 1, "true": 1} {
		if got := testutil.ToFloat64(server.metrics.failures.WithLabelValues(TriageKind, last)); got != want {
			t.Errorf("last=%s was counted %v times, want %v: Asynq goes on during an outage", last, got, want)
		}
	}
}

func TestEveryKindHasLimits(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{TriageKind, ExpireKind, "some:thing"} {
		if limit := limitsOf(kind); limit.timeout <= 0 || limit.retries <= 0 {
			t.Errorf("%s: limits %+v, want a timeout and retries", kind, limit)
		}
	}
	row := desk.Work{ID: uuid.New(), Kind: TriageKind, Attempts: 2}
	if work, err := workOf(taskID(row.ID, row.Kind)); err != nil || work != row.ID {
		t.Errorf("the task's row is %s, %v; want %s", work, err, row.ID)
	}
}

func TestMetricsRegister(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	NewMetrics(registry).sent.Inc()
	families, err := registry.Gather()
	check(t, err)
	if len(families) == 0 {
		t.Error("no metric is registered")
	}
}
