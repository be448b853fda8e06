package postgres

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Only a person whom no helpdesk knows is merged into another: whoever has
// tickets of their own through a helpdesk stays who they are.
const mayMerge = `
select not exists (select from customer_identities i join connections h on h.id = i.source_id where i.customer_id = $1)`

// Each statement takes (from, into).
var mergeStatements = []string{
	`update tickets set customer_id = $2,
       account_id = coalesce(account_id, (select account_id from customers where id = $2)) where customer_id = $1`,
	`update deliveries set customer_id = $2 where customer_id = $1`,
	`update answers set customer_id = $2 where customer_id = $1`,
	`update messages set author_id = $2 where author_id = $1 and ticket_id in (select id from tickets where customer_id = $2)`,
	`update customer_identities set customer_id = $2 where customer_id = $1`,
	// Whoever comes into an account this way is a member of it.
	`update customers i set account_id = coalesce(i.account_id, f.account_id),
       role = case when i.account_id is null then 'member' else i.role end
       from customers f where i.id = $2 and f.id = $1`,
	`delete from customers where id = $1 and $2::uuid is not null`,
}

// merge moves everything of a customer to another one and returns who remains.
func merge(ctx context.Context, tx pgx.Tx, from, into uuid.UUID) (uuid.UUID, error) {
	var may bool
	if err := tx.QueryRow(ctx, mayMerge, from).Scan(&may); err != nil {
		return uuid.Nil, err
	}
	if !may {
		return from, nil
	}
	for _, statement := range mergeStatements {
		if _, err := tx.Exec(ctx, statement, from, into); err != nil {
			return uuid.Nil, err
		}
	}
	return into, audit(ctx, tx, desk.Actor{Kind: desk.SystemActor},
		change{"customer.merge", "customer", into, map[string]any{"merged_id": from}})
}

// validClaims names the first claim that cannot be stored.
func validClaims(claims desk.Claims) error {
	limits := []struct {
		field, text string
		most        int
	}{
		{"sub", claims.Subject, desk.MaxExternalIDBytes},
		{"name", claims.Name, desk.MaxExternalIDBytes},
		{"email", claims.Email, desk.MaxExternalIDBytes},
		{"locale", claims.Language, 35}, // the longest tag that BCP 47 asks to support
	}
	for _, limit := range limits {
		if len(limit.text) > limit.most || !utf8.ValidString(limit.text) || strings.ContainsRune(limit.text, 0) {
			return fault.Field(fault.Unprocessable, limit.field, "is too long or not valid UTF-8 text", "shorten it")
		}
	}
	if claims.Subject == "" {
		return fault.Field(fault.Unprocessable, "sub", "is missing", "sign the ID that your site has for the person")
	}
	return nil
}

const selectCustomer = `select ` + customerColumns + ` from customers c where id = $1 and erased_at is null`

// Customer returns a person. Who was erased is Gone.
func (db *DB) Customer(ctx context.Context, id uuid.UUID) (desk.Customer, error) {
	customer, err := one[desk.Customer](db.app.Query(ctx, selectCustomer, id))
	if err = failure(err, "read customer %s", id); fault.Is(err, fault.NotFound) {
		var erased bool
		scan := db.app.QueryRow(ctx, `select erased_at is not null from customers where id = $1`, id).Scan(&erased)
		if scan == nil && erased {
			return customer, fault.New(fault.Gone, "this customer was erased")
		}
	}
	return customer, err
}
