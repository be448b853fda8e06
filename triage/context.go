package triage

import (
	"encoding/binary"
	"strings"

	"github.com/signalbox/signalbox/internal/learn"
)

// routeContext is what besides the text speaks for a route: who asks, in which
// language, and what the other fields were found to be.
type routeContext struct {
	tier, language, intent, kind, sensitive string
}

// contextSpace holds a few dozen short words, so it needs few buckets.
func contextSpace() learn.Space {
	return learn.Space{Hasher: learn.Hasher{Buckets: 1 << 14, Seed: 1}}
}

// text writes the context as made-up words for a classifier of texts, one a
// fact and one a pair of facts that routing rules commonly depend on.
func (c routeContext) text() string {
	var text strings.Builder
	for _, facts := range [][]string{
		{"tier", c.tier}, {"language", c.language}, {"intent", c.intent}, {"kind", c.kind}, {"sensitive", c.sensitive},
		{"intent kind", c.intent, c.kind}, {"intent tier", c.intent, c.tier}, {"intent language", c.intent, c.language},
		{"tier language", c.tier, c.language}, {"intent kind tier", c.intent, c.kind, c.tier},
	} {
		text.WriteString(madeUpWord(facts))
		text.WriteByte(' ')
	}
	return text.String()
}

// madeUpWord spells the hash of the facts in letters.
func madeUpWord(facts []string) string {
	number := uint64(fnvOffset)
	for _, fact := range facts {
		var length [binary.MaxVarintLen64]byte
		number = fnv1a(number, length[:binary.PutUvarint(length[:], uint64(len(fact)))])
		number = fnv1a(number, fact)
	}
	word := make([]byte, 6)
	for i := range word {
		word[i] = 'a' + byte(number%26)
		number /= 26
	}
	return string(word)
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// fnv1a goes on with a hash of 64 bits.
func fnv1a[T string | []byte](hash uint64, text T) uint64 {
	for i := range len(text) {
		hash = (hash ^ uint64(text[i])) * fnvPrime
	}
	return hash
}

func contextOf(input Input, language, intent, kind, sensitive string) routeContext {
	context := routeContext{language: language, intent: intent, kind: kind, sensitive: sensitive}
	if input.Account != nil {
		context.tier = strings.ToLower(strings.TrimSpace(input.Account.Tier))
	}
	return context
}
