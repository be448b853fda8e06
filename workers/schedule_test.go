package workers

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/pgtest"
)

func TestEachSlotIsDoneOnce(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	p.background(p.relay.Run)
	p.serve(NewExpire(p.db))
	nudges := 0
	now := time.Date(2026, 5, 1, 10, 20, 0, 0, time.UTC)
	for range 2 { // two processes
		schedule, err := NewSchedule(DefaultEntries(), p.db, func() { nudges++; p.relay.Nudge() }, quiet())
		check(t, err)
		for _, later := range []time.Duration{0, 30 * time.Minute, 45 * time.Minute} {
			check(t, schedule.Tick(t.Context(), now.Add(later)))
		}
	}
	if nudges != 2 {
		t.Errorf("%d nudges, want 2: for the slots of 10 and 11 o'clock", nudges)
	}
	p.until("slots done", 2, "select count(*) from outbox where kind = $1 and state = 'done'", ExpireKind)
}

func TestExpireTwiceAndWithoutItsRow(t *testing.T) {
	t.Parallel()
	p := build(t, pgtest.Redis(t))
	p.accept(0, 3, ownTicket)
	_, err := p.rows.Exec(t.Context(), "update deliveries set expires_at = now()")
	check(t, err)
	handler := NewExpire(p.db)
	work := uuid.New()
	_, err = p.rows.Exec(t.Context(), "insert into outbox (id, kind, payload) values ($1, $2, '{}')", work, ExpireKind)
	check(t, err)
	for _, id := range []uuid.UUID{work, work, uuid.New()} {
		check(t, handler.Handle(t.Context(), id, []byte(`"no payload is read"`)))
	}
	if got := p.one("select count(*) from deliveries where body is null"); got != 3 {
		t.Errorf("%d bodies are gone, want 3", got)
	}
	left, err := p.db.ListWork(t.Context(), desk.WorkOpen, uuid.Nil, 10)
	check(t, err)
	if len(left) != 3 {
		t.Errorf("%d rows are open, want the 3 of the tickets", len(left))
	}
}

func TestWrongEntriesAreRefused(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]Entry{
		"no name": {Kind: "x", Every: time.Hour}, "no kind": {Name: "x", Every: time.Hour}, "too often": {Name: "x", Kind: "x", Every: time.Millisecond},
	} {
		if _, err := NewSchedule([]Entry{entry}, nil, nil, quiet()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
}
