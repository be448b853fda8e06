package copilot

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/prompts"
	"github.com/signalbox/signalbox/retrieval"
)

// Writer asks a chat model for JSON.
type Writer interface {
	Name() string
	Complete(ctx context.Context, prompt prompts.Prompt) (string, error)
}

// BuiltIn is who writes drafts without a model.
const BuiltIn = "built-in"

// leastRelevance is the fused score under which a passage is no source.
const leastRelevance = 0.2

// draft writes a reply from what may be told, by the model if there is one, else
// from the best article's steps. Notes say what went wrong on the way.
func (b *Briefer) draft(ctx context.Context, ticket desk.Ticket, messages []desk.Message, passages []retrieval.Passage) (*Draft, []string) {
	sources := tellable(passages)
	if len(sources) == 0 {
		return nil, []string{"no article says enough for a draft"}
	}
	guard := newGuard(passages)
	if b.Writer == nil {
		return builtIn(sources, guard), nil
	}
	draft, err := b.write(ctx, ticket, messages, sources)
	if err != nil {
		b.Log.WarnContext(ctx, "a draft was written without the model", "kind", string(fault.KindOf(err)), "error", err)
		return builtIn(sources, guard), []string{"the model could not be asked, so the draft is the best article's own text"}
	}
	return guard.check(draft), nil
}

// tellable are the passages that a draft may rest on: never text is none of them.
func tellable(passages []retrieval.Passage) []retrieval.Passage {
	var sources []retrieval.Passage
	for _, passage := range passages {
		if passage.Disclosure != retrieval.Never && passage.Score >= leastRelevance {
			sources = append(sources, passage)
		}
	}
	return sources
}

// builtIn repeats the steps of the best source. A public one goes before an
// internal one that is not much better, because it needs nobody's confirmation.
func builtIn(sources []retrieval.Passage, guard *guard) *Draft {
	best := sources[0]
	for _, source := range sources {
		if best.Audience == desk.Internal && source.Audience == desk.Public && source.Score > 0.7*best.Score {
			best = source
			break
		}
	}
	draft := &Draft{WrittenBy: BuiltIn, Sentences: []DraftSentence{}}
	for _, sentence := range retrieval.BestSteps(best) {
		draft.Sentences = append(draft.Sentences, resting(sentence.Text, []retrieval.Citation{sentence.Citation}, []retrieval.Passage{best}))
	}
	return guard.check(draft)
}

// resting marks a sentence by what it rests on.
func resting(text string, citations []retrieval.Citation, sources []retrieval.Passage) DraftSentence {
	sentence := DraftSentence{Text: text, Citations: citations, Audience: desk.Public}
	for _, source := range sources {
		if source.Audience == desk.Internal {
			sentence.Audience = desk.Internal
			sentence.NeedsConfirmation = sentence.NeedsConfirmation || source.Disclosure != retrieval.MayTell
		}
	}
	return sentence
}

// write asks the model. Personal data leaves as placeholders and comes back after.
func (b *Briefer) write(ctx context.Context, ticket desk.Ticket, messages []desk.Message, sources []retrieval.Passage) (*Draft, error) {
	veil := newVeil()
	input := prompts.DraftReply{
		Subject: veil.cover(ticket.Subject), Message: veil.cover(first(newestByCustomer(messages), 6_000)),
		Language: retrieval.DetectLanguage(newestByCustomer(messages)),
	}
	for _, source := range sources {
		title := strings.Join(append([]string{source.Title}, source.HeadingPath...), " › ")
		input.Sources = append(input.Sources, prompts.Source{Title: title, Text: source.Body, Internal: source.Audience == desk.Internal})
	}
	prompt, err := input.Prompt()
	if err != nil {
		return nil, err
	}
	answer, err := b.Writer.Complete(ctx, prompt)
	if err != nil {
		return nil, err
	}
	draft, err := readDraft(answer, sources, veil)
	if err != nil {
		return nil, err
	}
	draft.WrittenBy = b.Writer.Name()
	return draft, nil
}

// maxSentenceBytes bounds what is taken of a model's sentence.
const maxSentenceBytes = 2_000

// readDraft takes only what fits: text, and numbers of sources that were given.
func readDraft(answer string, sources []retrieval.Passage, veil *veil) (*Draft, error) {
	var written struct {
		Sentences []struct {
			Text    string `json:"text"`
			Sources []int  `json:"sources"`
		} `json:"sentences"`
	}
	if err := json.Unmarshal([]byte(answer), &written); err != nil {
		return nil, fault.Wrap(fault.Unprocessable, err, "the model's answer does not fit the schema")
	}
	draft := &Draft{Sentences: []DraftSentence{}}
	for _, sentence := range written.Sentences {
		text := strings.Join(strings.Fields(veil.lift(first(sentence.Text, maxSentenceBytes))), " ")
		if text == "" {
			continue
		}
		var citations []retrieval.Citation
		var used []retrieval.Passage
		for _, number := range sentence.Sources {
			if number < 1 || number > len(sources) {
				return nil, fault.New(fault.Unprocessable, "the model cites source %d of %d", number, len(sources))
			}
			used = append(used, sources[number-1])
			citations = append(citations, whole(sources[number-1]))
		}
		said := resting(text, citations, used)
		said.NeedsConfirmation = said.NeedsConfirmation || len(citations) == 0 // it rests on the model's word alone
		draft.Sentences = append(draft.Sentences, said)
	}
	if len(draft.Sentences) == 0 {
		return nil, fault.New(fault.Unprocessable, "the model wrote nothing")
	}
	return draft, nil
}

// whole cites a passage as a whole: a model's sentence is no span of it.
func whole(passage retrieval.Passage) retrieval.Citation {
	return retrieval.Citation{
		ArticleID: passage.ArticleID, VersionID: passage.VersionID, Version: passage.Version, ChunkID: passage.ChunkID,
		Title: passage.Title, HeadingPath: passage.HeadingPath, Anchor: passage.Anchor,
		StartOffset: passage.StartOffset, EndOffset: passage.EndOffset,
	}
}
