package retrieval

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
	"github.com/signalbox/signalbox/internal/fault"
)

// Suggestion is a title or a heading that what was typed so far begins.
type Suggestion struct {
	ArticleID uuid.UUID     `json:"article_id"`
	Audience  desk.Audience `json:"audience"`
	Title     string        `json:"title"`
	Heading   string        `json:"heading,omitempty"` // "" for the title itself
	Anchor    string        `json:"anchor,omitempty"`
}

// Suggester finds suggestions, best first; the prefix is folded.
type Suggester interface {
	Suggest(ctx context.Context, prefix string, limit int, filter Filter) ([]Suggestion, error)
}

const (
	// MaximumSuggestions bounds what one request returns.
	MaximumSuggestions    = 10
	shortestPrefix        = 2
	longestSuggestionKey  = 60 // characters
	maximumSuggestedWords = 12 // starts of words in one heading
)

// Suggest returns up to limit titles and headings (1–10) of which a word begins
// with the text, or several words with all of it. Less than two characters have none.
func (s *Searcher) Suggest(ctx context.Context, text string, limit int, filter Filter) ([]Suggestion, error) {
	if limit < 1 || limit > MaximumSuggestions {
		return nil, fault.Field(fault.Unprocessable, "limit", "is out of range", "use 1 to 10")
	}
	suggester, ok := s.Finder.(Suggester)
	prefix := foldedLine(firstBytes(text, 400))
	if !ok || utf8.RuneCountInString(prefix) < shortestPrefix {
		return []Suggestion{}, nil
	}
	return suggester.Suggest(ctx, firstRunes(prefix, longestSuggestionKey), limit, filter)
}

// SuggestionEntry is what is stored of a title or a heading: a key a word's start.
type SuggestionEntry struct {
	Ordinal         int // 0 is the title
	Keys            []string
	Heading, Anchor string
	Rank            float32
}

// SuggestionsOf lists an article's title and headings. Titles come before headings,
// then what readers voted for, then what is newer: ten years weigh as much as all
// the votes there can be.
func SuggestionsOf(article Article, chunks []Chunk) []SuggestionEntry {
	updated := article.UpdatedAt
	if updated.IsZero() {
		updated = time.Now()
	}
	rank := float32(standingOf(article.Votes) + updated.Sub(suggestionEpoch).Hours()/(24*365*10))
	entries := []SuggestionEntry{{Keys: suggestionKeys(article.Title), Rank: rank + 1}}
	seen := map[string]bool{foldedLine(article.Title): true}
	for _, chunk := range chunks {
		if len(chunk.HeadingPath) == 0 {
			continue
		}
		heading := chunk.HeadingPath[len(chunk.HeadingPath)-1]
		if folded := foldedLine(heading); !seen[folded] {
			seen[folded] = true
			entries = append(entries, SuggestionEntry{len(entries), suggestionKeys(heading), heading, chunk.Anchor, rank})
		}
	}
	return entries
}

var suggestionEpoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// suggestionKeys are the folded line from each word's start on. Every character of
// an unspaced script starts one.
func suggestionKeys(text string) []string {
	line := foldedLine(text)
	var keys []string
	before := ' '
	for at, r := range line {
		if len(keys) < maximumSuggestedWords && r != ' ' && (before == ' ' || isUnspaced(r)) {
			keys = append(keys, firstRunes(line[at:], longestSuggestionKey))
		}
		before = r
	}
	return keys
}

// foldedLine lowers a text, drops its accents and leaves one space between words.
func foldedLine(text string) string {
	return strings.Join(strings.FieldsFunc(folded(lowered(text)), func(r rune) bool { return !isWordRune(r) }), " ")
}

func firstRunes(text string, most int) string {
	count := 0
	for at := range text {
		if count == most {
			return text[:at]
		}
		count++
	}
	return text
}
