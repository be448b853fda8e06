package detect

import (
	"fmt"
	"slices"
	"strings"
)

// A lexicon file has sections ("[legal]") of concepts and rules:
//
//	lawyer: solicitor* | my lawyer | *anwalt | notar ~ brief
//	guard: legal name | court fee*
//	rule threat: lawyer & deadline !hypothetical
//	rule whole/text: lawyer & deadline
//
// A concept lists phrases. In a phrase, "word*" and "*word" match beginnings and
// ends, "#" a number, "~" up to three words in between; scripts without spaces are
// matched character by character. A name ending in "-" (stop-:) doesn't count where
// a negation stands before it. What a guard covers belongs to no concept of the
// section. A rule holds if all its concepts stand in one sentence, or anywhere in
// the text for "/text"; "!" means that one does not. Concepts of other sections are
// named section.concept.

// maximumPhrase is in words.
const maximumPhrase = 24

// node is a place in the tree of all phrases.
type node struct {
	gap  int32   // the node after a gap that begins here, 0 if none does
	goes bool    // a symbol leads on from here
	ends []int32 // the concepts of the phrases that end here
}

type concept struct {
	name     string // section.concept
	section  string
	group    int32 // grows where the next concept is of another section
	number   int32 // of the section
	guard    bool
	negation bool // it negates what stands after it
	negated  bool // it doesn't count after a negation
}

type rule struct {
	name     string
	needs    []int32
	without  []int32
	anywhere bool // in the text, not in one sentence
}

// lexicon finds concepts and rules. It never changes once it is built.
type lexicon struct {
	concepts []concept
	rules    []rule
	sections []string
	names    map[string]int32 // of concepts

	symbols  hashTable // salted hashes of words and affixes
	steps    hashTable // node and symbol to node
	nodes    []node
	first    []int32 // by symbol, the node that it leads to from the start, or 0
	prefixes uint64  // the lengths that prefixes have, as bits
	suffixes uint64

	rulesOf [][]int32 // by concept, the rules whose first need it is
}

const negationConcept = "general.negation"

// parseLexicon reads files in order. The error names the line.
func parseLexicon(files ...string) (*lexicon, error) {
	l := &lexicon{names: map[string]int32{}, nodes: make([]node, 1)}
	var rules []string
	for _, file := range files {
		section := ""
		for number, line := range strings.Split(file, "\n") {
			line = strings.TrimSpace(line)
			var err error
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[':
				section = strings.Trim(line, "[]")
				l.addSection(section)
			case strings.HasPrefix(line, "rule "):
				rules = append(rules, section+" "+line[len("rule "):])
			default:
				err = l.addConcept(section, line)
			}
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", number+1, err)
			}
		}
	}
	for _, text := range rules {
		if err := l.addRule(text); err != nil {
			return nil, err
		}
	}
	l.index()
	return l, nil
}

// index notes what reading would look for again and again.
func (l *lexicon) index() {
	l.first = make([]int32, l.symbols.size)
	for symbol := range l.first {
		l.first[symbol], _ = l.steps.find(stepKey(0, int32(symbol)))
	}
	for i := range l.concepts {
		c := &l.concepts[i]
		c.number = int32(slices.Index(l.sections, c.section))
		if i > 0 {
			before := &l.concepts[i-1]
			c.group = before.group + min(1, max(before.number-c.number, c.number-before.number))
		}
	}
	l.rulesOf = make([][]int32, len(l.concepts))
	for i, r := range l.rules {
		l.rulesOf[r.needs[0]] = append(l.rulesOf[r.needs[0]], int32(i))
	}
}

func (l *lexicon) addSection(section string) {
	for _, known := range l.sections {
		if known == section {
			return
		}
	}
	l.sections = append(l.sections, section)
}

func (l *lexicon) addConcept(section, line string) error {
	name, phrases, found := strings.Cut(line, ":")
	if !found || section == "" {
		return fmt.Errorf("detect: %q is no concept", line)
	}
	plain := strings.TrimSuffix(name, "-")
	full := section + "." + plain
	number, known := l.names[full]
	if !known {
		number = int32(len(l.concepts))
		l.names[full] = number
		l.concepts = append(l.concepts, concept{
			name: full, section: section, guard: plain == "guard", negated: plain != name, negation: full == negationConcept,
		})
	}
	for phrase := range strings.SplitSeq(phrases, "|") {
		if err := l.addPhrase(strings.TrimSpace(phrase), number); err != nil {
			return err
		}
	}
	return nil
}

func (l *lexicon) addPhrase(phrase string, concept int32) error {
	at, words := int32(0), 0
	for part := range strings.FieldsSeq(phrase) {
		if part == "~" {
			at = l.gapAfter(at)
			continue
		}
		for _, symbol := range l.symbolsOf(part) {
			at = l.step(at, symbol)
			words++
		}
	}
	if words == 0 || words > maximumPhrase || at == 0 {
		return fmt.Errorf("detect: the phrase %q has no words, or too many", phrase)
	}
	l.nodes[at].ends = append(l.nodes[at].ends, concept)
	return nil
}

func (l *lexicon) gapAfter(at int32) int32 {
	if l.nodes[at].gap == 0 {
		l.nodes = append(l.nodes, node{})
		l.nodes[at].gap = int32(len(l.nodes) - 1)
	}
	return l.nodes[at].gap
}

func (l *lexicon) step(at, symbol int32) int32 {
	key := stepKey(at, symbol)
	if next, known := l.steps.find(key); known {
		return next
	}
	l.nodes = append(l.nodes, node{})
	next := int32(len(l.nodes) - 1)
	l.steps.put(key, next)
	l.nodes[at].goes = true
	return next
}

func stepKey(at, symbol int32) uint64 { return uint64(at)<<32 | uint64(symbol) + 1 }

// The salts tell words from beginnings and ends.
const (
	wordSalt   = hashOffset
	prefixSalt = hashOffset ^ 0x9e3779b97f4a7c15
	suffixSalt = hashOffset ^ 0xc2b2ae3d27d4eb4f
	numberSign = 0x6e756d626572 // the hash of any number
)

// symbolsOf returns the symbols of a blank-separated part of a phrase.
func (l *lexicon) symbolsOf(part string) []int32 {
	if part == "#" {
		return []int32{l.symbol(numberSign)}
	}
	begins, ends := strings.HasSuffix(part, "*"), strings.HasPrefix(part, "*")
	var read tokens
	read.read(strings.Trim(part, "*"))
	var symbols []int32
	for i, token := range read.list {
		word := read.folded[token.from:token.to]
		switch {
		case ends && i == 0:
			l.suffixes |= 1 << len(word)
			symbols = append(symbols, l.symbol(hashBackwards(word)))
		case begins && i == len(read.list)-1:
			l.prefixes |= 1 << len(word)
			symbols = append(symbols, l.symbol(hashBytes(prefixSalt, word)))
		default:
			symbols = append(symbols, l.symbol(hashBytes(wordSalt, word)))
		}
	}
	return symbols
}

func hashBackwards(word []byte) uint64 {
	hash := uint64(suffixSalt)
	for i := len(word) - 1; i >= 0; i-- {
		hash = hashByte(hash, word[i])
	}
	return hash
}

func (l *lexicon) symbol(hash uint64) int32 {
	if number, known := l.symbols.find(hash); known {
		return number
	}
	number := int32(l.symbols.size)
	l.symbols.put(hash, number)
	return number
}

func (l *lexicon) addRule(text string) error {
	head, body, _ := strings.Cut(text, ":")
	section, name, _ := strings.Cut(head, " ")
	added := rule{}
	name, added.anywhere = strings.CutSuffix(name, "/text")
	added.name = section + "." + name
	for part := range strings.FieldsSeq(strings.ReplaceAll(body, "&", " ")) {
		name, without := strings.CutPrefix(part, "!")
		if !strings.Contains(name, ".") {
			name = section + "." + name
		}
		number, known := l.names[name]
		if !known {
			return fmt.Errorf("detect: the rule %s names the unknown concept %s", added.name, name)
		}
		if without {
			added.without = append(added.without, number)
		} else {
			added.needs = append(added.needs, number)
		}
	}
	if len(added.needs) == 0 {
		return fmt.Errorf("detect: the rule %s needs a concept", added.name)
	}
	l.rules = append(l.rules, added)
	return nil
}
