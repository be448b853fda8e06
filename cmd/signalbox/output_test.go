package main

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAFullDiskIsNoSuccess(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	code := run(t.Context(), []string{"version"}, environment{strings.NewReader(""), full{}, &told, nil})
	if code != exitFailed || !strings.Contains(told.String(), "no space left") {
		t.Errorf("exit %d with %q, want %d and the reason", code, told.String(), exitFailed)
	}
	if code := run(t.Context(), []string{"version"}, environment{strings.NewReader(""), io.Discard, &told, nil}); code != exitOK {
		t.Errorf("exit %d, want %d", code, exitOK)
	}
}

// An unclosed quote would swallow the rows below it into one ticket.
func TestAnUnclosedQuoteIsNamedByItsLine(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	file := s.file("tickets.csv", "id,body\n1,fine\n2,\"never closed\n3,also fine\n")
	got := s.run("triage", "--file", file).wants(t, exitUsage)
	if !strings.Contains(got.stderr, "line 3") {
		t.Errorf("got %q, want the line of the quote", got.stderr)
	}
}
