package samplecompany

import (
	"fmt"
	"testing"

	"github.com/signalbox/signalbox/desk"
)

// The bands keep the data as hard as real ones: neither so easy that any method
// passes, nor so odd that none can. They are promises about the data and never
// widened to fit them.
const (
	easiestIntents, hardestIntents     = 0.80, 0.55 // accuracy of naive Bayes
	easiestQuestions, hardestQuestions = 0.85, 0.60 // recall@5 of BM25 alone
	mostAlike                          = 0.5        // Jaccard of word 3-grams, across the split
)

func TestIntentsAreAsHardAsRealOnes(t *testing.T) {
	t.Parallel()
	if accuracy := accuracyOfNaiveBayes(load(t)); accuracy < hardestIntents || accuracy > easiestIntents {
		t.Errorf("naive Bayes finds the intent of %.3f of the newer tickets, want %.2f to %.2f", accuracy, hardestIntents, easiestIntents)
	}
}

func TestQuestionsAreAsHardAsRealOnes(t *testing.T) {
	t.Parallel()
	if recall, _ := recallOfWords(t, load(t)); recall < hardestQuestions || recall > easiestQuestions {
		t.Errorf("BM25 alone has recall@5 %.3f, want %.2f to %.2f", recall, hardestQuestions, easiestQuestions)
	}
}

func TestNoTicketIsRepeatedAcrossTheSplit(t *testing.T) {
	t.Parallel()
	train, test := load(t).Split()
	if a, b, similarity := nearest(train, test); similarity >= mostAlike {
		t.Errorf("tickets %s and %s share %.3f of their runs of three words, want less than %.1f", a.ID, b.ID, similarity, mostAlike)
	}
}

// accuracyOfNaiveBayes learns intents from the older tickets and is judged on the
// newer ones.
func accuracyOfNaiveBayes(company *Company) float64 {
	train, test := company.Split()
	var texts, intents []string
	for _, ticket := range train {
		texts, intents = append(texts, firstText(ticket)), append(intents, company.labels[ticket.ID].Intent)
	}
	model, right := trainNaiveBayes(texts, intents), 0
	for _, ticket := range test {
		if model.classify(firstText(ticket)) == company.labels[ticket.ID].Intent {
			right++
		}
	}
	return float64(right) / float64(len(test))
}

// recallOfWords is the share of the questions answered publicly whose section is
// among the first five passages, and the questions where it is not, with its rank.
func recallOfWords(t *testing.T, company *Company) (recall float64, missed []string) {
	t.Helper()
	public := newIndex(t, testAnalyser(t), articlesOf(t, company, desk.Public))
	within, all := 0, 0
	for _, question := range company.Questions {
		if question.Audience != AnsweredPublicly {
			continue
		}
		all++
		if rank := public.rank(question); rank >= 1 && rank <= 5 {
			within++
		} else {
			missed = append(missed, fmt.Sprintf("%s(%d)", question.ID, rank))
		}
	}
	return float64(within) / float64(all), missed
}
