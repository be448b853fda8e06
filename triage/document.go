package triage

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

// How much of a ticket is read as features, in bytes. What a customer wants
// stands at the beginning or at the end of a long text, so the middle gives way.
const (
	documentBytes    = 24 << 10
	messageHeadBytes = 8 << 10
	messageTailBytes = 4 << 10
)

// segment says where a piece of the document comes from.
type segment struct {
	start, end int       // in the document
	messageID  uuid.UUID // zero: the subject
	offset     int       // of start in the source
}

// document is the text that models read: the subject and what the customer
// wrote publicly, without quotes and signatures, with logs and stack traces
// reduced to their error lines. Positions in it can be traced to their source.
type document struct {
	text     string
	segments []segment
}

type documentBuilder struct {
	text     strings.Builder
	segments []segment
}

// newDocument reads the subject, the customer's first message and as many of
// the newest ones as fit.
func newDocument(input Input) document {
	var builder documentBuilder
	subject := input.Ticket.Subject
	start := replyPrefixLength(subject)
	builder.add(uuid.Nil, start, subject[start:])
	for _, message := range selectMessages(customerMessages(input.Messages)) {
		builder.addMessage(message)
	}
	return document{builder.text.String(), builder.segments}
}

// customerMessages returns what the customer wrote publicly, by sequence.
func customerMessages(messages []desk.Message) []desk.Message {
	var own []desk.Message
	for _, message := range messages {
		if message.Audience == desk.Public && message.AuthorKind == desk.ByCustomer {
			own = append(own, message)
		}
	}
	slices.SortStableFunc(own, func(a, b desk.Message) int { return a.Sequence - b.Sequence })
	return own
}

func selectMessages(messages []desk.Message) []desk.Message {
	if len(messages) < 2 {
		return messages
	}
	room := documentBytes - cutLength(messages[0])
	from := len(messages)
	for from > 1 && cutLength(messages[from-1]) <= room {
		from--
		room -= cutLength(messages[from])
	}
	return append(messages[:1:1], messages[from:]...)
}

func cutLength(message desk.Message) int {
	return min(len(message.Body), messageHeadBytes+messageTailBytes) + 2
}

func (b *documentBuilder) addMessage(message desk.Message) {
	body := message.Body
	if len(body) <= messageHeadBytes+messageTailBytes {
		b.addReduced(message.ID, 0, body)
		return
	}
	head, tail := runeStart(body, messageHeadBytes), runeStart(body, len(body)-messageTailBytes)
	b.addReduced(message.ID, 0, body[:head])
	b.addReduced(message.ID, tail, body[tail:])
}

// addReduced adds a text without the lines of logs and traces that name no error.
func (b *documentBuilder) addReduced(id uuid.UUID, offset int, text string) {
	kept := keptLines(text)
	if kept == nil {
		b.add(id, offset, text)
		return
	}
	for _, line := range kept {
		b.add(id, offset+line.start, text[line.start:line.end])
	}
}

func (b *documentBuilder) add(id uuid.UUID, offset int, text string) {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	offset += len(text) - len(trimmed)
	trimmed = strings.TrimRight(trimmed, " \t\r\n")
	if trimmed == "" {
		return
	}
	if b.text.Len() > 0 {
		b.text.WriteByte('\n')
	}
	start := b.text.Len()
	b.text.WriteString(trimmed)
	b.segments = append(b.segments, segment{start, b.text.Len(), id, offset})
}

// source translates the range [start, end) of the document; a range over
// several segments is cut to the first. It reports whether anything is left.
func (d document) source(start, end int) (Span, bool) {
	i, _ := slices.BinarySearchFunc(d.segments, start, func(s segment, at int) int {
		if s.end <= at {
			return -1
		}
		return 1
	})
	if i == len(d.segments) {
		return Span{}, false
	}
	from := d.segments[i]
	start, end = max(start, from.start), min(end, from.end)
	if start >= end {
		return Span{}, false
	}
	shift := from.offset - from.start
	return Span{MessageID: from.messageID, Start: start + shift, End: end + shift}, true
}

var replyPrefixes = []string{"re:", "fw:", "fwd:", "aw:", "wg:", "tr:", "rv:", "antw:", "sv:", "vs:", "r:"}

// replyPrefixLength is the length of "Re: AW: Fwd:" before a subject.
func replyPrefixLength(subject string) int {
	length := 0
	for {
		rest := strings.TrimLeft(subject[length:], " ")
		at := len(subject) - len(rest)
		matched := false
		for _, prefix := range replyPrefixes {
			if len(rest) >= len(prefix) && strings.EqualFold(rest[:len(prefix)], prefix) {
				length, matched = at+len(prefix), true
				break
			}
		}
		if !matched {
			return at
		}
	}
}

// runeStart moves a cut back to where a character begins.
func runeStart(text string, at int) int {
	for back := 0; back < utf8.UTFMax && at > 0 && at < len(text) && !utf8.RuneStart(text[at]); back++ {
		at--
	}
	return at
}
