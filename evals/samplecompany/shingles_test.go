package samplecompany

import "strings"

// shingles are the runs of three words of a text (Broder 1997).
func shingles(text string) map[string]bool {
	words := wordsOf(text)
	set := map[string]bool{}
	for i := 0; i+3 <= len(words); i++ {
		set[strings.Join(words[i:i+3], " ")] = true
	}
	return set
}

// jaccard is the share of both sets' members that are in both, 0–1.
func jaccard(a, b map[string]bool) float64 {
	common := 0
	for member := range a {
		if b[member] {
			common++
		}
	}
	if len(a)+len(b) == 0 {
		return 0
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

// nearest finds the two tickets of different lists that are most alike.
func nearest(left, right []Ticket) (a, b Ticket, similarity float64) {
	others := make([]map[string]bool, len(right))
	for i, ticket := range right {
		others[i] = shingles(firstText(ticket))
	}
	for _, ticket := range left {
		own := shingles(firstText(ticket))
		for i, other := range others {
			if value := jaccard(own, other); value > similarity {
				a, b, similarity = ticket, right[i], value
			}
		}
	}
	return a, b, similarity
}

// firstText is what the labels were given from.
func firstText(ticket Ticket) string { return ticket.Subject + "\n" + ticket.Messages[0].Body }
