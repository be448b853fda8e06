package triage

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

func TestDocumentReadsOnlyWhatTheCustomerWrote(t *testing.T) {
	t.Parallel()
	input := ticket("Re: AW:  Fwd: Meter dead", "first")
	input.Messages[0].Quoted, input.Messages[0].Signature = "quoted", "signature"
	add := func(audience desk.Audience, author desk.AuthorKind, body string) {
		input.Messages = append(input.Messages, desk.Message{
			ID: uuid.New(), Audience: audience, AuthorKind: author, Sequence: len(input.Messages) + 1, Body: body,
		})
	}
	add(desk.Internal, desk.ByAgent, "note")
	add(desk.Public, desk.ByAgent, "answer")
	add(desk.Internal, desk.ByCustomer, "forwarded in confidence")
	add(desk.Public, desk.ByCustomer, "  second \n")
	if got, want := newDocument(input).text, "Meter dead\nfirst\nsecond"; got != want {
		t.Errorf("the document is %q, want %q", got, want)
	}
}

func TestDocumentPositionsLeadBackToTheirSource(t *testing.T) {
	t.Parallel()
	body := "  It fails:\n2026-05-04 09:00:00 INFO starting\n2026-05-04 09:00:01 ERROR GW_504 timeout\nPlease help  "
	input := ticket("Re: gateway", body)
	document := newDocument(input)
	if want := "gateway\nIt fails:\n2026-05-04 09:00:01 ERROR GW_504 timeout\nPlease help"; document.text != want {
		t.Fatalf("the document is %q, want %q", document.text, want)
	}
	for _, word := range []string{"gateway", "fails", "GW_504", "help"} {
		at := strings.Index(document.text, word)
		span, ok := document.source(at, at+len(word))
		source := body
		if span.MessageID == uuid.Nil {
			source = input.Ticket.Subject
		}
		if !ok || source[span.Start:span.End] != word {
			t.Errorf("%s leads to %+v (%v)", word, span, ok)
		}
	}
	across, ok := document.source(0, len(document.text))
	if !ok || across.MessageID != uuid.Nil || across.End != len(input.Ticket.Subject) {
		t.Errorf("a range over several pieces gives %+v, want the subject's piece", across)
	}
	for _, outside := range [][2]int{{len(document.text), len(document.text) + 5}, {7, 8}, {3, 3}} {
		if span, ok := document.source(outside[0], outside[1]); ok {
			t.Errorf("%v gives %+v, want nothing", outside, span)
		}
	}
}

func TestLongTicketsKeepBeginningAndEnd(t *testing.T) {
	t.Parallel()
	long := "START " + strings.Repeat("fülltext ", 20_000) + " END"
	input := ticket("s", long)
	for range 30 {
		input.Messages = append(input.Messages, desk.Message{
			ID: uuid.New(), Audience: desk.Public, AuthorKind: desk.ByCustomer, Sequence: len(input.Messages) + 1, Body: strings.Repeat("x ", 900),
		})
	}
	input.Messages[len(input.Messages)-1].Body = "NEWEST"
	text := newDocument(input).text
	for _, want := range []string{"START", "END", "NEWEST"} {
		if !strings.Contains(text, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	if len(text) > documentBytes+3_000 {
		t.Errorf("the document has %d bytes", len(text))
	}
	if strings.ContainsRune(text, '\uFFFD') {
		t.Error("a character was cut in two")
	}
}

func TestStackTracesAreReducedToTheirErrorLine(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"java", "It crashed:\njava.io.IOException: broken pipe\n\tat a.B.c(B.java:12)\n\tat a.D.e(D.java:3)\n\t... 12 more\nWhat now?",
			"java.io.IOException: broken pipe"},
		{"python", "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nValueError: no meter", "ValueError: no meter"},
		{"go", "panic: runtime error: index out of range\ngoroutine 1 [running]:\n\t/srv/main.go:12 +0x1d", "panic: runtime error: index out of range"},
		{"javascript", "TypeError: x is undefined\n    at load (app.js:10:3)\n    at run (app.js:99:1)\nthanks", "TypeError: x is undefined"},
	} {
		input := ticket("", test.text)
		entities := findEntities(input, ownEntities{})
		if len(entities) == 0 || entities[0].Kind != EntityStackTrace {
			t.Errorf("%s: the entities are %+v, want a stack trace first", test.name, entities)
			continue
		}
		if got := test.text[entities[0].Span.Start:entities[0].Span.End]; got != test.want {
			t.Errorf("%s: the error line is %q, want %q", test.name, got, test.want)
		}
		document := newDocument(input).text
		if !strings.Contains(document, test.want) || strings.Contains(document, "12") && test.name == "java" {
			t.Errorf("%s: the document is %q", test.name, document)
		}
	}
}

func TestProseIsNotTakenForALog(t *testing.T) {
	t.Parallel()
	for _, prose := range []string{
		"2026-05-04 we were charged twice.\nWhat happened at your end?",
		"Look:\n  at the office nothing works.\nError after error.",
		"at 12:30 it stopped\nat 13:00 it came back",
		"2026-05-04 09:00:00\n2026-05-04 10:00:00",
	} {
		if got := newDocument(ticket("", prose)).text; got != prose {
			t.Errorf("%q became %q", prose, got)
		}
	}
}
