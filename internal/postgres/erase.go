package postgres

import (
	"context"
	_ "embed"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

//go:embed erase.sql
var erase string

// Erasure counts what was erased.
type Erasure struct {
	Identities int `json:"identities"`
	Tickets    int `json:"tickets"`
	Messages   int `json:"messages"`
	Deliveries int `json:"deliveries"`
	Answers    int `json:"answers"`
	Tasks      int `json:"tasks"`
}

func (e Erasure) details() map[string]any {
	return map[string]any{"identities": e.Identities, "tickets": e.Tickets, "messages": e.Messages,
		"deliveries": e.Deliveries, "answers": e.Answers, "tasks": e.Tasks}
}

// The locks wait for every event of theirs that is being received, so that the
// statement after them sees its rows, and make the next ones wait for the erasure.
// Their order is that of intake, which changes a ticket and then refers to a person.
// The tickets are locked again once nobody can become theirs: one that came between
// the two locks may be getting a further message, which would stay on it.
// What gets past them, a first ticket in the same moment, EraseLeftovers finds.
const (
	lockTickets = `select from tickets where customer_id = $1 order by id for update`
	lockPerson  = `select from customers where id = $1 for update`
)

// EraseCustomer removes a person from every table in one transaction. Their
// tickets stay as decisions without text and belong to nobody; whoever writes
// again is a new customer. Erasing twice changes nothing. docs/privacy.md lists
// what becomes of each column, and what lies outside: backups, the write-ahead
// log, and the helpdesk itself.
func (db *DB) EraseCustomer(ctx context.Context, actor desk.Actor, id uuid.UUID) (Erasure, error) {
	var done Erasure
	if id.String() == sentinelPerson { // without it the separation cannot be checked, and serve does not start
		return done, fault.New(fault.NotFound, "no such customer")
	}
	err := db.changing(ctx, actor, func(tx pgx.Tx) (_ change, err error) {
		done, err = erasePerson(ctx, tx, id)
		return change{"customer.erase", "customer", id, done.details()}, err
	})
	return done, failure(err, "erase customer %s", id)
}

func erasePerson(ctx context.Context, tx pgx.Tx, id uuid.UUID) (Erasure, error) {
	for _, lock := range []string{lockTickets, lockPerson, lockTickets} {
		if _, err := tx.Exec(ctx, lock, id); err != nil {
			return Erasure{}, err
		}
	}
	var done Erasure
	var people int
	err := tx.QueryRow(ctx, erase, id).Scan(&people, &done.Identities, &done.Tickets, &done.Messages,
		&done.Deliveries, &done.Answers, &done.Tasks)
	if err == nil && people == 0 {
		err = fault.New(fault.NotFound, "no such customer")
	}
	return done, err
}

// An event that was being received while its sender was erased may have been
// stored for the erased person a moment later. If they have already written
// again, it stands on a ticket of the new customer that they are now, and is
// erased with that one.
const selectLeftovers = `
select c.id from customers c
where c.erased_at is not null and (
  exists (select from tickets where customer_id = c.id) or exists (select from customer_identities where customer_id = c.id)
  or exists (select from deliveries where customer_id = c.id) or exists (select from answers where customer_id = c.id)
  or c.name <> '' or c.email <> '')
limit 100`

// EraseLeftovers erases again every erased person of whom something came in at
// the same moment, up to a hundred, and returns how many there were. The
// maintenance schedule calls it.
func (db *DB) EraseLeftovers(ctx context.Context) (int, error) {
	people, err := many[struct{ ID uuid.UUID }](db.app.Query(ctx, selectLeftovers))
	if err != nil {
		return 0, failure(err, "look for leftovers of erased customers")
	}
	for _, person := range people {
		if _, err := db.EraseCustomer(ctx, desk.Actor{Kind: desk.SystemActor}, person.ID); err != nil {
			return 0, err
		}
	}
	return len(people), nil
}
