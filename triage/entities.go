package triage

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// The kinds of entity.
const (
	EntityErrorCode     = "error_code"
	EntityVersion       = "version"
	EntityOrderNumber   = "order_number"
	EntityInvoiceNumber = "invoice_number"
	EntityURL           = "url"
	EntityEmail         = "email_address"
	EntityIPAddress     = "ip_address"
	EntityStackTrace    = "stack_trace" // the span is the error line
)

// The bounds of what one ticket can make a decision carry and the search cost.
const (
	maximumEntities   = 64
	entitySearchBytes = 256 << 10
	longestTokenBytes = 2_048
)

// findEntities lists what is named in the subject and in the customer's public
// messages, in the order of the text. Its time is linear in the text's length.
func findEntities(input Input, own ownEntities) []Entity {
	search := entitySearch{room: entitySearchBytes, own: own}
	search.text(uuid.Nil, input.Ticket.Subject)
	for _, message := range customerMessages(input.Messages) {
		search.text(message.ID, message.Body)
	}
	return search.found
}

type entitySearch struct {
	found []Entity
	room  int // bytes that may still be read
	own   ownEntities
}

func (s *entitySearch) text(id uuid.UUID, text string) {
	text = text[:runeStart(text, min(len(text), s.room))]
	s.room -= len(text)
	s.traces(id, text)
	s.own.search(s, id, text)
	context := entityContext{}
	for start := 0; start < len(text) && len(s.found) < maximumEntities; {
		if isEntityGap(text[start]) {
			start++
			continue
		}
		end := start + 1
		for end < len(text) && !isEntityGap(text[end]) {
			end++
		}
		from, to := trimToken(text, start, end)
		if from < to && to-from <= longestTokenBytes {
			token := text[from:to]
			if kind := context.classify(token); kind != "" && !s.owns(id, from, to) {
				s.add(kind, id, from, to)
			}
			context.read(token)
		}
		start = end
	}
}

// owns says whether the owner's lists have a name for this place already.
func (s *entitySearch) owns(id uuid.UUID, start, end int) bool {
	return len(s.own.patterns) > 0 && slices.ContainsFunc(s.found, func(e Entity) bool {
		return e.Span.overlaps(Span{MessageID: id, Start: start, End: end})
	})
}

func (s *entitySearch) add(kind string, id uuid.UUID, start, end int) {
	if len(s.found) < maximumEntities {
		s.found = append(s.found, Entity{Kind: kind, Span: Span{MessageID: id, Start: start, End: end}})
	}
}

// traces adds the error line of each stack trace, or its first frame if no line
// beside it names an error.
func (s *entitySearch) traces(id uuid.UUID, text string) {
	if strings.IndexByte(text, '\n') < 0 {
		return
	}
	lines := classifyLines(text)
	for i := 0; i < len(lines); i++ {
		if lines[i].kind != frameLine {
			continue
		}
		first, chosen := i, lines[i]
		for i+1 < len(lines) && lines[i+1].kind == frameLine {
			i++
		}
		switch {
		case first > 0 && lines[first-1].kind == errorLine:
			chosen = lines[first-1]
		case i+1 < len(lines) && lines[i+1].kind == errorLine:
			chosen = lines[i+1]
			i++
		}
		s.add(EntityStackTrace, id, chosen.start, runeStart(text, min(chosen.end, chosen.start+longestErrorLine)))
	}
}

// isEntityGap says what parts tokens. Slashes, dots and colons do not: they are
// inside of addresses.
func isEntityGap(b byte) bool { return entityGaps[b] }

var entityGaps = func() (gaps [256]bool) {
	for b := range byte(' ') + 1 {
		gaps[b] = true
	}
	for _, b := range []byte("()[]{}<>\"|,;`") {
		gaps[b] = true
	}
	return gaps
}()

// trimToken drops the punctuation around a token.
func trimToken(text string, start, end int) (from, to int) {
	for start < end && isAround(text[start]) {
		start++
	}
	for start < end && isAround(text[end-1]) {
		end--
	}
	return start, end
}

func isAround(b byte) bool {
	switch b {
	case '.', ':', '!', '?', '\'', '*', '=':
		return true
	}
	return false
}
