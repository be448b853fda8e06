package learn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
)

const sixtyWords = `Hello, since the update yesterday morning my account shows the wrong
	balance and the invoice for October was charged twice to my company credit card. I already
	tried to sign in again with another browser, but every time there is an error message and a
	blank screen. Could somebody please check what happened and refund the second payment before
	our accounting closes on Friday? Thanks`

// BenchmarkDecideFiveFields is one text of 60 words through five classifiers
// that share its features, the widest with 77 labels.
func BenchmarkDecideFiveFields(b *testing.B) {
	model, err := embedding.Default()
	if err != nil {
		b.Fatalf("load the embedding: %v", err)
	}
	var classifiers []*learn.Classifier
	for _, labels := range []int{77, 12, 5, 4, 3} {
		classifiers = append(classifiers, trainLabels(b, labels))
	}
	extractor, err := learn.NewExtractor(classifiers[0].Space())
	if err != nil {
		b.Fatalf("make an extractor: %v", err)
	}
	text := strings.Join(strings.Fields(sixtyWords), " ")
	b.ReportAllocs()
	for b.Loop() {
		features, err := extractor.Extract(text, model.Embed(text))
		if err != nil {
			b.Fatalf("extract: %v", err)
		}
		for _, classifier := range classifiers {
			if _, err := classifier.PredictFeatures(features); err != nil {
				b.Fatalf("predict: %v", err)
			}
		}
	}
}

func trainLabels(b *testing.B, labels int) *learn.Classifier {
	b.Helper()
	examples := sampleExamples(b, 40, 1, true)
	for i := range examples {
		examples[i].Label = fmt.Sprintf("label %d", i%labels)
	}
	classifier, err := learn.Train(b.Context(), examples, learn.Options{})
	if err != nil {
		b.Fatalf("train %d labels: %v", labels, err)
	}
	return classifier
}

func BenchmarkTrain300(b *testing.B) {
	examples := sampleExamples(b, 60, 1, true)
	for i := range examples {
		examples[i].Label = fmt.Sprintf("label %d", i%12)
	}
	for b.Loop() {
		if _, err := learn.Train(b.Context(), examples, learn.Options{}); err != nil {
			b.Fatalf("train: %v", err)
		}
	}
}

func BenchmarkExtract(b *testing.B) {
	model, err := embedding.Default()
	if err != nil {
		b.Fatalf("load the embedding: %v", err)
	}
	extractor, err := learn.NewExtractor(learn.DefaultSpace(model.Dimension()))
	if err != nil {
		b.Fatalf("make an extractor: %v", err)
	}
	text := strings.Join(strings.Fields(sixtyWords), " ")
	vector := model.Embed(text)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := extractor.Extract(text, vector); err != nil {
			b.Fatalf("extract: %v", err)
		}
	}
}

// BenchmarkReadPanel is one text of 60 words through three classifiers.
func BenchmarkReadPanel(b *testing.B) {
	panel, _ := samplePanel(b, true)
	model, err := embedding.Default()
	if err != nil {
		b.Fatalf("load the embedding: %v", err)
	}
	text := strings.Join(strings.Fields(sixtyWords), " ")
	vector := model.Embed(text)
	b.ReportAllocs()
	for b.Loop() {
		readPanel(b, panel, learn.Example{Text: text, Embedding: vector}).Release()
	}
}
