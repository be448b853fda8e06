package postgres

import "github.com/jackc/pgx/v5"

// one reads the only row of a query into a struct, column by column in order.
// Without a row the error is pgx.ErrNoRows.
func one[T any](rows pgx.Rows, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[T])
}

// many reads every row of a query into structs, never nil without an error.
func many[T any](rows pgx.Rows, err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}
