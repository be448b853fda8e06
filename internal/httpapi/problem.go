package httpapi

import (
	"context"
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

// problem answers with the fault's safe text; our own failures are logged here,
// once, with their cause.
func (s *Server) problem(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = fault.New(fault.Unavailable, "the request was cancelled")
	} else if errors.Is(err, context.DeadlineExceeded) {
		err = fault.Wrap(fault.Unavailable, err, "this took too long; try again")
	}
	safe := fault.Safe(err)
	status := statuses[safe.Kind]
	if status >= http.StatusInternalServerError {
		s.log.LogAttrs(ctx, slog.LevelError, "request failed",
			slog.String("request_id", requestID(ctx)), slog.String("kind", string(safe.Kind)), slog.Any("error", err))
	}
	model := &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: safe.Message, Instance: instance(ctx)}
	if safe.Field != "" {
		model.Errors = []*huma.ErrorDetail{{Location: safe.Field, Message: safe.Message + remedy(safe.Remedy)}}
		model.Detail = safe.Field + " " + safe.Message + remedy(safe.Remedy)
	}
	header := http.Header{}
	switch safe.Kind {
	case fault.Unauthenticated:
		header.Set("WWW-Authenticate", `Bearer realm="signalbox"`)
	case fault.RateLimited, fault.Unavailable:
		header.Set("Retry-After", "1")
	default:
		return model
	}
	return huma.ErrorWithHeaders(model, header)
}

// silent strips what huma's validation would echo of the input, so that a body's
// text comes back to nobody and reaches no log.
func silent(err huma.StatusError) {
	var model *huma.ErrorModel
	if !errors.As(err, &model) {
		return
	}
	for _, detail := range model.Errors {
		if detail != nil {
			detail.Value = nil
		}
	}
}

// init is huma's only hook for validation errors; it replaces nothing but the echo.
func init() {
	standard := huma.NewError
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		err := standard(status, message, errs...)
		silent(err)
		return err
	}
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
