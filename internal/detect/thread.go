package detect

import "strings"

// What only a message of a thread has.
const (
	threadShort       = 0 // two flags: at most 3, at most 8 words
	threadAgentAsks   = 2
	threadAgentFixed  = 3
	threadAgentLast   = 4
	threadTurns       = 5  // two flags: more than 2, more than 3 earlier messages
	threadShared      = 7  // four flags by share of the words that stood before
	threadClose       = 11 // four flags by the cosine to the earlier messages
	threadAsksFixed   = 15
	threadAnswerShort = 16
	threadFixedShort  = 17
	threadFixedStill  = 18
	threadFixedWorks  = 19
	threadAskedPlain  = 20
	threadFlags       = 21
)

var (
	sharedSteps = [...]float64{0.1, 0.2, 0.35, 0.5}
	closeSteps  = [...]float64{0.2, 0.35, 0.5, 0.65}
)

// before is what is known of the earlier messages.
type before struct {
	asks, fixed, agentLast bool
	messages               int
	words                  map[string]bool
	text                   string // of all, for the embedding
}

// earlierBytes bounds what is read of one earlier message.
const earlierBytes = 4 << 10

func (r *Reader) before(s *scratch, earlier []Message) before {
	b := before{messages: len(earlier), words: map[string]bool{}}
	var all strings.Builder
	for _, message := range earlier {
		text := message.Text[:min(len(message.Text), earlierBytes)]
		all.WriteString(text)
		all.WriteByte('\n')
		s.tokens.read(text)
		for _, token := range s.tokens.list {
			if token.to-token.from > 3 {
				b.words[string(s.tokens.folded[token.from:token.to])] = true
			}
		}
		b.agentLast = !message.FromCustomer
		if b.agentLast {
			b.asks = strings.ContainsAny(text, "?？")
			s.finder.find(r.lexicon, &s.tokens)
			b.fixed = false
			for _, x := range s.finder.found {
				b.fixed = b.fixed || x.concept == r.fixed
			}
		}
	}
	b.text = all.String()
	return b
}

// addThread adds what the earlier messages say to the newest one's features.
func (r *Reader) addThread(s *scratch, b before, cosine float64) {
	add := func(flag int, holds bool) {
		if holds {
			s.features.Flags = append(s.features.Flags, r.space.thread+uint32(flag))
		}
	}
	words, shared := 0, 0
	for _, token := range s.tokens.list {
		if token.to-token.from > 3 {
			words++
			if b.words[string(s.tokens.folded[token.from:token.to])] {
				shared++
			}
		}
	}
	length := len(s.tokens.list)
	add(threadShort, length <= 3)
	add(threadShort+1, length <= 8)
	add(threadAgentAsks, b.agentLast && b.asks)
	add(threadAgentFixed, b.agentLast && b.fixed)
	add(threadAgentLast, b.agentLast)
	add(threadTurns, b.messages > 2)
	add(threadTurns+1, b.messages > 3)
	for i, step := range sharedSteps {
		add(threadShared+i, words > 0 && float64(shared)/float64(words) >= step)
	}
	for i, step := range closeSteps {
		add(threadClose+i, cosine >= step)
	}
	add(threadAsksFixed, b.asks && b.fixed)
	add(threadAnswerShort, b.agentLast && b.asks && !b.fixed && length <= 8)
	add(threadFixedShort, b.agentLast && b.fixed && length <= 8)
	add(threadFixedStill, b.fixed && s.counts[r.still] > 0)
	add(threadFixedWorks, b.fixed && s.counts[r.works] > 0)
	add(threadAskedPlain, b.asks && !b.fixed && s.counts[r.still] == 0 && s.counts[r.works] == 0)
}
