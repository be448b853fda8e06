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
	f.follow(l, state{from: at}, at, token.sentence)
	f.next = f.next[:min(len(f.next), activeStates)]
	f.states, f.next = f.next, f.states
}

func (f *finder) follow(l *lexicon, s state, at, sentence int32) {
	for _, symbol := range f.symbols {
		next, known := l.steps.find(stepKey(s.node, symbol))
		if !known {
			continue
		}
		f.next = append(f.next, state{node: next, from: s.from})
		if gap := l.nodes[next].gap; gap != 0 {
			f.next = append(f.next, state{node: gap, from: s.from, skips: longestGap})
		}
		for _, concept := range l.nodes[next].ends {
			negated := l.concepts[concept].negated && s.from-f.lastNegation <= negationReach && s.from > f.lastNegation
			f.found = append(f.found, found{concept, s.from, at + 1, sentence, negated})
			if l.concepts[concept].negation {
				f.lastNegation = at
			}
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
	covered := func(x found) bool {
		section := l.concepts[x.concept].section
		return slices.ContainsFunc(f.found, func(g found) bool {
			c := &l.concepts[g.concept]
			return c.guard && c.section == section && g.from <= x.from && x.to <= g.to
		})
	}
	if !slices.ContainsFunc(f.found, func(g found) bool { return l.concepts[g.concept].guard }) {
		return
	}
	kept := f.found[:0:0]
	for _, x := range f.found {
		if !l.concepts[x.concept].guard && !covered(x) {
			kept = append(kept, x)
		}
	}
	f.found = kept
}
