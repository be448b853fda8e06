package samplecompany

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/desk"
)

// TestStatistics describes the data.
func TestStatistics(t *testing.T) {
	t.Parallel()
	company := load(t)
	var lines strings.Builder
	writeCounts(&lines, company)
	writeQuestions(t, &lines, company)
	writeDifficulty(t, &lines, company)
	writeAgreement(&lines, company)
	golden(t, "statistics.golden", lines.String())
}

// writeCounts says how the tickets of each half are spread.
func writeCounts(lines *strings.Builder, company *Company) {
	train, test := company.Split()
	fmt.Fprintf(lines, "tickets to train from %d, to test on %d; accounts %d, customers %d\n",
		len(train), len(test), len(company.Accounts), len(company.Customers))
	for _, aspect := range []struct {
		name string
		of   func(Ticket) string
	}{
		{"language", func(ticket Ticket) string { return ticket.Language }},
		{"channel", func(ticket Ticket) string { return ticket.Channel }},
		{"tier", func(ticket Ticket) string {
			return company.accounts[company.customers[ticket.CustomerID].AccountID].Tier
		}},
		{"intent", func(ticket Ticket) string { return company.labels[ticket.ID].Intent }},
		{"route", func(ticket Ticket) string { return company.labels[ticket.ID].Route }},
		{"kind", func(ticket Ticket) string { return company.labels[ticket.ID].Kind }},
		{"urgency", func(ticket Ticket) string { return company.labels[ticket.ID].Urgency }},
		{"impact", func(ticket Ticket) string { return company.labels[ticket.ID].Impact }},
		{"sentiment", func(ticket Ticket) string { return company.labels[ticket.ID].Sentiment }},
		{"sensitive", func(ticket Ticket) string { return company.labels[ticket.ID].Sensitive }},
	} {
		ofTrain, ofTest := countBy(train, aspect.of), countBy(test, aspect.of)
		fmt.Fprintf(lines, "\n%-22s train  test\n", aspect.name)
		for _, value := range sortedKeys(ofTrain, ofTest) {
			name := value
			if name == "" {
				name = "(none)"
			}
			fmt.Fprintf(lines, "  %-20s %5d %5d\n", name, ofTrain[value], ofTest[value])
		}
	}
}

func countBy[T any](items []T, of func(T) string) map[string]int {
	counts := map[string]int{}
	for _, item := range items {
		counts[of(item)]++
	}
	return counts
}

// sortedKeys lists the keys of all maps once.
func sortedKeys[V any](maps ...map[string]V) []string {
	var keys []string
	for _, m := range maps {
		for key := range m {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// writeQuestions says what kinds of questions there are, and checks what they promise.
func writeQuestions(t *testing.T, lines *strings.Builder, company *Company) {
	t.Helper()
	public := newIndex(t, testAnalyser(t), articlesOf(t, company, desk.Public))
	internal := newIndex(t, testAnalyser(t), articlesOf(t, company, desk.Internal))
	// Each counts the questions with a section, by audience; without, those that
	// share no content word with it.
	answerable, without := map[string]int{}, map[string]int{}
	for _, question := range company.Questions {
		if question.Section == nil {
			continue
		}
		from := public
		if question.Audience == AnsweredInternally {
			from = internal
		}
		answerable[question.Audience]++
		shared := from.shared(question)
		if question.NoSharedContentWord && shared > 0 {
			t.Errorf("question %s shares %d stems with its section, want none as it says", question.ID, shared)
		}
		if shared == 0 {
			without[question.Audience]++
		}
	}
	all, publicly, internally := len(company.Questions), answerable[AnsweredPublicly], answerable[AnsweredInternally]
	if 2*publicly != all {
		t.Errorf("%d of %d questions are answered publicly, want half: the others test refusing", publicly, all)
	}
	apart := without[AnsweredPublicly] + without[AnsweredInternally]
	if 4*apart < publicly+internally {
		t.Errorf("%d of %d questions share no content word with their section, want a quarter or more", apart, publicly+internally)
	}
	fmt.Fprintf(lines, "\nquestions %d: answered publicly %d, internally %d, nowhere %d\n", all, publicly, internally, all-publicly-internally)
	fmt.Fprintf(lines, "public passages %d, internal %d\n", len(public.passages), len(internal.passages))
	fmt.Fprintf(lines, "no content word shared with the section: %d of %d; of those answered publicly %d of %d\n",
		apart, publicly+internally, without[AnsweredPublicly], publicly)
}

// writeDifficulty says how far simple methods get.
func writeDifficulty(t *testing.T, lines *strings.Builder, company *Company) {
	t.Helper()
	recall, missed := recallOfWords(t, company)
	fmt.Fprintf(lines, "BM25 alone: recall@5 %.3f; missed, with the rank of the section (0: not found): %s\n", recall, strings.Join(missed, " "))
	fmt.Fprintf(lines, "\nnaive Bayes: intent accuracy %.3f\n", accuracyOfNaiveBayes(company))
	train, test := company.Split()
	a, b, similarity := nearest(train, test)
	fmt.Fprintf(lines, "nearest tickets across the split: %s and %s, Jaccard %.3f of word 3-grams\n", a.ID, b.ID, similarity)
}

func writeAgreement(lines *strings.Builder, company *Company) {
	agreements := company.Agreement()
	fmt.Fprintf(lines, "\ntwo labellings           tickets share kappa\n")
	for _, field := range sortedKeys(agreements) {
		fmt.Fprintf(lines, "  %-20s %9d %.3f %.3f\n", field, agreements[field].Tickets, agreements[field].Share, agreements[field].Kappa)
	}
}
