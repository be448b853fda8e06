package postgres

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func TestAsCustomerNeverLeaksToTheNextBorrower(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx := t.Context()
	customer := uuid.New()
	for _, sql := range []string{"select current_setting('app.customer_id', true)", "select 1/0", "select * from customers"} {
		var seen string
		err := db.asCustomer(ctx, customer, func(batch *pgx.Batch) {
			batch.Queue("select current_setting('app.customer_id', true)").QueryRow(func(row pgx.Row) error { return row.Scan(&seen) })
			batch.Queue(sql)
		})
		if refused := sql != "select current_setting('app.customer_id', true)"; refused != (err != nil) {
			t.Errorf("%s: error %v, want one: %v", sql, err, refused)
		}
		if seen != customer.String() {
			t.Errorf("%s: the query ran as %q, want %s", sql, seen, customer)
		}
		var left *string
		must(t, db.customer.QueryRow(ctx, "select nullif(current_setting('app.customer_id', true), '')").Scan(&left))
		if left != nil {
			t.Errorf("%s: the next borrower acts as %s, want nobody", sql, *left)
		}
	}
	if stat := db.customer.Stat(); stat.TotalConns() != 1 {
		t.Errorf("%d connections were opened, want 1: a refused query must give its connection back", stat.TotalConns())
	}
}

func TestCustomerPoolIsReadOnlyWithATimeout(t *testing.T) {
	t.Parallel()
	db := open(t)
	for setting, want := range map[string]string{
		"default_transaction_read_only": "on", "statement_timeout": "5s",
		"idle_in_transaction_session_timeout": "5s", "search_path": "signalbox,public",
	} {
		var got string
		must(t, db.customer.QueryRow(t.Context(), "select current_setting($1)", setting).Scan(&got))
		if got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
}
