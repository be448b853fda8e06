package workers

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
	"github.com/signalbox/signalbox/triage"
)

// inFlight is how many tickets each of these tests has under way.
const inFlight = 2000

func TestKilledWorkerLosesNothing(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.OwnRedis(t).URL)
	worker := p.process()
	p.accept(0, inFlight, ownTicket)
	p.until("decisions", inFlight/10, decidedCount)
	check(t, worker.Process.Kill())
	_ = worker.Wait()
	if decided := p.one(decidedCount); decided == inFlight {
		t.Fatal("the worker was done before it was killed")
	}
	p.process()
	p.settled(inFlight, inFlight)
}

func TestFlushedRedisLosesNothing(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.OwnRedis(t).URL)
	p.background(p.relay.Run)
	p.serve(p.triage(fixed{pause: 10 * time.Millisecond}))
	p.accept(0, inFlight, ownTicket)
	for i := range 3 {
		p.until("decisions", (i+1)*inFlight/10, decidedCount)
		check(t, p.redis.FlushAll(t.Context()).Err())
	}
	p.settled(inFlight, inFlight)
}

func TestStoppedRedisLosesNothing(t *testing.T) {
	t.Parallel()
	server := pgtest.OwnRedis(t)
	p := build(t, server.URL)
	p.background(p.relay.Run)
	p.serve(p.triage(fixed{pause: 5 * time.Millisecond}))
	p.accept(0, inFlight/2, ownTicket)
	p.until("decisions", inFlight/10, decidedCount)
	server.Kill()
	// The hooks accept all the same.
	p.accept(inFlight/2, inFlight*3/4, ownTicket)
	server.Start()
	p.accept(inFlight*3/4, inFlight, ownTicket)
	p.settled(inFlight, inFlight)
}

func TestGivenUpTasksAreVisibleAndRetried(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.OwnRedis(t).URL)
	var mended atomic.Bool
	p.background(p.relay.Run)
	p.accept(0, inFlight, ownTicket)
	p.until("enqueued rows", inFlight, "select count(*) from outbox where enqueued_at is not null")
	// A row is marked before its task is in Redis: wait for the last of them too.
	for {
		info, err := p.inspector().GetQueueInfo(DefaultQueue)
		check(t, err)
		if info.Pending == inFlight {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	archived, err := p.inspector().ArchiveAllPendingTasks(DefaultQueue)
	check(t, err)
	// What was archived by hand is found when its row grows stale.
	_, err = p.rows.Exec(t.Context(), "update outbox set enqueued_at = now() - interval '1 hour'")
	check(t, err)
	p.serve(p.triage(fixed{fail: func(triage.Input) error {
		if !mended.Load() {
			return fault.New(fault.Unprocessable, "the decider refuses this ticket")
		}
		return nil
	}}))
	p.accept(inFlight, inFlight+inFlight/10, ownTicket)
	failed := "select count(*) from outbox where state = 'failed'"
	p.until("failed rows", inFlight+inFlight/10, failed)
	if archived != inFlight {
		t.Errorf("%d tasks were archived by hand, want %d", archived, inFlight)
	}
	if got := p.one(failed + " and reason = 'the decider refuses this ticket'"); got != inFlight/10 {
		t.Errorf("%d rows name the handler's reason, want %d", got, inFlight/10)
	}
	mended.Store(true)
	retryAll(t, p)
	p.settled(inFlight+inFlight/10, inFlight+inFlight/10)
}

// retryAll does what `signalbox jobs retry` does, for every failed row.
func retryAll(t *testing.T, p *plant) {
	t.Helper()
	for {
		failed, err := p.db.ListWork(t.Context(), desk.WorkFailed, uuid.Nil, 500)
		check(t, err)
		if len(failed) == 0 {
			return
		}
		for _, work := range failed {
			check(t, p.db.RetryWork(t.Context(), work.ID))
		}
		p.relay.Nudge()
	}
}

func TestTheCurrentDecisionHasReadTheLastMessage(t *testing.T) {
	t.Parallel()
	const tickets = 50
	p := build(t, pgtest.OwnRedis(t).URL)
	p.background(p.relay.Run)
	handler := NewTriage(p.db, p.db, jittery{}, nil, nil, p.metrics)
	p.serve(handler)
	p.accept(0, inFlight, func(number int) string { return fmt.Sprint("ticket ", number%tickets) })
	p.settled(tickets, inFlight)
}

// jittery takes its time, so that decisions overtake each other.
type jittery struct{}

func (jittery) Decide(input triage.Input) (triage.Decision, error) {
	return fixed{pause: rand.N(10 * time.Millisecond)}.Decide(input)
}
