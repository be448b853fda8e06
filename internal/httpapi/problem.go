package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/signalbox/signalbox/internal/fault"
)

// statuses maps fault kinds to HTTP; nothing else in Signalbox knows HTTP's numbers.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Gone:            http.StatusGone,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unprocessable:   http.StatusUnprocessableEntity,
	fault.RateLimited:     http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

const problemContentType = "application/problem+json"

// problem is an RFC 9457 document with the headers that go with it.
type problem struct {
	*huma.ErrorModel
	header http.Header
}

// GetHeaders gives huma the headers.
func (p problem) GetHeaders() http.Header { return p.header }

// write answers with the problem, whatever the caller accepts.
func (p problem) write(ctx huma.Context) {
	for name, values := range p.header {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetHeader("Content-Type", problemContentType)
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p.ErrorModel) // fails only if the caller has left
}

// newProblem fills in what every problem has. about:blank says that the title is
// the status's own (RFC 9457, 4.2.1).
func newProblem(ctx context.Context, status int, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Instance: instance(ctx)}
}

// problem answers with the fault's safe text; our own failures are logged here,
// once, with their cause.
func (s *Server) problem(ctx context.Context, err error) problem {
	safe := fault.Safe(inTime(err))
	status, known := statuses[safe.Kind]
	if !known {
		status = http.StatusInternalServerError
	}
	if status >= http.StatusInternalServerError {
		level := slog.LevelError
		if errors.Is(ctx.Err(), context.Canceled) {
			level = slog.LevelDebug // the caller left: nobody's failure
		}
		s.log.LogAttrs(ctx, level, "request failed",
			slog.String("request_id", requestID(ctx)), slog.String("kind", string(safe.Kind)), slog.Any("error", err))
	}
	result := problem{newProblem(ctx, status, safe.Message), http.Header{}}
	if safe.Field != "" {
		message := safe.Message + remedy(safe.Remedy)
		result.Errors = []*huma.ErrorDetail{{Location: safe.Field, Message: message}}
		result.Detail = safe.Field + " " + message
	}
	switch safe.Kind {
	case fault.Unauthenticated:
		result.header.Set("WWW-Authenticate", `Bearer realm="signalbox"`)
	case fault.RateLimited, fault.Unavailable:
		result.header.Set("Retry-After", "1")
	}
	return result
}

// inTime calls what took too long by its name.
func inTime(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Unavailable, err, "this took too long; try again")
	}
	return err
}

func remedy(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

func instance(ctx context.Context) string {
	if id := requestID(ctx); id != "" {
		return "urn:uuid:" + id
	}
	return ""
}
