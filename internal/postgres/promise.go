package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/signalbox/signalbox/internal/promise"
	"github.com/signalbox/signalbox/triage"
)

// The estimate takes every answer that is there, counted by a check or not.
const selectDrawn = `
select l.value = d.fields -> $1 ->> 'value', s.probability
from blind_samples s
join blind_readings r on r.ticket_id = s.ticket_id and r.reading = 1
join decisions d on d.id = s.decision_id
join labels l on l.ticket_id = s.ticket_id and l.field = $1 and l.provenance = 'blind'
  and l.actor_kind = r.actor_kind and l.actor_id is not distinct from r.actor_id
where d.fields -> $1 ->> 'outcome' = 'auto' and (d.versions ->> 'policy')::bigint >= $2`

// Silence is no confirmation: only what somebody corrected counts here.
const selectActed = `
select count(*), count(*) filter (where exists (
  select from labels l where l.decision_id = d.id and l.field = $1 and l.provenance = 'override'))
from tickets t join decisions d on d.id = t.current_decision_id
where t.created_at > now() - interval '28 days' and not t.is_sentinel and d.fields -> $1 ->> 'outcome' = 'auto'`

const selectTwice = `
select a.field, a.value, b.value
from blind_readings first
join blind_readings second on second.ticket_id = first.ticket_id and second.reading = 2
join labels a on a.ticket_id = first.ticket_id and a.provenance = 'blind' and a.actor_kind = first.actor_kind and a.actor_id is not distinct from first.actor_id
join labels b on b.ticket_id = first.ticket_id and b.provenance = 'blind' and b.actor_kind = second.actor_kind and b.actor_id is not distinct from second.actor_id
  and b.field = a.field
where first.reading = 1
order by first.read_at, first.ticket_id`

// A ticket is right if everything that was done alone with it is. One of which an answer
// is missing says nothing.
const selectWholeTickets = `
select bool_and(l.value = f.value ->> 'value'), s.probability
from blind_samples s
join blind_readings r on r.ticket_id = s.ticket_id and r.reading = 1
join decisions d on d.id = s.decision_id
cross join lateral jsonb_each(d.fields) as f (name, value)
left join labels l on l.ticket_id = s.ticket_id and l.field = f.name and l.provenance = 'blind'
  and l.actor_kind = r.actor_kind and l.actor_id is not distinct from r.actor_id
where f.name = any($1) and f.value ->> 'outcome' = 'auto' and (d.versions ->> 'policy')::bigint >= $2
group by s.ticket_id, s.probability, s.drawn_at
having bool_and(l.value is not null)
order by s.drawn_at, s.ticket_id`

// wholeTickets is how often everything that was done alone with a ticket was right,
// since the last of the fields began to act as it does; nil without an answer.
func (db *DB) wholeTickets(ctx context.Context, watches []watched) (*triage.TicketPromise, error) {
	var fields []string
	since, target := int64(0), 0.0
	for _, watch := range watches {
		fields, since = append(fields, watch.field), max(since, watch.since)
		if target == 0 || watch.policy.Target < target {
			target = watch.policy.Target
		}
	}
	judged, err := many[promise.Drawn](db.app.Query(ctx, selectWholeTickets, fields, since))
	if err != nil || len(judged) == 0 {
		return nil, failure(err, "judge whole tickets")
	}
	drift := triage.FieldPolicy{Target: target}.NewWatch()
	for _, one := range judged {
		drift.Observe(one.Right)
	}
	interval := drift.Interval()
	return &triage.TicketPromise{Target: target, Cases: drift.Cases, Right: drift.Right, Precision: promise.Estimate(judged),
		Interval: triage.Bounds{Low: interval.Low, High: interval.High}, Since: since}, nil
}

const countAnswered = `select count(*) from blind_readings where read_at > now() - interval '28 days'`

// Promise says how everything that acts alone stands to what was promised of it.
func (db *DB) Promise(ctx context.Context) (triage.PromiseReport, error) {
	report := triage.PromiseReport{Fields: []triage.FieldPromise{}, Agreement: map[string]promise.Agreement{}}
	policy, err := db.Policy(ctx)
	if err != nil {
		return report, err
	}
	report.PolicyVersion = policy.Version
	watches, err := db.watchedFields(ctx, policy)
	if err != nil {
		return report, err
	}
	if report.Plan, err = db.planBlind(ctx, policy, watches); err != nil {
		return report, err
	}
	for _, name := range triage.Answerable() {
		field := policy.Fields[name]
		stands := triage.FieldPromise{Field: name, Mode: field.Mode, Threshold: field.Threshold, Target: field.Target}
		if err := db.howItStands(ctx, watches, &stands); err != nil {
			return report, failure(err, "report on %s", name)
		}
		report.Fields = append(report.Fields, stands)
	}
	if report.Tickets, err = db.wholeTickets(ctx, watches); err != nil {
		return report, err
	}
	if err := db.app.QueryRow(ctx, countAnswered).Scan(&report.Answered); err != nil {
		return report, failure(err, "count blind answers")
	}
	var today int
	if err := db.app.QueryRow(ctx, countBlind).Scan(&today, &report.Waiting); err != nil {
		return report, failure(err, "count the blind sample")
	}
	report.Agreement, err = db.agreement(ctx)
	return report, err
}

const selectFailed = `select policy_version, watch, state, checked_at from drift_states where field = $1 and state = 'fails'`

// howItStands fills in the watch over a field, or how the last one ended.
func (db *DB) howItStands(ctx context.Context, watches []watched, stands *triage.FieldPromise) error {
	for _, watch := range watches {
		if watch.field == stands.Field {
			return db.fillPromise(ctx, watch, stands)
		}
	}
	failed, err := many[struct {
		Version int64
		Watch   json.RawMessage
		State   promise.DriftState
		At      time.Time
	}](db.app.Query(ctx, selectFailed, stands.Field))
	if err != nil || len(failed) == 0 || stands.Mode == triage.ModeAuto {
		return err
	}
	last := watched{field: stands.Field, since: failed[0].Version, state: failed[0].State, at: &failed[0].At}
	if err := json.Unmarshal(failed[0].Watch, &last.drift); err != nil {
		return err
	}
	return db.fillPromise(ctx, last, stands)
}

func (db *DB) fillPromise(ctx context.Context, watch watched, stands *triage.FieldPromise) error {
	stands.State, stands.Cases, stands.Right = watch.state, watch.drift.Cases, watch.drift.Right
	stands.Needed, stands.Since, stands.CheckedAt = watch.drift.Needed(), watch.since, watch.at
	interval := watch.drift.Interval()
	stands.Interval = &triage.Bounds{Low: interval.Low, High: interval.High}
	judged, err := many[promise.Drawn](db.app.Query(ctx, selectDrawn, watch.field, watch.since))
	if err != nil {
		return err
	}
	if len(judged) > 0 {
		precision := promise.Estimate(judged)
		stands.Precision = &precision
	}
	return db.app.QueryRow(ctx, selectActed, watch.field).Scan(&stands.Acted, &stands.Overridden)
}

// agreement compares the tickets that two people answered, by field.
func (db *DB) agreement(ctx context.Context) (map[string]promise.Agreement, error) {
	pairs, err := many[struct{ Field, First, Second string }](db.app.Query(ctx, selectTwice))
	if err != nil {
		return nil, failure(err, "compare answers")
	}
	first, second := map[string][]string{}, map[string][]string{}
	for _, pair := range pairs {
		first[pair.Field] = append(first[pair.Field], pair.First)
		second[pair.Field] = append(second[pair.Field], pair.Second)
	}
	agreement := map[string]promise.Agreement{}
	for field := range first {
		agreement[field] = promise.Kappa(first[field], second[field])
	}
	return agreement, nil
}
