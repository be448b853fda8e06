package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/signalbox/signalbox/internal/fault"
)

// failure wraps err with the operation, and gives it the kind that its cause
// calls for unless it carries one. It returns nil for nil.
func failure(err error, operation string, args ...any) error {
	if err == nil {
		return nil
	}
	operation = fmt.Sprintf(operation, args...)
	var known *fault.Error
	if errors.As(err, &known) {
		return fmt.Errorf("%s: %w", operation, err)
	}
	kind, message := classify(err)
	return fmt.Errorf("%s: %w", operation, fault.Wrap(kind, err, "%s", message))
}

// classify maps an error of pgx or Postgres to a kind and a safe message.
func classify(err error) (fault.Kind, string) {
	var pgError *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.NotFound, "no such record"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Unavailable, "the request ended before the database answered"
	case errors.As(err, &pgError):
		return classifyState(pgError.Code)
	case unreachable(err):
		return fault.Unavailable, "the database does not answer"
	default:
		return fault.Internal, "the database request failed"
	}
}

// classifyState maps an SQLSTATE (Postgres documentation, appendix A).
func classifyState(code string) (fault.Kind, string) {
	switch code {
	case "23505", "23P01":
		return fault.Conflict, "this exists already"
	case "40001", "40P01", "55P03":
		return fault.Conflict, "somebody else changed the same record; try again"
	case "23503":
		return fault.Unprocessable, "this refers to a record that does not exist"
	case "57014":
		return fault.Unavailable, "the database took too long"
	case "25006", "42501":
		return fault.Internal, "the database refused this to the service's login"
	}
	switch code[:min(2, len(code))] {
	case "22", "23":
		return fault.Unprocessable, "a value is out of range"
	case "08", "53", "57":
		return fault.Unavailable, "the database does not answer"
	default:
		return fault.Internal, "the database request failed"
	}
}

// unreachable reports errors of the connection rather than of a statement.
func unreachable(err error) bool {
	var connectError *pgconn.ConnectError
	var netError interface{ Timeout() bool }
	return errors.As(err, &connectError) || errors.As(err, &netError) || pgconn.SafeToRetry(err) ||
		strings.Contains(err.Error(), "unexpected EOF") || strings.Contains(err.Error(), "closed pool")
}

// retryable reports whether the same transaction may succeed when run again.
func retryable(err error) bool {
	var pgError *pgconn.PgError
	return errors.As(err, &pgError) && (pgError.Code == "40001" || pgError.Code == "40P01")
}
