package fault

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about an error.
type Kind string

// The kinds, from the caller's mistakes to the service's own.
const (
	Invalid         Kind = "invalid"         // the request is malformed: mend it
	Unauthenticated Kind = "unauthenticated" // no or wrong credentials
	Forbidden       Kind = "forbidden"       // known, but not allowed
	NotFound        Kind = "not_found"       // absent, or not for this reader
	Gone            Kind = "gone"            // was there and has been erased
	Conflict        Kind = "conflict"        // somebody else was first: read and retry
	TooLarge        Kind = "too_large"       // the body exceeds the limit
	Unprocessable   Kind = "unprocessable"   // well-formed, but a field's value is wrong
	RateLimited     Kind = "rate_limited"    // wait and retry
	Unavailable     Kind = "unavailable"     // a store or model is down: retry later
	Internal        Kind = "internal"        // a defect on our side
)

// Error carries a Kind, a safe message, optionally the field it is about and
// the remedy, and the cause.
type Error struct {
	Kind    Kind
	Message string // shown to the caller: no outside text, no secrets
	Field   string // JSON path or setting that is wrong, if one is
	Remedy  string // what would be right, if that can be said
	Cause   error  // logged, never shown
}

// Error returns the message with its cause, for logs.
func (e *Error) Error() string {
	text := e.Message
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Remedy != "" {
		text += " (" + e.Remedy + ")"
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault with a formatted safe message.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes a fault around a cause. It returns nil for a nil cause.
func Wrap(kind Kind, cause error, format string, args ...any) error {
	if cause == nil {
		return nil
	}
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// Field makes a fault about one field and says what would be right.
func Field(kind Kind, field, message, remedy string) *Error {
	return &Error{Kind: kind, Field: field, Message: message, Remedy: remedy}
}

// KindOf returns the kind of the outermost fault in err's chain, Internal for
// any other error, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var fault *Error
	if errors.As(err, &fault) {
		return fault.Kind
	}
	return Internal
}

// Is reports whether err's chain holds a fault of this kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }

// Safe returns the outermost fault, or an Internal one whose message gives
// nothing away.
func Safe(err error) *Error {
	var fault *Error
	if errors.As(err, &fault) {
		return fault
	}
	return &Error{Kind: Internal, Message: "something went wrong on our side", Cause: err}
}
