package learn_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

func TestDescribeLabelsLeavesOutCodes(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"card_arrival": "card arrival", "Rückgabe": "Rückgabe", "返金": "返金", "FINANCE": "FINANCE",
		"P1": "", "b12-7": "", "KYC": "", "x": "", "": "", "__": "",
	} {
		descriptions := learn.DescribeLabels([]string{label}, func(string) []float32 { return []float32{1} })
		described, given := descriptions[label]
		if described.Text != want || given != (want != "") || given && len(described.Embedding) != 1 {
			t.Errorf("%q is described by %+v, want %q", label, described, want)
		}
	}
	if described := learn.DescribeLabels([]string{"refund"}, nil)["refund"]; described.Embedding != nil {
		t.Errorf("without an embedding there is %v", described.Embedding)
	}
}

func TestDescriptionsHelpLabelsWithFewExamples(t *testing.T) {
	t.Parallel()
	descriptions := map[string]learn.Document{"login": {Text: "fingerprint sensor"}, "nobody": {Text: "nothing"}}
	question := learn.Example{Text: "the fingerprint sensor sensor"}
	const login = 3 // of billing, defect, delivery, login, rückgabe
	gain := func(perLabel int) float64 {
		examples := sampleExamples(t, perLabel, 1, false)
		// Words that no text has have no weight: here another label has them.
		examples[0].Text += " fingerprint sensor"
		plain := trainJudged(t, examples, learn.Options{Seed: 7})
		told := trainJudged(t, examples, learn.Options{Seed: 7, Descriptions: descriptions})
		if len(told.HeldOut) != len(examples) || len(told.Judgements) != len(plain.Judgements) {
			t.Errorf("descriptions are among %d scores and %d judgements", len(told.HeldOut), len(told.Judgements))
		}
		return scoresOf(t, told.Classifier, question)[login] - scoresOf(t, plain.Classifier, question)[login]
	}
	if few := gain(6); few <= 0 {
		t.Errorf("a description of a label with six examples changes its score by %v, want more", few)
	}
	if many := gain(16); many != 0 {
		t.Errorf("a description of a label with sixteen examples changes its score by %v, want nothing", many)
	}
}

func TestDescriptionsAreOfTheSpace(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 4, 1, true)
	options := learn.Options{Descriptions: map[string]learn.Document{"login": {Text: "login", Embedding: []float32{1, 2}}}}
	if _, err := learn.Train(t.Context(), examples, options); !errors.Is(err, learn.ErrSpace) {
		t.Errorf("an embedding of two dimensions gives %v, want ErrSpace", err)
	}
}

func TestDescribedLessonsLeaveTheCorpusAlone(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 6, 1, true)
	corpus := sampleCorpus(t, examples)
	lesson := learn.Lesson{}
	for i, example := range examples {
		lesson.Members, lesson.Labels = append(lesson.Members, i), append(lesson.Labels, example.Label)
	}
	encoded := func(options learn.Options) []byte {
		trained, err := corpus.Train(t.Context(), lesson, options)
		if err != nil {
			t.Fatalf("train: %v", err)
		}
		encoded, err := trained.Classifier.MarshalBinary()
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		return encoded
	}
	before := encoded(learn.Options{Seed: 7})
	described := encoded(learn.Options{Seed: 7, Descriptions: learn.DescribeLabels(lesson.Labels, nil)})
	if bytes.Equal(before, described) {
		t.Error("descriptions change nothing")
	}
	if !bytes.Equal(before, encoded(learn.Options{Seed: 7})) {
		t.Error("a described lesson changed the next one")
	}
}

func scoresOf(t *testing.T, classifier *learn.Classifier, example learn.Example) []float64 {
	t.Helper()
	extractor, err := learn.NewExtractor(classifier.Space())
	if err != nil {
		t.Fatalf("make an extractor: %v", err)
	}
	features, err := extractor.Extract(example.Text, example.Embedding)
	if err != nil {
		t.Fatalf("extract: %v", err)
	}
	scores, err := classifier.Scores(features)
	if err != nil {
		t.Fatalf("score: %v", err)
	}
	return scores
}

func TestDescriptionsThatMisleadAreLeftOut(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 8, 1, true)
	misleading := map[string]learn.Document{}
	for i, example := range examples {
		// Each label is described by an example of the next one.
		misleading[example.Label] = learn.Document{Text: example.Text, Embedding: examples[(i+8)%len(examples)].Embedding}
	}
	plain := trainJudged(t, examples, learn.Options{Seed: 7}).Classifier
	misled := trainJudged(t, examples, learn.Options{Seed: 7, Descriptions: misleading}).Classifier
	question := sampleExamples(t, 1, 3, true)[0]
	if !slices.Equal(scoresOf(t, plain, question), scoresOf(t, misled, question)) {
		t.Error("descriptions of other labels were learned")
	}
}
