package triage

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

// EntityProduct is a product of the owner's list.
const EntityProduct = "product"

const (
	maximumProducts   = 1_000
	maximumPatterns   = 50
	longestPattern    = 500
	longestProduct    = 100
	longestOwnMatches = 8 // of one pattern in one text
)

// ownEntities finds what the owner's lists name.
type ownEntities struct {
	products phraseBook
	kinds    []string // of the patterns, in order
	patterns []*regexp.Regexp
}

// newOwnEntities names the first product or pattern that cannot be used. Go's
// regular expressions run in linear time, so no pattern can stall a worker.
func newOwnEntities(products []string, patterns map[string]string) (ownEntities, error) {
	own := ownEntities{products: phraseBook{vocabulary: map[string]int32{}, byLastWord: map[int32][]phrase{}, digits: true}}
	if len(products) > maximumProducts || len(patterns) > maximumPatterns {
		return own, invalidPolicy("products", "or the patterns are too many", fmt.Sprintf("use at most %d products and %d patterns", maximumProducts, maximumPatterns))
	}
	for i, product := range products {
		if len(product) > longestProduct || !own.products.tryAdd(EntityProduct, product) {
			return own, invalidPolicy(fmt.Sprintf("products[%d]", i), "is no name to look for", fmt.Sprintf("use 1 to %d words", longestPhrase))
		}
	}
	for _, kind := range sortedKeys(patterns) {
		compiled, err := regexp.Compile(patterns[kind])
		if err != nil || len(patterns[kind]) > longestPattern || compiled.MatchString("") {
			return own, invalidPolicy("patterns."+kind, "is no usable regular expression", "use RE2 syntax that does not match the empty text, such as CN-[0-9]{6}")
		}
		if !keyPattern.MatchString(kind) {
			return own, invalidPolicy("patterns."+kind, "is not a name for a kind of entity", "use lower-case letters, digits and _")
		}
		own.kinds, own.patterns = append(own.kinds, kind), append(own.patterns, compiled)
	}
	return own, nil
}

// search adds what it finds in a text.
func (o ownEntities) search(s *entitySearch, id uuid.UUID, text string) {
	for _, match := range o.products.find(text) {
		s.add(EntityProduct, id, match.start, match.end)
	}
	for i, pattern := range o.patterns {
		for _, place := range pattern.FindAllStringIndex(text, longestOwnMatches) {
			if strings.TrimSpace(text[place[0]:place[1]]) != "" {
				s.add(o.kinds[i], id, place[0], place[1])
			}
		}
	}
}
