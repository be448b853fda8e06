package copilot

import (
	"strings"
	"unicode"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/retrieval"
)

// runWords is how many words in a row a sentence may share with a text by chance.
const runWords = 6

// guard is the leak guard: it compares each sentence with every internal passage
// that was found, whatever the sentence claims to rest on.
type guard struct {
	never      map[string]bool // runs of words of never text
	paraphrase map[string]bool
}

func newGuard(passages []retrieval.Passage) *guard {
	guard := &guard{never: map[string]bool{}, paraphrase: map[string]bool{}}
	for _, passage := range passages {
		if passage.Audience != desk.Internal {
			continue
		}
		switch passage.Disclosure {
		case retrieval.MayTell:
		case retrieval.Never:
			addRuns(guard.never, passage.Body)
		default:
			addRuns(guard.paraphrase, passage.Body)
		}
	}
	return guard
}

// check drops sentences that repeat never text, and marks those that repeat other
// internal text for the agent's confirmation.
func (g *guard) check(draft *Draft) *Draft {
	kept := draft.Sentences[:0]
	for _, sentence := range draft.Sentences {
		if shares(g.never, sentence.Text) {
			continue
		}
		if shares(g.paraphrase, sentence.Text) {
			sentence.Audience, sentence.NeedsConfirmation = desk.Internal, true
		}
		kept = append(kept, sentence)
	}
	draft.Sentences = kept
	if len(kept) == 0 {
		return nil
	}
	return draft
}

// addRuns adds every run of words; a text shorter than a run counts as a whole.
func addRuns(runs map[string]bool, text string) {
	words := wordsOf(text)
	if len(words) < runWords {
		if len(words) > 2 {
			runs[strings.Join(words, " ")] = true
		}
		return
	}
	for i := 0; i+runWords <= len(words); i++ {
		runs[strings.Join(words[i:i+runWords], " ")] = true
	}
}

func shares(runs map[string]bool, text string) bool {
	if len(runs) == 0 {
		return false
	}
	words := wordsOf(text)
	if runs[strings.Join(words, " ")] {
		return true
	}
	for i := 0; i+runWords <= len(words); i++ {
		if runs[strings.Join(words[i:i+runWords], " ")] {
			return true
		}
	}
	return false
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
