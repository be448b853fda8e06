package postgres

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

func fill(t testing.TB, db *DB, rows int, state string) {
	t.Helper()
	run(t, db.app, `insert into outbox (id, kind, payload, state, finished_at)
		select gen_random_uuid(), 'ticket:triage', '{}', $2, case when $2 <> 'open' then now() end from generate_series(1, $1)`, rows, state)
}

func take(t testing.TB, db *DB, epoch string, limit int) []desk.Work {
	t.Helper()
	work, err := db.TakeUnsent(t.Context(), epoch, limit)
	must(t, err)
	return work
}

func TestRelaysNeverTakeTheSameRow(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	const rows = 500
	fill(t, db, rows, "open")
	var mutex sync.Mutex
	seen := map[uuid.UUID]int{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for {
				work, err := db.TakeUnsent(t.Context(), "e1", 20)
				if err != nil || len(work) == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				mutex.Lock()
				for _, row := range work {
					seen[row.ID]++
				}
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	if len(seen) != rows {
		t.Errorf("%d rows were taken, want %d", len(seen), rows)
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("row %s was taken %d times, want once", id, times)
		}
	}
}

func TestRowsComeBackWhenGivenBackForgottenOrStale(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	fill(t, db, 1, "open")
	taken := take(t, db, "e1", 10)
	if len(taken) != 1 || taken[0].Attempts != 1 || len(take(t, db, "e1", 10)) != 0 {
		t.Fatalf("taken %+v, want one row once", taken)
	}
	must(t, db.GiveBack(t.Context(), []uuid.UUID{taken[0].ID}))
	if again := take(t, db, "e1", 10); len(again) != 1 || again[0].Attempts != 1 {
		t.Errorf("after GiveBack: %+v, want the row with one attempt", again)
	}
	forgotten, err := db.ForgetOtherEpochs(t.Context(), "e1")
	must(t, err)
	if forgotten != 0 {
		t.Errorf("%d rows of the same epoch were forgotten, want 0", forgotten)
	}
	forgotten, err = db.ForgetOtherEpochs(t.Context(), "e2")
	must(t, err)
	if forgotten != 1 || len(take(t, db, "e2", 10)) != 1 {
		t.Errorf("%d rows were forgotten with a new epoch, want 1", forgotten)
	}
	stale := func(age time.Duration) int {
		run(t, db.app, "update outbox set enqueued_at = now() - $1::interval", age)
		work, err := db.TakeStale(t.Context(), "e2", time.Minute, 10)
		must(t, err)
		return len(work)
	}
	// Two attempts were made by now, so the row is stale after twice the age.
	if fresh, old := stale(90*time.Second), stale(150*time.Second); fresh != 0 || old != 1 {
		t.Errorf("stale after 90 s: %d, after 150 s: %d; want 0 and 1", fresh, old)
	}
}

func TestFailedWorkIsListedAndRetried(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	fill(t, db, 1, "open")
	fill(t, db, 3, "done")
	id := take(t, db, "e1", 1)[0].ID
	must(t, db.FailWork(t.Context(), id, "the payload is malformed"))
	failed, err := db.ListWork(t.Context(), desk.WorkFailed, uuid.Nil, 10)
	must(t, err)
	if len(failed) != 1 || failed[0].Reason != "the payload is malformed" || failed[0].FinishedAt == nil {
		t.Fatalf("failed rows %+v, want the one with its reason", failed)
	}
	if counts, err := db.Backlog(t.Context()); err != nil || counts.Failed != 1 || counts.Open != 0 || counts.Lag != 0 {
		t.Errorf("backlog %+v, %v; want one failed and none open", counts, err)
	}
	must(t, db.RetryWork(t.Context(), id))
	if again := take(t, db, "e1", 1); len(again) != 1 || !again[0].Reopened || again[0].Reason != "" {
		t.Errorf("after retry: %+v, want the row, reopened and without reason", again)
	}
	must(t, db.FinishWork(t.Context(), id))
	must(t, db.FailWork(t.Context(), id, "too late"))
	if state := value[string](t, db.app, "select state from outbox where id = $1", id); state != "done" {
		t.Errorf("finished work became %s, want done", state)
	}
	if err := db.RetryWork(t.Context(), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("retry of finished work: %v, want not found", err)
	}
}

func TestListWorkPages(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	fill(t, db, 25, "failed")
	var all []uuid.UUID
	before := uuid.Nil
	for {
		page, err := db.ListWork(t.Context(), desk.WorkFailed, before, 10)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, work := range page {
			all = append(all, work.ID)
		}
		before = all[len(all)-1]
	}
	slices.SortFunc(all, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	if distinct := len(slices.Compact(all)); distinct != 25 {
		t.Errorf("the pages show %d rows, want 25", distinct)
	}
}

func TestASlotIsScheduledOnce(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	slot := time.Now().Truncate(time.Hour)
	var group sync.WaitGroup
	added := make(chan bool, 8)
	for range cap(added) {
		group.Go(func() {
			first, err := db.ScheduleWork(t.Context(), "expire", "maintenance:expire", []byte("{}"), slot)
			if err != nil {
				t.Error(err)
			}
			added <- first
		})
	}
	group.Wait()
	close(added)
	firsts := 0
	for first := range added {
		if first {
			firsts++
		}
	}
	if firsts != 1 || count(t, db, "outbox") != 1 {
		t.Errorf("%d processes added the slot, %d rows; want 1 and 1", firsts, count(t, db, "outbox"))
	}
	if next, err := db.ScheduleWork(t.Context(), "expire", "maintenance:expire", []byte("{}"), slot.Add(time.Hour)); err != nil || !next {
		t.Errorf("the next slot: %v, %v; want it added", next, err)
	}
	if _, err := db.ScheduleWork(t.Context(), "", "x", []byte("{}"), slot); !fault.Is(err, fault.Invalid) {
		t.Errorf("no name: %v, want invalid", err)
	}
}

func TestExpireRemovesOnlyWhatIsOver(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	connection := connect(t, db)
	for _, key := range []string{"old", "new"} {
		receive(t, db, event(connection, key, key, "u1"))
	}
	run(t, db.app, "update deliveries set expires_at = now() - interval '1 day' where delivery_key = 'old'")
	fill(t, db, 2500, "done")
	run(t, db.app, "update outbox set finished_at = now() - interval '9 days' where state = 'done'")
	run(t, db.app, `insert into answers (id, question, outcome, confidence, expires_at)
		select gen_random_uuid(), 'q', 'unknown', 0, now() + i * interval '1 day' from unnest(array[-1, 1]) i`)
	fill(t, db, 1, "open")
	work := value[uuid.UUID](t, db.app, "select id from outbox where ticket_id is null and state = 'open'")
	for _, want := range []int64{2502, 0} {
		touched, err := db.Expire(t.Context(), work, 7*24*time.Hour)
		must(t, err)
		if touched != want {
			t.Errorf("%d rows were touched, want %d", touched, want)
		}
	}
	for table, want := range map[string]int{
		"deliveries where body is null and delivery_key = 'old'": 1, "deliveries where body is not null": 1, "answers": 1, "outbox where state = 'done'": 1,
	} {
		if got := count(t, db, table); got != want {
			t.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
	if again := receive(t, db, event(connection, "old", "old", "u1")); !again.Replayed {
		t.Error("an expired delivery is not recognised any more")
	}
}

func TestTheRelaysQueriesUsePartialIndexes(t *testing.T) {
	t.Parallel()
	db := openWide(t)
	fill(t, db, 100_000, "done")
	fill(t, db, 50, "open")
	run(t, db.app, "update outbox set enqueued_at = now() - interval '1 hour', enqueued_epoch = 'e0' where state = 'open' and random() < 0.5")
	for name, query := range map[string]struct {
		sql  string
		args []any
	}{
		"unsent": {takeUnsent, []any{"e1", 10}}, "stale": {takeStale, []any{"e1", time.Minute, 10}},
		"epoch": {forgetEpoch, []any{"e1"}}, "backlog": {backlog, nil}, "failed": {listWork, []any{"failed", nil, 10}},
	} {
		var plan strings.Builder
		must(t, pgx.BeginFunc(context.Background(), db.app, func(tx pgx.Tx) error {
			rows, err := tx.Query(t.Context(), "explain "+query.sql, query.args...)
			if err != nil {
				return err
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			plan.WriteString(strings.Join(lines, "\n"))
			return err
		}))
		if strings.Contains(plan.String(), "Seq Scan on outbox") {
			t.Errorf("%s reads the whole outbox:\n%s", name, plan.String())
		}
	}
}
