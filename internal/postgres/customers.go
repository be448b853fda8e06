package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// The address links a person to tickets, so these rules hold for every change:
// a claim that the site has not verified never replaces an address, and fills an
// empty one only for a person whom no helpdesk knows. Otherwise somebody could
// claim another's address and wait for the owner to be linked to them.

const customerColumns = `c.id, c.account_id, c.name, c.email, c.email_verified, c.role, c.vip, c.language, c.time_zone`

// linkable: a helpdesk came to know the verified address after the site did.
const selectByIdentity = `
select ` + customerColumns + `,
  c.email_verified
  and not exists (select from customer_identities o join connections h on h.id = o.source_id where o.customer_id = c.id)
  and exists (
    select from customers other join customer_identities o on o.customer_id = other.id join connections h on h.id = o.source_id
    where lower(other.email) = lower(c.email) and other.email <> '' and other.erased_at is null)
from customer_identities i join customers c on c.id = i.customer_id
where i.source_id = $1 and i.subject = $2 and c.erased_at is null`

// CustomerByIdentity returns the customer of a verified token, and makes one when
// a subject is seen for the first time. With a verified address the identity is
// attached to the person whom a helpdesk already knows by it, which links their
// earlier tickets; if several helpdesks do, to the one known longest.
func (db *DB) CustomerByIdentity(ctx context.Context, siteID uuid.UUID, claims desk.Claims) (desk.Customer, error) {
	if err := validClaims(claims); err != nil {
		return desk.Customer{}, err
	}
	known, err := one[identified](db.app.Query(ctx, selectByIdentity, siteID, claims.Subject))
	if err == nil && !known.Linkable && !news(known.Customer, claims) {
		return known.Customer, nil
	}
	if err != nil && !fault.Is(failure(err, ""), fault.NotFound) {
		return desk.Customer{}, failure(err, "find customer")
	}
	var customer desk.Customer
	err = pgx.BeginFunc(ctx, db.app, func(tx pgx.Tx) (err error) {
		customer, err = settle(ctx, tx, siteID, claims)
		return err
	})
	return customer, failure(err, "settle customer's identity")
}

// identified is a customer as found by an identity.
type identified struct {
	desk.Customer
	Linkable bool
}

// news reports whether a token says what the record does not.
func news(known desk.Customer, claims desk.Claims) bool {
	return claims.Name != "" && claims.Name != known.Name ||
		claims.Language != "" && claims.Language != known.Language ||
		claims.Email != "" && claims.EmailVerified && (claims.Email != known.Email || !known.EmailVerified) ||
		claims.Email != "" && known.Email == ""
}

const lockIdentity = `select pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 7))`

const selectHelpdeskCustomer = `
select c.id
from customers c
where claimed.email <> '' and c.email <> '' and lower(c.email) = lower(claimed.email) and c.erased_at is null
  and exists (select from customer_identities i join connections h on h.id = i.source_id where i.customer_id = c.id)
  and not exists (select from customer_identities i where i.customer_id = c.id and i.source_id = $1 and i.subject <> $3)
order by c.created_at, c.id
limit 1`

// A person of another subject of this site is never chosen: two subjects are two people.
const selectTarget = `
select (select i.customer_id from customer_identities i join customers c on c.id = i.customer_id
        where i.source_id = $1 and i.subject = $3 and c.erased_at is null) as known,
       (` + selectHelpdeskCustomer + `) as linked
from (select $2::text as email) claimed`

// settle finds or makes the customer under a lock on the identity, so that two
// first requests of one person make one customer.
func settle(ctx context.Context, tx pgx.Tx, siteID uuid.UUID, claims desk.Claims) (desk.Customer, error) {
	if _, err := tx.Exec(ctx, lockIdentity, siteID.String(), claims.Subject); err != nil {
		return desk.Customer{}, err
	}
	verified := claims.Email
	if !claims.EmailVerified {
		verified = ""
	}
	var known, linked *uuid.UUID
	if err := tx.QueryRow(ctx, selectTarget, siteID, verified, claims.Subject).Scan(&known, &linked); err != nil {
		return desk.Customer{}, err
	}
	customer, err := choose(ctx, tx, known, linked)
	if err != nil {
		return desk.Customer{}, err
	}
	return update(ctx, tx, customer, siteID, claims)
}

const insertCustomer = `insert into customers (id) values ($1)`

// choose returns the customer that the identity shall have, merging if it must.
func choose(ctx context.Context, tx pgx.Tx, known, linked *uuid.UUID) (uuid.UUID, error) {
	switch {
	case known == nil && linked != nil:
		return *linked, nil
	case known == nil:
		id := newID()
		_, err := tx.Exec(ctx, insertCustomer, id)
		return id, err
	case linked == nil || *linked == *known:
		return *known, nil
	}
	return merge(ctx, tx, *known, *linked)
}

const attachIdentity = `
insert into customer_identities (source_id, subject, customer_id) values ($1, $2, $3)
on conflict (source_id, subject) do update set customer_id = excluded.customer_id`

const updateCustomer = `
update customers c set
  name = case when $2 <> '' then $2 else name end,
  language = case when $3 <> '' then $3 else language end,
  email = case when $4 <> '' and ($5 or email = '' and not exists (
    select from customer_identities i join connections h on h.id = i.source_id where i.customer_id = c.id)) then $4 else email end,
  email_verified = email_verified or ($4 <> '' and $5)
where id = $1
returning ` + customerColumns

// update writes what the token says, and that the identity is this customer's.
func update(ctx context.Context, tx pgx.Tx, id, siteID uuid.UUID, claims desk.Claims) (desk.Customer, error) {
	if _, err := tx.Exec(ctx, attachIdentity, siteID, claims.Subject, id); err != nil {
		return desk.Customer{}, err
	}
	return one[desk.Customer](tx.Query(ctx, updateCustomer, id, claims.Name, claims.Language, claims.Email, claims.EmailVerified))
}
