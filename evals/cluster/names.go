package cluster

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

const (
	namedTexts  = 400 // of a cluster, the likest first
	shownPhrase = 4
	leastLift   = 2.0 // how much more often than elsewhere a phrase must occur
	// mostSpread is the evenness (entropy over its maximum) from which on a word says
	// nothing of a cluster: in every language those are its function words.
	mostSpread = 0.82
)

// Names finds, for every cluster, the phrases that set it apart, the best first: words
// and pairs of words by class-based tf-idf (Grootendorst 2022, "BERTopic: neural topic
// modeling with a class-based TF-IDF procedure"), counted once a text.
func Names(texts []string, result Result) [][]string {
	counts, sizes := make([]map[string]float64, result.Clusters), make([]float64, result.Clusters)
	all := map[string]float64{}
	var total float64
	for c, members := range result.Members() {
		counts[c] = map[string]float64{}
		members = members[:min(len(members), namedTexts)]
		sizes[c] = float64(len(members))
		total += sizes[c]
		for _, i := range members {
			seen := map[string]bool{}
			eachTerm(wordsOf(texts[i]), func(term string) { seen[term] = true })
			for term := range seen {
				counts[c][term]++
				all[term]++
			}
		}
	}
	everywhere := spread(counts, all)
	names := make([][]string, result.Clusters)
	for c := range names {
		names[c] = distinct(scored(counts[c], all, sizes[c], total, float64(result.Clusters)), everywhere)
	}
	return names
}

// spread finds the words that lie evenly over the clusters.
func spread(counts []map[string]float64, all map[string]float64) map[string]bool {
	const least = 10 // texts, so that evenness is more than chance
	entropies := map[string]float64{}
	for _, of := range counts {
		for term, count := range of {
			if share := count / all[term]; !strings.Contains(term, " ") && all[term] >= least {
				entropies[term] -= share * math.Log(share)
			}
		}
	}
	everywhere := map[string]bool{}
	for term, entropy := range entropies {
		if len(counts) > 1 && entropy > mostSpread*math.Log(float64(len(counts))) {
			everywhere[term] = true
		}
	}
	return everywhere
}

// scored lists a cluster's terms, the best first.
func scored(counts, all map[string]float64, size, total, clusters float64) []string {
	type scoredTerm struct {
		term  string
		score float64
	}
	var terms []scoredTerm
	for term, count := range counts {
		elsewhere := (all[term] - count + 0.5) / (total - size + 1)
		if count < min(3, size) || count/size < leastLift*elsewhere || len([]rune(term)) < 2 {
			continue
		}
		score := count / size * math.Log(1+total/clusters/all[term])
		if strings.Contains(term, " ") {
			score *= 1.3 // a pair says more than its words
		}
		terms = append(terms, scoredTerm{term, score})
	}
	slices.SortFunc(terms, func(a, b scoredTerm) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.term, b.term)) })
	names := make([]string, 0, len(terms))
	for _, term := range terms[:min(len(terms), 120)] {
		names = append(names, term.term)
	}
	return names
}

// distinct leaves out what shares a word with a phrase before it, or begins or ends with
// a word that says nothing.
func distinct(terms []string, everywhere map[string]bool) (chosen []string) {
	used := map[string]bool{}
	for _, term := range terms {
		words := strings.Fields(term)
		if everywhere[words[0]] || everywhere[words[len(words)-1]] || slices.ContainsFunc(words, func(word string) bool { return used[word] }) {
			continue
		}
		for _, word := range words {
			used[word] = true
		}
		if chosen = append(chosen, term); len(chosen) == shownPhrase {
			break
		}
	}
	return chosen
}

// Members lists the texts of every cluster, the likest to its middle first.
func (r Result) Members() [][]int {
	members := make([][]int, r.Clusters)
	for i, c := range r.Of {
		members[c] = append(members[c], i)
	}
	for _, of := range members {
		slices.SortStableFunc(of, func(a, b int) int { return cmp.Compare(r.Likeness[b], r.Likeness[a]) })
	}
	return members
}
