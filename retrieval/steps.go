package retrieval

// longestDraft is the most statements that [BestSteps] returns of a passage without steps.
const longestDraft = 4

// BestSteps returns what a draft can say from one passage: its longest run of
// numbered steps with the sentence that leads to them, else its first sentences.
// Each is a span of the passage. It does not look at the disclosure: leave out
// passages that may not be told.
func BestSteps(passage Passage) []Sentence {
	statements := statementsOf(passage.Body)
	var best, current []statement
	for i, s := range statements {
		if !s.step {
			continue
		}
		if i == 0 || statements[i-1].list != s.list {
			current = nil
			if i > 0 && statements[i-1].leads {
				current = append(current, statements[i-1])
			}
		}
		if current = append(current, s); len(current) > len(best) {
			best = current
		}
	}
	if len(best) == 0 {
		best = statements[:min(longestDraft, len(statements))]
	}
	var sentences []Sentence
	for _, s := range best {
		if sentence, ok := cite(passage, s.span); ok {
			sentences = append(sentences, sentence)
		}
	}
	return sentences
}
