package main

import (
	"errors"

	"github.com/signalbox/signalbox/internal/fault"
)

// The exit codes, documented in docs/reference/commands.md.
const (
	exitOK          = 0
	exitFailed      = 1   // something went wrong on our side or the machine's
	exitUsage       = 2   // a flag, an argument or a setting is wrong
	exitPartial     = 3   // done, but some inputs were skipped; they are named
	exitNotFound    = 4   // there is nothing with this name or ID
	exitUnavailable = 5   // a database, Redis or model cannot be reached
	exitUnsafe      = 6   // the separation of internal from public does not hold
	exitGate        = 100 // an eval missed one of its gates
)

// exitError carries an exit code with its error.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func withCode(code int, err error) error {
	if err == nil {
		return nil
	}
	return &exitError{code, err}
}

// codeOf maps an error to an exit code.
func codeOf(err error) int {
	var coded *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		return coded.code
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Unprocessable, fault.TooLarge:
		return exitUsage
	case fault.NotFound, fault.Gone:
		return exitNotFound
	case fault.Unavailable:
		return exitUnavailable
	default:
		return exitFailed
	}
}
