package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("load ticket: %w", New(NotFound, "no such ticket"))
	for _, test := range []struct {
		name string
		err  error
		want Kind
	}{
		{"nil", nil, ""},
		{"plain", io.EOF, Internal},
		{"fault", New(Invalid, "bad"), Invalid},
		{"wrapped", wrapped, NotFound},
		{"outermost wins", Wrap(Unavailable, wrapped, "store is down"), Unavailable},
	} {
		if got := KindOf(test.err); got != test.want {
			t.Errorf("%s: kind %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSafeHidesCause(t *testing.T) {
	t.Parallel()
	if got := Safe(errors.New("password=hunter2")).Message; got != "something went wrong on our side" {
		t.Errorf("message %q leaks the cause", got)
	}
	fault := Field(Unprocessable, "body.subject", "is too long", "send at most 500 characters")
	if got := Safe(fmt.Errorf("intake: %w", fault)); got != fault {
		t.Errorf("Safe returned %v, want the fault itself", got)
	}
}

func TestErrorNamesFieldRemedyAndCause(t *testing.T) {
	t.Parallel()
	fault := Field(Invalid, "DATABASE_URL", "is not a URL", "use postgres://…")
	fault.Cause = io.ErrUnexpectedEOF
	want := "DATABASE_URL: is not a URL (use postgres://…): unexpected EOF"
	if got := fault.Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(fault, io.ErrUnexpectedEOF) {
		t.Error("the cause is not in the chain")
	}
}

func TestWrapNil(t *testing.T) {
	t.Parallel()
	if err := Wrap(Internal, nil, "nothing"); err != nil {
		t.Errorf("Wrap(nil) = %v, want nil", err)
	}
}
