package detect

import "slices"

const (
	longestGap    = 3  // words that a "~" skips at most
	negationReach = 4  // words after a negation that it concerns
	activeStates  = 64 // bounds the work of hostile texts
	mostFound     = 512
)

// found is a concept at tokens [from, to) of a text.
type found struct {
	concept  int32
	from, to int32
	sentence int32
	negated  bool
}

type state struct {
	node  int32
	from  int32
	skips int32
}

// finder is the scratch memory of one search.
type finder struct {
	states, next []state
	symbols      []int32
	found        []found
	guards       []found
	lastNegation int32
}

// find overwrites f.found with what the text holds, without what guards cover.
func (f *finder) find(l *lexicon, t *tokens) {
	f.states, f.found, f.lastNegation = f.states[:0], f.found[:0], -1<<20
	sentence := int32(-1)
	for i, token := range t.list {
		if token.sentence != sentence {
			sentence, f.states, f.lastNegation = token.sentence, f.states[:0], -1<<20
		}
		f.advance(l, t, int32(i))
		if len(f.found) >= mostFound {
			break
		}
	}
	f.applyGuards(l)
}

func (f *finder) advance(l *lexicon, t *tokens, at int32) {
	token := t.list[at]
	f.symbols = l.appendSymbols(f.symbols[:0], t.folded[token.from:token.to], token.kind)
	f.next = f.next[:0]
	for _, s := range f.states {
		f.follow(l, s, at, token.sentence)
		if s.skips > 0 {
			f.next = append(f.next, state{s.node, s.from, s.skips - 1})
		}
	}
	for _, symbol := range f.symbols {
		if next := l.first[symbol]; next != 0 {
			f.arrive(l, next, at, at, token.sentence)
		}
	}
	f.next = f.next[:min(len(f.next), activeStates)]
	f.states, f.next = f.next, f.states
}

func (f *finder) follow(l *lexicon, s state, at, sentence int32) {
	if !l.nodes[s.node].goes {
		return
	}
	for _, symbol := range f.symbols {
		if next, known := l.steps.find(stepKey(s.node, symbol)); known {
			f.arrive(l, next, s.from, at, sentence)
		}
	}
}

// arrive goes on from a node and notes the concepts of the phrases that end there.
func (f *finder) arrive(l *lexicon, number, from, at, sentence int32) {
	reached := &l.nodes[number]
	f.next = append(f.next, state{node: number, from: from})
	if reached.gap != 0 {
		f.next = append(f.next, state{node: reached.gap, from: from, skips: longestGap})
	}
	for _, concept := range reached.ends {
		c := &l.concepts[concept]
		negated := c.negated && from-f.lastNegation <= negationReach && from > f.lastNegation
		f.found = append(f.found, found{concept, from, at + 1, sentence, negated})
		if c.negation {
			f.lastNegation = at
		}
	}
}

// appendSymbols adds those of a word and of its known beginnings and ends.
func (l *lexicon) appendSymbols(symbols []int32, word []byte, kind tokenKind) []int32 {
	if kind == numberToken {
		if symbol, known := l.symbols.find(numberSign); known {
			symbols = append(symbols, symbol)
		}
	}
	hash, begin := uint64(wordSalt), uint64(prefixSalt)
	for i, b := range word {
		hash, begin = hashByte(hash, b), hashByte(begin, b)
		if l.prefixes&(1<<(i+1)) != 0 {
			if symbol, known := l.symbols.find(begin); known {
				symbols = append(symbols, symbol)
			}
		}
	}
	if symbol, known := l.symbols.find(hash); known {
		symbols = append(symbols, symbol)
	}
	end := uint64(suffixSalt)
	for i := len(word) - 1; i >= 0; i-- {
		end = hashByte(end, word[i])
		if l.suffixes&(1<<(len(word)-i)) != 0 {
			if symbol, known := l.symbols.find(end); known {
				symbols = append(symbols, symbol)
			}
		}
	}
	return symbols
}

// applyGuards drops the finds that a guard of their section covers, and guards.
func (f *finder) applyGuards(l *lexicon) {
	f.guards = f.guards[:0]
	for _, x := range f.found {
		if l.concepts[x.concept].guard {
			f.guards = append(f.guards, x)
		}
	}
	if len(f.guards) == 0 {
		return
	}
	f.found = slices.DeleteFunc(f.found, func(x found) bool { return l.concepts[x.concept].guard || f.covered(l, x) })
}

// covered looks among the guards.
func (f *finder) covered(l *lexicon, x found) bool {
	section := l.concepts[x.concept].number
	for _, guard := range f.guards {
		if guard.from <= x.from && x.to <= guard.to && l.concepts[guard.concept].number == section {
			return true
		}
	}
	return false
}
