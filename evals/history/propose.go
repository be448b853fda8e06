package history

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/signalbox/signalbox/internal/fault"
	"github.com/signalbox/signalbox/triage"
)

// Proposal is a set of categories for texts that have none.
type Proposal struct {
	Tickets    int        `json:"tickets"` // that were clustered; near-duplicates count once
	Categories []Category `json:"categories"`
	// Rest are the tickets of categories beyond those that were wanted.
	Rest int `json:"rest"`
}

// Category is a cluster of tickets with a name for a person to mend.
type Category struct {
	Key      string   `json:"key"`
	Name     string   `json:"name"`
	Tickets  int      `json:"tickets"`
	Share    float64  `json:"share"`
	Words    []string `json:"words"`    // that tell it from the others
	Examples []string `json:"examples"` // nearest to its centre
	// Tightness is the mean likeness of its tickets to its centre, 0–1: a loose one is
	// likely several.
	Tightness float64 `json:"tightness"`
}

const (
	// finer is how many clusters are made for each category that is wanted: the greatest
	// are proposed, and what is left over is no category.
	finer        = 1.5
	mostExamples = 5
	mostWords    = 6
	exampleRunes = 160
	// LeastTexts is how many different texts a proposal needs for each category.
	LeastTexts = 3
)

// Propose clusters a history's texts into the greatest so many categories, 2–200.
func Propose(ctx context.Context, h *History, wanted int, seed uint64, progress func(stage string, done, total int)) (*Proposal, error) {
	if wanted < 2 || wanted > 200 {
		return nil, fault.Field(fault.Invalid, "--categories", "is out of range", "use 2 to 200")
	}
	var texts []string
	for i, group := range Groups(h.Rows) {
		if group == i {
			texts = append(texts, h.Rows[i].Text())
		}
	}
	if len(texts) < wanted*LeastTexts {
		return nil, fault.Field(fault.Unprocessable, "--history", fmt.Sprintf("has %d different texts", len(texts)), fmt.Sprintf("give at least %d for %d categories, or ask for fewer with --categories", wanted*LeastTexts, wanted))
	}
	progress("texts read", 0, len(texts))
	vectors, err := vectorsOf(texts)
	if err != nil {
		return nil, err
	}
	progress("texts read", len(texts), len(texts))
	k := min(int(math.Ceil(finer*float64(wanted))), len(texts)/LeastTexts)
	assigned, centres, err := cluster(ctx, vectors, k, seed, func(done, total int) { progress("rounds of clustering", done, total) })
	if err != nil {
		return nil, err
	}
	return describe(texts, vectors, assigned, centres, wanted), nil
}

func describe(texts []string, vectors [][]float32, assigned []int, centres [][]float32, wanted int) *Proposal {
	members := make([][]int, len(centres))
	for i, c := range assigned {
		members[c] = append(members[c], i)
	}
	order := make([]int, len(centres))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(members[b]), len(members[a])) })
	phrases := newPhrases(texts, members)
	proposal := &Proposal{Tickets: len(texts), Categories: []Category{}}
	used := map[string]bool{}
	for rank, c := range order {
		if len(members[c]) == 0 {
			continue
		}
		if rank >= wanted {
			proposal.Rest += len(members[c])
			continue
		}
		words := phrases.of(c, mostWords)
		category := Category{Words: words, Tickets: len(members[c]), Share: float64(len(members[c])) / float64(len(texts))}
		category.Key, category.Name = nameOf(words, rank+1, used)
		slices.SortStableFunc(members[c], func(a, b int) int { return cmp.Compare(dot(vectors[b], centres[c]), dot(vectors[a], centres[c])) })
		var likeness float64
		for _, i := range members[c] {
			likeness += float64(dot(vectors[i], centres[c])) / float64(len(members[c]))
		}
		category.Tightness = likeness
		for _, i := range members[c] {
			if text := strings.Join(strings.Fields(texts[i]), " "); len(category.Examples) < mostExamples && text != "" {
				category.Examples = append(category.Examples, firstRunes(text, exampleRunes))
			}
		}
		proposal.Categories = append(proposal.Categories, category)
	}
	return proposal
}

// nameOf makes a key and a name of the words that tell a category best.
func nameOf(words []string, rank int, used map[string]bool) (key, name string) {
	var chosen []string
	for _, word := range words {
		if len(chosen) < 2 && !slices.ContainsFunc(chosen, func(c string) bool { return strings.Contains(c, word) || strings.Contains(word, c) }) {
			chosen = append(chosen, word)
		}
	}
	name = strings.Join(chosen, ", ")
	if name == "" {
		name = fmt.Sprintf("Category %d", rank)
	}
	key = asciiKey(strings.Join(chosen, " "))
	if key == "" || used[key] {
		key = fmt.Sprintf("category_%d", rank)
	}
	used[key] = true
	return key, name
}

// asciiKey writes words as a key of a taxonomy, "" if nothing is left of them.
func asciiKey(text string) string {
	mapped := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r == ' ' || r == '_' || r == '-':
			return '_'
		}
		return -1
	}, strings.ToLower(text))
	key := strings.Trim(strings.Join(strings.FieldsFunc(mapped, func(r rune) bool { return r == '_' }), "_"), "_0123456789")
	return key[:min(len(key), 60)]
}

func firstRunes(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// phrases weigh the words and pairs of words of clusters (class-based tf-idf,
// Grootendorst 2022).
type phrases struct {
	counts []map[string]int // by cluster: texts that hold it
	all    map[string]int
	sizes  []int
}

func newPhrases(texts []string, members [][]int) *phrases {
	p := &phrases{counts: make([]map[string]int, len(members)), all: map[string]int{}, sizes: make([]int, len(members))}
	for c, list := range members {
		p.counts[c], p.sizes[c] = map[string]int{}, len(list)
		for _, i := range list[:min(len(list), 2000)] {
			for _, phrase := range phrasesOf(texts[i]) {
				p.counts[c][phrase]++
				p.all[phrase]++
			}
		}
	}
	return p
}

// phrasesOf lists the different words of three letters and more, and pairs of such.
func phrasesOf(text string) []string {
	words := plainWords(text)
	var found []string
	for i, word := range words {
		if !telling(word) {
			continue
		}
		found = append(found, word)
		if i > 0 && telling(words[i-1]) {
			found = append(found, words[i-1]+" "+word)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func telling(word string) bool {
	return len([]rune(word)) >= 3 && !strings.Contains(word, "0") && len(word) < 40
}

// common says that a phrase begins or ends with a word of every tenth text.
func (p *phrases) common(phrase string) bool {
	texts := 0
	for _, size := range p.sizes {
		texts += size
	}
	for _, word := range strings.Fields(phrase) {
		if p.all[word]*10 > texts {
			return true
		}
	}
	return false
}

// of lists the phrases that tell a cluster best.
func (p *phrases) of(cluster, most int) []string {
	var total float64
	for _, count := range p.all {
		total += float64(count)
	}
	type weighed struct {
		phrase string
		weight float64
	}
	var list []weighed
	for phrase, count := range p.counts[cluster] {
		if count < 2 || p.common(phrase) {
			continue
		}
		share := float64(count) / float64(max(p.sizes[cluster], 1))
		weight := share * math.Log(1+total/float64(len(p.sizes))/float64(p.all[phrase]))
		// How much of the phrase stands here: a word of every cluster tells none.
		weight *= float64(count) / float64(p.all[phrase])
		if strings.Contains(phrase, " ") {
			weight *= 1.2
		}
		list = append(list, weighed{phrase, weight})
	}
	slices.SortFunc(list, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.phrase, b.phrase))
	})
	var words []string
	for _, w := range list {
		if len(words) == most {
			break
		}
		if !slices.ContainsFunc(words, func(have string) bool { return strings.Contains(have, w.phrase) }) {
			words = append(words, w.phrase)
		}
	}
	return words
}

// Taxonomy turns the categories into intents, with their examples, for a person to merge
// and rename, and one route, since nothing is known of teams.
func (p *Proposal) Taxonomy() triage.Taxonomy {
	taxonomy := triage.Taxonomy{Routes: []triage.Route{{Key: "inbox", Name: "Inbox", Description: "Everybody; name your teams here."}}}
	for _, category := range p.Categories {
		taxonomy.Intents = append(taxonomy.Intents, triage.Intent{
			Key: category.Key, Name: category.Name, Examples: category.Examples, DefaultRoute: "inbox",
			Description: fmt.Sprintf("%d tickets; %s", category.Tickets, strings.Join(category.Words, ", ")),
		})
	}
	return taxonomy
}
