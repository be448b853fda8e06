package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

const upsertAccount = `
insert into accounts as a (id, external_id, name, tier, annual_value_cents, renews_on) values ($1, $2, $3, $4, $5, $6)
on conflict (external_id) do update set name = excluded.name, tier = excluded.tier,
  annual_value_cents = excluded.annual_value_cents, renews_on = excluded.renews_on
returning id, external_id, name, tier, annual_value_cents, renews_on`

// UpsertAccount writes what a helpdesk or an import says of an account.
func (db *DB) UpsertAccount(ctx context.Context, said desk.IncomingAccount) (desk.Account, error) {
	if said.ExternalID == "" || len(said.ExternalID) > desk.MaxExternalIDBytes || said.AnnualValueCents < 0 {
		return desk.Account{}, fault.Field(fault.Unprocessable, "account", "has no ID, too long a one, or a negative value", "send its ID in your helpdesk")
	}
	account, err := one[desk.Account](db.app.Query(ctx, upsertAccount, newID(), said.ExternalID, said.Name, said.Tier,
		said.AnnualValueCents, said.RenewsOn))
	return account, failure(err, "write account")
}

// Membership is what an administrator says of a customer.
type Membership struct {
	AccountID uuid.UUID // zero for none
	Role      string    // member, or admin: reads the tickets of the whole account
	VIP       bool
}

const updateMembership = `
update customers c set account_id = $2, role = $3, vip = $4 where id = $1 and erased_at is null returning ` + customerColumns

// SetMembership puts a customer into an account. An admin of an account reads
// all its tickets, so no token and no helpdesk can make one: only this does.
func (db *DB) SetMembership(ctx context.Context, actor desk.Actor, id uuid.UUID, membership Membership) (desk.Customer, error) {
	if membership.Role != "member" && membership.Role != "admin" {
		return desk.Customer{}, fault.Field(fault.Unprocessable, "role", "is not known", "use member or admin")
	}
	if membership.Role == "admin" && membership.AccountID == uuid.Nil {
		return desk.Customer{}, fault.Field(fault.Unprocessable, "account_id", "is missing for an admin", "name the account")
	}
	var customer desk.Customer
	err := db.changing(ctx, actor, func(tx pgx.Tx) (done change, err error) {
		customer, err = one[desk.Customer](tx.Query(ctx, updateMembership, id, optional(membership.AccountID), membership.Role, membership.VIP))
		return change{"customer.membership", "customer", id, map[string]any{"role": membership.Role, "vip": membership.VIP}}, err
	})
	return customer, failure(err, "set membership of customer %s", id)
}
