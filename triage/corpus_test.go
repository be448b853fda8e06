package triage

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/signalbox/signalbox/desk"
)

var testNow = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// corpus is the invented company's taxonomy and labelled tickets.
type corpus struct {
	taxonomy Taxonomy
	examples []Example
}

var readCorpus = sync.OnceValues(func() (corpus, error) {
	text, err := os.ReadFile("testdata/taxonomy.yaml")
	if err != nil {
		return corpus{}, err
	}
	taxonomy, err := ParseTaxonomy(text)
	if err != nil {
		return corpus{}, err
	}
	file, err := os.Open("testdata/tickets.tsv")
	if err != nil {
		return corpus{}, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comma, reader.LazyQuotes = '\t', true
	rows, err := reader.ReadAll()
	if err != nil {
		return corpus{}, err
	}
	c := corpus{taxonomy: taxonomy}
	for _, row := range rows[1:] {
		c.examples = append(c.examples, exampleOf(rows[0], row))
	}
	return c, nil
})

func exampleOf(header, row []string) Example {
	cells := map[string]string{}
	for i, name := range header {
		cells[name] = row[i]
	}
	input := ticket(cells["subject"], cells["body"])
	input.Account = &desk.Account{Name: "Cooperative", Tier: cells["tier"]}
	input.Customer = &desk.Customer{Role: "member", Language: cells["language"]}
	labels := map[string]string{}
	for _, field := range learnedFields {
		labels[field] = cells[field]
	}
	return Example{Input: input, Labels: labels, Weight: 1}
}

// ticket is a ticket of one public message whose IDs follow from its text.
func ticket(subject, body string) Input {
	sum := sha256.Sum256([]byte(subject + "\x00" + body))
	ticketID, _ := uuid.FromBytes(sum[:16])
	messageID, _ := uuid.FromBytes(sum[16:])
	return Input{
		Ticket: desk.Ticket{ID: ticketID, Subject: subject, Status: desk.StatusOpen},
		Messages: []desk.Message{{
			ID: messageID, TicketID: ticketID, Audience: desk.Public, Sequence: 1, AuthorKind: desk.ByCustomer, Body: body, SentAt: testNow,
		}},
		Now: testNow,
	}
}

func testCorpus(t testing.TB) corpus {
	t.Helper()
	c, err := readCorpus()
	if err != nil {
		t.Fatalf("read the corpus: %v", err)
	}
	return c
}

var trainOnce = sync.OnceValues(func() (*Model, error) {
	c, err := readCorpus()
	if err != nil {
		return nil, err
	}
	return Train(context.Background(), c.examples, c.taxonomy, Options{Seed: 7})
})

// testModel is trained once for all tests.
func testModel(t testing.TB) *Model {
	t.Helper()
	model, err := trainOnce()
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	return model
}

func testEngine(t testing.TB, policy Policy) *Engine {
	t.Helper()
	if err := policy.Validate(); err != nil {
		t.Fatalf("the test's policy is not valid: %v", err)
	}
	return NewEngine(testModel(t), policy, EngineOptions{HashKey: []byte("key of the tests")})
}

func decide(t testing.TB, engine *Engine, input Input) Decision {
	t.Helper()
	decision, err := engine.Decide(input)
	if err != nil {
		t.Fatalf("decide: %v", err)
	}
	return decision
}
