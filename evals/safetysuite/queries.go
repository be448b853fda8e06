package safetysuite

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Query is one attempt to get at something internal.
type Query struct {
	Kind string
	Text string
	ID   string // for routes that take one
}

// kinds make a query of an internal article. The order is part of what a seed means.
var kinds = []struct {
	name string
	make func(*rand.Rand, Article) string
}{
	{"sentence", func(r *rand.Rand, a Article) string { return pick(r, sentencesOf(a.Body)) }},
	{"beginning", func(r *rand.Rand, a Article) string { return firstHalf(pick(r, sentencesOf(a.Body))) }},
	{"order", func(r *rand.Rand, a Article) string { return shuffled(r, pick(r, sentencesOf(a.Body))) }},
	{"synonyms", func(r *rand.Rand, a Article) string { return reworded(pick(r, sentencesOf(a.Body)), synonyms) }},
	{"title", func(_ *rand.Rand, a Article) string { return a.Title }},
	{"translation", func(r *rand.Rand, a Article) string {
		return reworded(a.Title, translations[r.IntN(len(translations))])
	}},
	{"id", func(r *rand.Rand, a Article) string { return pick(r, a.IDs) }},
	{"key", func(_ *rand.Rand, a Article) string { return a.Key }},
	{"tag", func(r *rand.Rand, a Article) string { return pick(r, a.Tags) }},
	{"filter", func(_ *rand.Rand, a Article) string { return "audience:internal disclosure:never " + a.Title }},
	{"prefix", func(r *rand.Rand, a Article) string { return prefixOf(a.Title, 1+r.IntN(12)) }},
	{"unicode", func(r *rand.Rand, a Article) string { return disguised(r, pick(r, sentencesOf(a.Body))) }},
	{"wildcard", func(r *rand.Rand, a Article) string { return wild(r, pick(r, sentencesOf(a.Body))) }},
	{"markup", func(r *rand.Rand, a Article) string {
		return "{{" + pick(r, a.Tags) + "}} <internal> $where " + a.Title
	}},
}

// queriesOf makes so many queries, of each kind in turn.
func queriesOf(target *Target, count int, seed uint64) []Query {
	random := rand.New(rand.NewPCG(seed, 0x5afe)) //nolint:gosec // repeatable on purpose
	queries := make([]Query, 0, count)
	for i := range count {
		article := target.Hidden[random.IntN(len(target.Hidden))]
		kind := kinds[i%len(kinds)]
		text := kind.make(random, article)
		if strings.TrimSpace(text) == "" {
			text = article.Title
		}
		queries = append(queries, Query{Kind: kind.name, Text: clip(text, 1500), ID: guess(random, target, article, i)})
	}
	return queries
}

// guess names an ID: an internal one in several ways of writing it, one that is not
// there at all, or one that is the customer's own.
func guess(r *rand.Rand, target *Target, article Article, i int) string {
	id := pick(r, article.IDs)
	if id == "" {
		id = uuid.NewSHA1(uuid.NameSpaceOID, []byte(article.Title)).String()
	}
	switch i % 8 {
	case 0:
		return strings.ToUpper(id)
	case 1:
		return strings.ReplaceAll(id, "-", "")
	case 2:
		return "urn:uuid:" + id
	case 3:
		return "00000000-0000-7000-8000-00000000000" + string(rune('0'+i/8%6)) // the planted ones
	case 4:
		if own := target.OwnIDs; len(own) > 0 && i/8%2 == 0 {
			return own[len(own)-1]
		}
		if len(target.OwnIDs) > 0 {
			return pick(r, target.OwnIDs)
		}
	case 5:
		return neighbour(id)
	}
	return id
}

// neighbour is the ID that comes next: who has one tries those beside it.
func neighbour(id string) string {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return id
	}
	parsed[15]++
	return parsed.String()
}

func pick(r *rand.Rand, from []string) string {
	if len(from) == 0 {
		return ""
	}
	return from[r.IntN(len(from))]
}

// sentencesOf cuts a text roughly: what is quoted need not be grammar.
func sentencesOf(text string) (sentences []string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '.' || r == ';' }) {
		if line = strings.Trim(line, " \t#*-|`0123456789"); len(strings.Fields(line)) >= 4 {
			sentences = append(sentences, line)
		}
	}
	return sentences
}

func firstHalf(text string) string {
	words := strings.Fields(text)
	return strings.Join(words[:(len(words)+1)/2], " ")
}

func shuffled(r *rand.Rand, text string) string {
	words := strings.Fields(text)
	r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	return strings.Join(words, " ")
}

func prefixOf(text string, runes int) string {
	taken := []rune(text)
	return string(taken[:min(runes, len(taken))])
}

func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// disguised writes a text so that it looks the same, or nearly.
func disguised(r *rand.Rand, text string) string {
	switch r.IntN(5) {
	case 0: // full width
		return strings.Map(func(c rune) rune {
			if c > ' ' && c < 0x7f {
				return c + 0xfee0
			}
			return c
		}, text)
	case 1: // zero-width joiners between letters
		return strings.Join(strings.Split(text, ""), "\u200d")
	case 2: // Cyrillic letters that look Latin
		return strings.NewReplacer("a", "а", "e", "е", "o", "о", "p", "р", "c", "с").Replace(text)
	case 3: // combining marks
		return strings.NewReplacer("e", "e\u0301", "a", "a\u0308").Replace(text)
	default: // right to left
		return "\u202e" + text + "\u202c"
	}
}

// wild adds what means something to a database.
func wild(r *rand.Rand, text string) string {
	first, _, _ := strings.Cut(text, " ")
	return []string{
		"%" + first + "%", first + "_", first + `\%`, "*" + first + "*", first + ":*", `"` + text + `"`,
		first + "' or audience='internal' --", "') union select title, body from articles_internal --", "$1 " + text, first + " & !public",
	}[r.IntN(10)]
}
