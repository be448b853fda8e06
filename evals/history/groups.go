package history

import (
	"strings"
	"unicode"
)

const (
	shingle    = 3 // words
	signatures = 32
	bands      = 8
	// alike is how many of the signatures of near-duplicates agree: a likeness of 0.8.
	alike = 26
	// leastWords of a text that is compared by its shingles; shorter ones must be equal.
	leastWords = 8
)

// Groups numbers the rows so that those which count as one have the same number: the
// messages of a thread, equal texts but for digits and punctuation, and near-duplicates
// by MinHash over shingles of words (Broder 1997) in bands. Numbers are those of the
// first row of each group.
func Groups(rows []Row) []int {
	g := newGrouping(len(rows))
	threads, texts := map[string]int{}, map[string]int{}
	buckets := map[[2]uint64]int{}
	kept := make([][signatures]uint32, len(rows))
	for i, row := range rows {
		if row.Thread != "" {
			g.joinFirst(threads, row.Thread, i)
		}
		words := plainWords(row.Subject + " " + row.Body)
		text := strings.Join(words, " ")
		if first, seen := texts[text]; seen {
			g.join(first, i)
			continue
		}
		texts[text] = i
		if len(words) < leastWords {
			continue
		}
		kept[i] = minHash(words)
		for band := range bands {
			key := [2]uint64{uint64(band), bandOf(kept[i], band)} //nolint:gosec // a small number
			first, seen := buckets[key]
			if !seen {
				buckets[key] = i
				continue
			}
			if agreeing(kept[first], kept[i]) >= alike {
				g.join(first, i)
			}
		}
	}
	return g.numbers()
}

// plainWords are the words of a text in lower case, with every digit a zero: what
// differs by an order's number alone is one.
func plainWords(text string) []string {
	return strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsDigit(r):
			return '0'
		case unicode.IsLetter(r), unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, text))
}

// minHash keeps the least of each of several hashes over all shingles.
func minHash(words []string) (least [signatures]uint32) {
	for i := range least {
		least[i] = ^uint32(0)
	}
	for i := 0; i+shingle <= len(words); i++ {
		hash := uint64(14695981039346656037)
		for _, word := range words[i : i+shingle] {
			for _, b := range []byte(word) {
				hash = (hash ^ uint64(b)) * 1099511628211
			}
			hash = (hash ^ ' ') * 1099511628211
		}
		for j := range least {
			mixed := (hash + uint64(j)*0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
			least[j] = min(least[j], uint32((mixed^mixed>>31)>>32))
		}
	}
	return least
}

func bandOf(least [signatures]uint32, band int) uint64 {
	const rows = signatures / bands
	hash := uint64(14695981039346656037)
	for _, value := range least[band*rows : (band+1)*rows] {
		hash = (hash ^ uint64(value)) * 0x9e3779b97f4a7c15
	}
	return hash
}

func agreeing(a, b [signatures]uint32) int {
	count := 0
	for i := range a {
		if a[i] == b[i] {
			count++
		}
	}
	return count
}

// grouping joins numbers into groups (union by the least member, with halving).
type grouping struct{ parent []int }

func newGrouping(n int) *grouping {
	g := &grouping{make([]int, n)}
	for i := range g.parent {
		g.parent[i] = i
	}
	return g
}

func (g *grouping) find(i int) int {
	for g.parent[i] != i {
		g.parent[i] = g.parent[g.parent[i]]
		i = g.parent[i]
	}
	return i
}

func (g *grouping) join(a, b int) {
	a, b = g.find(a), g.find(b)
	g.parent[max(a, b)] = min(a, b)
}

func (g *grouping) joinFirst(firsts map[string]int, key string, i int) {
	if first, seen := firsts[key]; seen {
		g.join(first, i)
		return
	}
	firsts[key] = i
}

func (g *grouping) numbers() []int {
	numbers := make([]int, len(g.parent))
	for i := range numbers {
		numbers[i] = g.find(i)
	}
	return numbers
}
