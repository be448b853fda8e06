package learn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
)

// topics are small worlds of words. Sentences drawn from them are easy, but not
// trivial: all share the filler.
var topics = map[string][]string{
	"billing":  {"invoice", "charged twice", "refund", "payment", "credit card", "receipt", "VAT number"},
	"login":    {"password", "sign in", "locked account", "two-factor code", "reset link", "username"},
	"delivery": {"parcel", "courier", "tracking number", "shipped", "late package", "wrong address"},
	"defect":   {"crashes", "error message", "broken button", "blank screen", "freezes", "does not load"},
	"rückgabe": {"zurückschicken", "Umtausch", "Rücksendung", "falsche Größe", "Garantie", "beschädigt"},
}

var filler = []string{"hello", "please help", "I need", "my", "since yesterday", "thank you", "again", "can you check", "the", "still waiting"}

func sampleExamples(t testing.TB, perLabel int, seed uint64, embed bool) []learn.Example {
	t.Helper()
	model, err := embedding.Default()
	if err != nil {
		t.Fatalf("load the embedding: %v", err)
	}
	random := rand.New(rand.NewPCG(seed, 1))
	var examples []learn.Example
	for _, label := range []string{"billing", "defect", "delivery", "login", "rückgabe"} {
		for range perLabel {
			text := sampleSentence(random, topics[label])
			example := learn.Example{Text: text, Label: label}
			if embed {
				example.Embedding = model.Embed(text)
			}
			examples = append(examples, example)
		}
	}
	return examples
}

func sampleSentence(random *rand.Rand, words []string) string {
	var parts []string
	for range 3 + random.IntN(4) {
		parts = append(parts, filler[random.IntN(len(filler))])
	}
	for range 1 + random.IntN(2) {
		parts = append(parts, words[random.IntN(len(words))])
	}
	random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts, " ") + fmt.Sprintf(" #%d", random.IntN(100))
}

func trainSample(t testing.TB, embed bool) *learn.Classifier {
	t.Helper()
	classifier, err := learn.Train(t.Context(), sampleExamples(t, 24, 1, embed), learn.Options{Seed: 7})
	if err != nil {
		t.Fatalf("train on the sample: %v", err)
	}
	return classifier
}

func predict(t testing.TB, classifier *learn.Classifier, example learn.Example) learn.Prediction {
	t.Helper()
	prediction, err := classifier.Predict(example.Text, example.Embedding)
	if err != nil {
		t.Fatalf("predict %q: %v", example.Text, err)
	}
	return prediction
}

func shuffled(count int, seed uint64) []int { return rand.New(rand.NewPCG(seed, 2)).Perm(count) }
