package copilot

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/signalbox/signalbox/desk"
)

// greeting matches openings that say nothing of the matter.
var greeting = regexp.MustCompile(`(?i)^\W*(hi|hello|hey|dear|good (morning|afternoon|evening)|hallo|guten (tag|morgen|abend)|servus|moin|liebe[sr]?|sehr geehrte[rs]?|bonjour|bonsoir|salut|madame|monsieur)\b[^.!?\n]{0,40}[,.!\n]`)

// sentenceEnd matches where a sentence stops.
var sentenceEnd = regexp.MustCompile(`[.!?…]+["”»)]?(\s|$)|\n`)

// summaryCharacters bounds a summary.
const summaryCharacters = 280

// summarise takes the first sentences of the first message that say something, and
// what came since. It repeats the customer's words: nothing is made up.
func summarise(ticket desk.Ticket, messages []desk.Message) string {
	opening, later, replies := "", "", 0
	for _, message := range messages {
		switch {
		case message.Audience != desk.Public:
		case message.AuthorKind == desk.ByAgent:
			replies++
		case message.AuthorKind == desk.ByCustomer && opening == "":
			opening = message.Body
		case message.AuthorKind == desk.ByCustomer:
			later = message.Body
		}
	}
	summary := gist(opening, summaryCharacters)
	if summary == "" {
		summary = strings.TrimSpace(ticket.Subject)
	}
	if later != "" {
		summary += fmt.Sprintf(" — newest: %s", gist(later, summaryCharacters/2))
	}
	if replies > 0 {
		summary += fmt.Sprintf(" (%d %s from agents)", replies, plural(replies, "reply", "replies"))
	}
	return summary
}

// gist is the beginning of a text up to a sentence's end near the limit.
func gist(text string, limit int) string {
	text = greeting.ReplaceAllString(strings.TrimSpace(text), "")
	text = strings.TrimLeft(text, " \n\t,.!")
	end := 0
	for _, found := range sentenceEnd.FindAllStringIndex(text, 12) {
		if utf8.RuneCountInString(text[:found[1]]) > limit {
			break
		}
		end = found[1]
	}
	if end == 0 {
		end = len(text)
	}
	line := strings.Join(strings.Fields(text[:end]), " ")
	if utf8.RuneCountInString(line) > limit {
		line = strings.TrimRight(string([]rune(line)[:limit-1]), " ,;") + "…"
	}
	return line
}

func plural(count int, one, many string) string {
	if count == 1 {
		return one
	}
	return many
}
