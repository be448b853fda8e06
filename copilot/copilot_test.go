package copilot

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/prompts"
	"github.com/signalbox/signalbox/retrieval"
)

func passage(audience desk.Audience, disclosure retrieval.Disclosure, score float64, body string) retrieval.Passage {
	return retrieval.Passage{
		ChunkID: uuid.New(), ArticleID: uuid.New(), Audience: audience, Disclosure: disclosure, Score: score,
		Title: "Charges", HeadingPath: []string{"Refunds"}, Body: body, EndOffset: len(body), Language: "en",
	}
}

// script is a Writer whose answers a test writes; it records what it was asked.
type script struct {
	answer string
	err    error
	asked  prompts.Prompt
}

func (s *script) Name() string { return "scripted" }
func (s *script) Complete(_ context.Context, prompt prompts.Prompt) (string, error) {
	s.asked = prompt
	return s.answer, s.err
}

const (
	publicText   = "A double charge is returned within five working days. Open Billing and choose Payments."
	internalText = "Credit the account by hand in the ledger tool before the night run, then note the case."
	neverText    = "Goodwill credits up to 200 euros may be given without asking a lead first."
)

func ticket(body string) (desk.Ticket, []desk.Message) {
	ticket := desk.Ticket{ID: uuid.New(), Subject: "Charged twice"}
	return ticket, []desk.Message{{ID: uuid.New(), TicketID: ticket.ID, Audience: desk.Public, AuthorKind: desk.ByCustomer, Body: body, SentAt: time.Now()}}
}

func drafts(t *testing.T, writer Writer, body string, passages ...retrieval.Passage) (*Draft, []string) {
	t.Helper()
	ticket, messages := ticket(body)
	briefer := &Briefer{Writer: writer, Log: slog.New(slog.DiscardHandler)}
	return briefer.draft(t.Context(), ticket, messages, passages)
}

func TestBuiltInDraftPrefersWhatMayBeTold(t *testing.T) {
	t.Parallel()
	draft, _ := drafts(t, nil, "Why twice?", passage(desk.Internal, retrieval.Paraphrase, .9, internalText), passage(desk.Public, retrieval.MayTell, .8, publicText))
	for _, sentence := range draft.Sentences {
		if sentence.Audience != desk.Public || sentence.NeedsConfirmation || !strings.Contains(publicText, sentence.Text) {
			t.Errorf("got %+v, want sentences of the public article", sentence)
		}
	}
	draft, _ = drafts(t, nil, "Why twice?", passage(desk.Internal, retrieval.Paraphrase, .9, internalText))
	if draft == nil || !draft.Sentences[0].NeedsConfirmation || draft.Sentences[0].Audience != desk.Internal {
		t.Errorf("got %+v, want an internal sentence that waits for confirmation", draft)
	}
}

func TestNeverTextIsNoSource(t *testing.T) {
	t.Parallel()
	draft, notes := drafts(t, nil, "Why twice?", passage(desk.Internal, retrieval.Never, .9, neverText))
	if draft != nil || len(notes) == 0 {
		t.Errorf("got %+v, want no draft and a note", draft)
	}
	writer := &script{answer: `{"sentences":[{"text":"We are looking into it.","sources":[1]}]}`}
	drafts(t, writer, "Why twice?", passage(desk.Internal, retrieval.Never, .9, neverText), passage(desk.Public, retrieval.MayTell, .8, publicText))
	if strings.Contains(writer.asked.User+writer.asked.System, "Goodwill") {
		t.Error("never text entered the prompt")
	}
}

func TestLeakGuardReadsEverySentence(t *testing.T) {
	t.Parallel()
	never, internal, public := passage(desk.Internal, retrieval.Never, .9, neverText), passage(desk.Internal, retrieval.Paraphrase, .8, internalText), passage(desk.Public, retrieval.MayTell, .7, publicText)
	writer := &script{answer: `{"sentences":[
		{"text":"Goodwill credits up to 200 euros may be given without asking.","sources":[2]},
		{"text":"We credit the account by hand in the ledger tool before tonight.","sources":[2]},
		{"text":"The double charge comes back within a week.","sources":[2]},
		{"text":"A colleague credits it for you.","sources":[1]}]}`}
	draft, _ := drafts(t, writer, "Why twice?", never, internal, public)
	if len(draft.Sentences) != 3 {
		t.Fatalf("got %d sentences, want the never one dropped: %+v", len(draft.Sentences), draft.Sentences)
	}
	for i, want := range []bool{true, false, true} {
		if draft.Sentences[i].NeedsConfirmation != want {
			t.Errorf("sentence %d: needs confirmation %v, want %v", i, !want, want)
		}
	}
}

func TestModelFailuresFallBack(t *testing.T) {
	t.Parallel()
	for name, writer := range map[string]*script{
		"down":           {err: fault.New(fault.Unavailable, "down")},
		"no json":        {answer: "sorry"},
		"unknown source": {answer: `{"sentences":[{"text":"x","sources":[7]}]}`},
		"empty":          {answer: `{"sentences":[]}`},
	} {
		draft, notes := drafts(t, writer, "Why twice?", passage(desk.Public, retrieval.MayTell, .8, publicText))
		if draft == nil || draft.WrittenBy != BuiltIn || len(notes) != 1 {
			t.Errorf("%s: got %+v, %v; want the built-in draft and a note", name, draft, notes)
		}
	}
}

func TestPersonalDataStaysHere(t *testing.T) {
	t.Parallel()
	body := "I am ann@x.example, call +49 30 1234567, card 4111 1111 1111 1111, password: hunter22, key sk-abcdefghijklmnop, from 10.1.2.3"
	writer := &script{answer: `{"sentences":[{"text":"We wrote to [EMAIL_1]; never send [SECRET_1] again.","sources":[]}]}`}
	draft, _ := drafts(t, writer, body, passage(desk.Public, retrieval.MayTell, .8, publicText))
	for _, secret := range []string{"ann@x", "1234567", "4111", "hunter22", "sk-abc", "10.1.2.3"} {
		if strings.Contains(writer.asked.User, secret) {
			t.Errorf("%q left for the model", secret)
		}
	}
	if !draft.Sentences[0].NeedsConfirmation {
		t.Error("a sentence without a source needs no confirmation")
	}
	if got := draft.Sentences[0].Text; !strings.Contains(got, "ann@x.example") || !strings.Contains(got, "[SECRET_1]") {
		t.Errorf("got %q, want the address back and the secret not", got)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	ticket, messages := ticket("Hello there,\n\nour card was charged twice. We need it back by Friday. " + strings.Repeat("And more. ", 60))
	messages = append(messages, desk.Message{Audience: desk.Public, AuthorKind: desk.ByAgent, Body: "Looking."},
		desk.Message{Audience: desk.Internal, AuthorKind: desk.ByAgent, Body: "private"},
		desk.Message{Audience: desk.Public, AuthorKind: desk.ByCustomer, Body: "Any news?"})
	got := summarise(ticket, messages)
	if !strings.HasPrefix(got, "our card was charged twice.") || !strings.Contains(got, "newest: Any news?") || !strings.Contains(got, "1 reply") || strings.Contains(got, "private") {
		t.Errorf("got %q", got)
	}
	if got := summarise(desk.Ticket{Subject: "Only a subject"}, nil); got != "Only a subject" {
		t.Errorf("got %q", got)
	}
}

func FuzzVeil(f *testing.F) {
	f.Add("ann@x.example and [EMAIL_1] +49 30 1234567")
	f.Add("password: \xff [SECRET_9]")
	f.Fuzz(func(t *testing.T, text string) {
		veil := newVeil()
		covered := veil.cover(text)
		_ = veil.lift(covered)
		if personal[0].pattern.MatchString(covered) {
			t.Fatalf("an address is left in %q", covered)
		}
	})
}
