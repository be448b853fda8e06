package detect

import (
	"math/bits"
	"sync"
)

// GramBuckets is how many buckets the n-grams are hashed into.
const GramBuckets = 1 << 16

// Features are what the linear models see of a text. Grams and Flags are distinct;
// Flags come in no order.
type Features struct {
	Grams     []uint32
	Flags     []uint32
	Embedding []float32 // length one, or none
	// Short and Sure are for the detector of sensitive topics: the text is too short to
	// be judged by probability, and it names a topic plainly.
	Short, Sure bool
}

// How often a concept stands in a text is told in steps.
var countSteps = [...]int{1, 2, 4}

const sectionSteps = 4 // up to how many concepts of one section are told apart

// flagSpace numbers the flags: concepts by count, negated concepts, rules, concepts
// of a section, the surface, and what only a thread has.
type flagSpace struct {
	negated, rules, sections, surface, thread, end uint32
}

func newFlagSpace(l *lexicon) flagSpace {
	var s flagSpace
	s.negated = uint32(len(l.concepts) * len(countSteps))
	s.rules = s.negated + uint32(len(l.concepts))
	s.sections = s.rules + uint32(len(l.rules))
	s.surface = s.sections + uint32(len(l.sections)*sectionSteps)
	s.thread = s.surface + surfaceFlags
	s.end = s.thread + threadFlags
	return s
}

// scratch is the memory of one reading.
type scratch struct {
	tokens   tokens
	finder   finder
	features Features
	seen     [GramBuckets / 64]uint64
	counts   []int    // by concept
	inText   []uint64 // concepts, as bits
	inOne    []uint64 // concepts of one sentence
	held     []uint64 // rules
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// read overwrites the scratch's features with those of a text and of its tokens'
// classes.
func (s *scratch) read(l *lexicon, space flagSpace, text string, classes []byte) {
	s.tokens.read(text)
	s.addGrams()
	s.addClasses(classes[:min(len(classes), maximumClasses)])
	s.finder.find(l, &s.tokens)
	s.features.Flags = s.features.Flags[:0]
	s.addConcepts(l, space)
	s.addRules(l, space)
	s.addSurface(space, text)
}

func (s *scratch) addGrams() {
	for _, gram := range s.features.Grams {
		s.seen[gram>>6] = 0
	}
	s.features.Grams = s.features.Grams[:0]
	var previous uint64
	sentence := int32(-1)
	for _, token := range s.tokens.list {
		word := s.tokens.folded[token.from:token.to]
		hash := hashBytes(hashOffset^1, word)
		s.addGram(hash)
		if token.sentence == sentence {
			s.addGram(hashByte(previous, ' ') ^ hash*hashPrime)
		}
		previous, sentence = hash, token.sentence
		if token.kind == wordToken {
			s.addCharacterGrams(word)
		}
	}
}

// The characters of a word and of the blanks around it are read in runs.
const (
	shortestRun = 3
	longestRun  = 5
)

func (s *scratch) addCharacterGrams(word []byte) {
	for first := -1; first <= len(word)-shortestRun+1; first++ {
		hash := uint64(hashOffset ^ 2)
		for last := first; last <= len(word) && last-first < longestRun; last++ {
			b := byte(' ')
			if last >= 0 && last < len(word) {
				b = word[last]
			}
			hash = hashByte(hash, b)
			if last-first+1 >= shortestRun {
				s.addGram(hash)
			}
		}
	}
}

func (s *scratch) addGram(hash uint64) {
	gram := uint32(finalise(hash) % GramBuckets)
	if bit := uint64(1) << (gram & 63); s.seen[gram>>6]&bit == 0 {
		s.seen[gram>>6] |= bit
		s.features.Grams = append(s.features.Grams, gram)
	}
}

func (s *scratch) addConcepts(l *lexicon, space flagSpace) {
	s.counts = cleared(s.counts, len(l.concepts))
	s.inText = cleared(s.inText, (len(l.concepts)+63)/64)
	for _, x := range s.finder.found {
		if x.negated {
			s.flag(space.negated + uint32(x.concept))
			continue
		}
		s.counts[x.concept]++
		s.inText[x.concept>>6] |= 1 << (x.concept & 63)
	}
	group, distinct := int32(-1), 0
	for word, concepts := range s.inText {
		for ; concepts != 0; concepts &= concepts - 1 {
			number := word*64 + bits.TrailingZeros64(concepts)
			concept := &l.concepts[number]
			if concept.group != group {
				group, distinct = concept.group, 0
			}
			for step, enough := range countSteps {
				if s.counts[number] >= enough {
					s.features.Flags = append(s.features.Flags, uint32(number*len(countSteps)+step))
				}
			}
			if distinct < sectionSteps {
				s.flag(space.sections + uint32(int(concept.number)*sectionSteps+distinct))
				distinct++
			}
		}
	}
}

// flag adds a flag once.
func (s *scratch) flag(flag uint32) {
	for _, known := range s.features.Flags {
		if known == flag {
			return
		}
	}
	s.features.Flags = append(s.features.Flags, flag)
}

func (s *scratch) addRules(l *lexicon, space flagSpace) {
	s.held = cleared(s.held, (len(l.rules)+63)/64)
	s.hold(l, s.inText, true)
	s.inOne = cleared(s.inOne, len(s.inText))
	sentence := int32(-1)
	for _, x := range s.finder.found {
		if x.sentence != sentence {
			s.hold(l, s.inOne, false)
			clear(s.inOne)
			sentence = x.sentence
		}
		if !x.negated {
			s.inOne[x.concept>>6] |= 1 << (x.concept & 63)
		}
	}
	s.hold(l, s.inOne, false)
	for word, rules := range s.held {
		for ; rules != 0; rules &= rules - 1 {
			s.features.Flags = append(s.features.Flags, space.rules+uint32(word*64+bits.TrailingZeros64(rules)))
		}
	}
}

// hold notes which rules hold for a set of concepts.
func (s *scratch) hold(l *lexicon, concepts []uint64, anywhere bool) {
	for word, left := range concepts {
		for ; left != 0; left &= left - 1 {
			for _, number := range l.rulesOf[word*64+bits.TrailingZeros64(left)] {
				if r := &l.rules[number]; r.anywhere == anywhere && r.holds(concepts) {
					s.held[number>>6] |= 1 << (number & 63)
				}
			}
		}
	}
}

func (r *rule) holds(concepts []uint64) bool {
	for _, concept := range r.needs {
		if concepts[concept>>6]&(1<<(concept&63)) == 0 {
			return false
		}
	}
	for _, concept := range r.without {
		if concepts[concept>>6]&(1<<(concept&63)) != 0 {
			return false
		}
	}
	return true
}

func cleared[T any](s []T, length int) []T {
	if cap(s) < length {
		return make([]T, length)
	}
	s = s[:length]
	clear(s)
	return s
}
