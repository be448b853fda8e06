package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// watched is a field that acts alone, with the watch over it as far as it was counted.
type watched struct {
	field  string
	policy triage.FieldPolicy
	since  int64 // the version of the policy since which it acts as it does
	drift  promise.Drift
	state  promise.DriftState
	at     *time.Time
}

const selectPolicyValues = `select version, value from setting_versions where name = $1 and version <= $2 order by version desc limit 200`

// sinceOf finds for each field the oldest version from which on it has acted alone as it
// does in this policy.
func (db *DB) sinceOf(ctx context.Context, policy triage.Policy, fields []string) (map[string]int64, error) {
	since, going := map[string]int64{}, map[string]bool{}
	for _, field := range fields {
		since[field], going[field] = policy.Version, true
	}
	versions, err := many[struct {
		Version int64
		Value   json.RawMessage
	}](db.app.Query(ctx, selectPolicyValues, PolicySetting, policy.Version))
	if err != nil {
		return nil, failure(err, "read the policy's versions")
	}
	for _, version := range versions {
		earlier, _ := triage.ParsePolicy(version.Value) // one that is not valid any more acts as nothing does
		for field := range going {
			if !earlier.Fields[field].ActsAs(policy.Fields[field]) {
				delete(going, field)
				continue
			}
			since[field] = version.Version
		}
		if len(going) == 0 {
			break
		}
	}
	return since, nil
}

const selectDriftStates = `select field, policy_version, watch, state, checked_at from drift_states`

// watchedFields returns what acts alone, in order, and how the watches stand. A watch of
// another threshold or target is over, so the field's begins anew.
func (db *DB) watchedFields(ctx context.Context, policy triage.Policy) ([]watched, error) {
	fields := policy.Watched()
	since, err := db.sinceOf(ctx, policy, fields)
	if err != nil {
		return nil, err
	}
	stored, err := many[struct {
		Field   string
		Version int64
		Watch   json.RawMessage
		State   promise.DriftState
		At      time.Time
	}](db.app.Query(ctx, selectDriftStates))
	if err != nil {
		return nil, failure(err, "read the watches")
	}
	var all []watched
	for _, field := range fields {
		watch := watched{field: field, policy: policy.Fields[field], since: since[field], state: promise.Inconclusive}
		watch.drift = watch.policy.NewWatch()
		for _, state := range stored {
			if state.Field != field || state.Version != watch.since {
				continue
			}
			if err := json.Unmarshal(state.Watch, &watch.drift); err != nil {
				return nil, failure(err, "read the watch over %s", field)
			}
			watch.state, watch.at = state.State, &state.At
		}
		all = append(all, watch)
	}
	return all, nil
}

const selectTicketsADay = `
select greatest((select count(*) from tickets where created_at > now() - interval '1 day' and not is_sentinel),
                (select count(*) from tickets where created_at > now() - interval '7 days' and not is_sentinel) / 7.0)::float8`

// How often a field acts is told by the sample, which speaks for all tickets.
const selectCoverage = `
select avg(case when d.fields -> $1 ->> 'outcome' = 'auto' then 1 else 0 end)::float8
from (select decision_id from blind_samples where drawn_at > now() - interval '28 days' order by drawn_at desc limit 500) s
join decisions d on d.id = s.decision_id
where (d.versions ->> 'policy')::bigint >= $2`

// BlindPlan says how the blind sample is to be drawn now.
func (db *DB) BlindPlan(ctx context.Context) (triage.BlindPlan, error) {
	policy, err := db.Policy(ctx)
	if err != nil {
		return triage.BlindPlan{}, err
	}
	watches, err := db.watchedFields(ctx, policy)
	if err != nil {
		return triage.BlindPlan{}, err
	}
	return db.planBlind(ctx, policy, watches)
}

func (db *DB) planBlind(ctx context.Context, policy triage.Policy, watches []watched) (triage.BlindPlan, error) {
	var ticketsADay float64
	if err := db.app.QueryRow(ctx, selectTicketsADay).Scan(&ticketsADay); err != nil {
		return triage.BlindPlan{}, failure(err, "count the day's tickets")
	}
	var needs []triage.FieldNeed
	for _, watch := range watches {
		var share *float64
		if err := db.app.QueryRow(ctx, selectCoverage, watch.field, watch.since).Scan(&share); err != nil {
			return triage.BlindPlan{}, failure(err, "measure how often %s acts", watch.field)
		}
		need := triage.FieldNeed{Needed: watch.stillNeeded(), Coverage: math.NaN()}
		if share != nil {
			need.Coverage = *share
		}
		needs = append(needs, need)
	}
	return policy.PlanBlind(ticketsADay, needs), nil
}

// stillNeeded is how many more answers the field wants. One that meets its target is
// watched on by half of what a new one wants, since it may fall any day; so is one
// whose answers do not reach the target, until they refute it.
func (w watched) stillNeeded() int {
	fresh := w.policy.NewWatch().Needed()
	needed := w.drift.Needed() - w.drift.Cases
	if w.state == promise.Inconclusive && needed > 0 {
		return max(needed, fresh/2)
	}
	if w.state == promise.Inconclusive {
		return fresh
	}
	return fresh / 2
}

// A reading counts once it is a minute old: by then whatever began before it is there.
const lockReadings = `
select r.ticket_id from blind_readings r
where r.reading = 1 and r.checked_at is null and r.read_at < now() - $1::interval
order by r.read_at, r.ticket_id
limit 20000
for update of r skip locked`

// In the order of decisions; what the field left to a person says nothing about it.
const selectJudged = `
select l.value = d.fields -> $2 ->> 'value'
from blind_readings r
join blind_samples s on s.ticket_id = r.ticket_id
join decisions d on d.id = s.decision_id
join labels l on l.ticket_id = r.ticket_id and l.field = $2 and l.provenance = 'blind'
  and l.actor_kind = r.actor_kind and l.actor_id is not distinct from r.actor_id
where r.ticket_id = any($1) and r.reading = 1 and d.fields -> $2 ->> 'outcome' = 'auto' and (d.versions ->> 'policy')::bigint >= $3
order by s.drawn_at, s.ticket_id`

const keepDrift = `
insert into drift_states (field, policy_version, watch, state) values ($1, $2, $3, $4)
on conflict (field) do update set policy_version = excluded.policy_version, watch = excluded.watch, state = excluded.state, checked_at = now()`

const closeReadings = `update blind_readings set checked_at = now() where ticket_id = any($1) and reading = 1`

// readingAge is how old a reading must be to be counted.
const readingAge = time.Minute

// driftLock makes checks wait for each other, so that each counts what the one before left.
const driftLock = `select pg_advisory_xact_lock(hashtext('signalbox drift'))`

// CheckDrift counts the blind answers that have come since the last check and takes
// every field back to suggest whose precision is shown to be under its target. It
// returns what was taken back. Running it twice changes nothing.
func (db *DB) CheckDrift(ctx context.Context) ([]triage.Demotion, error) {
	policy, err := db.Policy(ctx)
	if err != nil {
		return nil, err
	}
	var watches []watched
	err = pgx.BeginFunc(ctx, db.app, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, driftLock); err != nil {
			return err
		}
		if watches, err = db.watchedFields(ctx, policy); err != nil {
			return err
		}
		return countReadings(ctx, tx, watches)
	})
	if err != nil {
		return nil, failure(err, "count blind answers")
	}
	var demoted []triage.Demotion
	for _, watch := range watches {
		if watch.state != promise.Fails || watch.policy.Target == 0 {
			continue
		}
		done, err := db.demote(ctx, watch)
		if err != nil {
			return demoted, err
		}
		demoted = append(demoted, done...)
	}
	return demoted, nil
}

func countReadings(ctx context.Context, tx pgx.Tx, watches []watched) error {
	open, err := many[struct{ Ticket uuid.UUID }](tx.Query(ctx, lockReadings, readingAge))
	if err != nil {
		return err
	}
	tickets := make([]uuid.UUID, len(open))
	for i, reading := range open {
		tickets[i] = reading.Ticket
	}
	for i := range watches {
		watch := &watches[i]
		judged, err := many[struct{ Right bool }](tx.Query(ctx, selectJudged, tickets, watch.field, watch.since))
		if err != nil {
			return err
		}
		for _, answer := range judged {
			watch.drift.Observe(answer.Right)
		}
		watch.state = watch.drift.State()
		kept, err := json.Marshal(watch.drift)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, keepDrift, watch.field, watch.since, json.RawMessage(kept), string(watch.state)); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, closeReadings, tickets)
	return err
}

// demote takes a field back to suggest, unless somebody has changed it meanwhile. It
// tries again if only another part of the policy was changed at the same moment.
func (db *DB) demote(ctx context.Context, watch watched) ([]triage.Demotion, error) {
	reason := watch.failure()
	for range changeAttempts {
		policy, err := db.Policy(ctx)
		if err != nil {
			return nil, err
		}
		field := policy.Fields[watch.field]
		if !field.ActsAs(watch.policy) {
			return nil, nil
		}
		field.Mode = triage.ModeSuggest
		policy.Fields[watch.field] = field
		_, _, err = db.PutPolicy(ctx, desk.Actor{Kind: desk.SystemActor}, policy, PolicyEdit{Action: PolicyDemote, Reason: reason})
		if fault.Is(err, fault.Conflict) {
			continue
		}
		return []triage.Demotion{{Field: watch.field, Reason: reason}}, err
	}
	return nil, failure(errors.New("the policy keeps changing"), "demote %s", watch.field)
}

// failure says in numbers why a field is taken back.
func (w watched) failure() string {
	interval := w.drift.Interval()
	return fmt.Sprintf("%s was right in %d of %d blind answers (%.1f–%.1f %%), below its target of %.4g %%",
		w.field, w.drift.Right, w.drift.Cases, 100*interval.Low, 100*interval.High, 100*w.policy.Target)
}

const selectLastCheck = `select coalesce(max(checked_at), '-infinity') > now() - make_interval(days => $1) + interval '1 hour' from drift_states`

// DriftDue says whether the answers are to be counted: as often as the policy says, and
// at once where a check found a failure and was interrupted before it took the field back.
func (db *DB) DriftDue(ctx context.Context) (bool, error) {
	policy, err := db.Policy(ctx)
	if err != nil {
		return false, err
	}
	watches, err := db.watchedFields(ctx, policy)
	if err != nil {
		return false, err
	}
	for _, watch := range watches {
		if watch.state == promise.Fails {
			return true, nil
		}
	}
	var recent bool
	err = db.app.QueryRow(ctx, selectLastCheck, policy.Review.CheckDays).Scan(&recent)
	return len(watches) > 0 && !recent, failure(err, "ask when drift was checked")
}
