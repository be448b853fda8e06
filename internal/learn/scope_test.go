package learn_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

// strangers are texts that belong to none of the sample's labels.
var strangers = []string{
	"what is the capital of Peru", "sing a song about whales", "how tall is the Eiffel tower", "tell me a joke",
	"quantum chromodynamics", "оранжевый закат", "recipe for pancakes", "who won the match on Sunday",
	"translate good morning", "what is the meaning of life", "how old are you", "weather in Lima tomorrow",
}

func withStrangers(t testing.TB, examples []learn.Example, texts []string) []learn.Example {
	t.Helper()
	for _, text := range texts {
		examples = append(examples, learn.Example{Text: text, OutOfScope: true})
	}
	return examples
}

func trainJudged(t testing.TB, examples []learn.Example, options learn.Options) learn.Trained {
	t.Helper()
	trained, err := learn.TrainJudged(t.Context(), examples, options)
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	return trained
}

func TestOutOfScopeExamplesAreNoLabel(t *testing.T) {
	t.Parallel()
	examples := withStrangers(t, sampleExamples(t, 20, 1, true), strangers)
	trained := trainJudged(t, examples, learn.Options{Seed: 7})
	if got := trained.Classifier.Labels(); len(got) != 5 {
		t.Errorf("the labels are %q, want the sample's five", got)
	}
	outside := 0
	for _, j := range trained.Judgements {
		if j.OutOfScope {
			outside++
		}
		if j.OutOfScope != examples[j.Example].OutOfScope || j.Label != examples[j.Example].Label {
			t.Errorf("judgement %+v is of %+v", j, examples[j.Example])
		}
	}
	if outside == 0 || len(trained.Judgements) != len(examples) {
		t.Errorf("%d of %d judgements are out of scope, want %d of %d", outside, len(trained.Judgements), len(strangers), len(examples))
	}
}

func TestStrangenessFindsStrangers(t *testing.T) {
	t.Parallel()
	for name, outside := range map[string][]string{"without examples": nil, "with examples": strangers[:6]} {
		classifier := trainJudged(t, withStrangers(t, sampleExamples(t, 24, 1, true), outside), learn.Options{Seed: 7}).Classifier
		var values []float64
		var strange []bool
		kept := 0
		for _, example := range withStrangers(t, sampleExamples(t, 20, 9, true), strangers[6:]) {
			prediction := predict(t, classifier, example)
			values, strange = append(values, prediction.Strangeness), append(strange, example.OutOfScope)
			if !example.OutOfScope && prediction.Strangeness <= classifier.StrangenessThreshold() {
				kept++
			}
		}
		if auroc := learn.AUROC(values, strange); auroc < 0.9 {
			t.Errorf("%s: AUROC is %.3f, want 0.9", name, auroc)
		}
		if kept < 90 {
			t.Errorf("%s: %d of 100 texts in scope stand under the threshold, want 90", name, kept)
		}
	}
}

func TestValidationExamplesDecideTheCalibration(t *testing.T) {
	t.Parallel()
	validation := withStrangers(t, sampleExamples(t, 30, 77, true), strangers)
	validation = append(validation, learn.Example{Text: "a label that nobody taught", Label: "unknown"})
	trained := trainJudged(t, sampleExamples(t, 24, 1, true), learn.Options{Seed: 7, Validation: validation, InScopeCost: 0.02})
	if len(trained.Judgements) != len(validation)-1 {
		t.Fatalf("%d judgements, want one a validation example with a known label: %d", len(trained.Judgements), len(validation)-1)
	}
	lost, known := 0, 0
	for _, j := range trained.Judgements {
		prediction := predict(t, trained.Classifier, validation[j.Example])
		want := learn.Judgement{
			Example: j.Example, Label: validation[j.Example].Label, OutOfScope: validation[j.Example].OutOfScope,
			Predicted: prediction.Labels[0].Label, Confidence: prediction.Confidence,
			Uncalibrated: prediction.Uncalibrated, Strangeness: prediction.Strangeness,
		}
		if !reflect.DeepEqual(j, want) {
			t.Errorf("judgement is %+v, want %+v", j, want)
		}
		if !j.OutOfScope {
			known++
			if j.Label == j.Predicted && j.Strangeness > trained.Classifier.StrangenessThreshold() {
				lost++
			}
		}
	}
	if lost > known*2/100 {
		t.Errorf("%d of %d are lost above the threshold, want at most 2 %%", lost, known)
	}
}

func TestConfidenceIsTheFirstProbability(t *testing.T) {
	t.Parallel()
	classifier := trainSample(t, true)
	if kind := classifier.Calibration(); kind != "temperature" && kind != "beta" && kind != "isotonic" {
		t.Errorf("the calibration is %q", kind)
	}
	for _, example := range withStrangers(t, sampleExamples(t, 10, 31, true), strangers) {
		prediction := predict(t, classifier, example)
		if prediction.Confidence < 0 || prediction.Confidence > prediction.Labels[0].P+1e-12 || math.IsNaN(prediction.Strangeness) {
			t.Errorf("%q has confidence %v beside %v", example.Text, prediction.Confidence, prediction.Labels[0].P)
		}
	}
}

func TestLessonChecksOutOfScope(t *testing.T) {
	t.Parallel()
	if err := (learn.Lesson{Members: []int{0, 1}, Labels: []string{"a", "b"}, OutOfScope: []bool{true}}).Validate(2); err == nil {
		t.Error("a lesson with one mark for two members is valid")
	}
	corpus := sampleCorpus(t, sampleExamples(t, 4, 1, false))
	lesson := learn.Lesson{Members: []int{0, 1, 2}, Labels: []string{"a", "b", "c"}, OutOfScope: []bool{false, true, true}}
	if _, err := corpus.Train(t.Context(), lesson, learn.Options{}); err == nil {
		t.Error("one label beside what is out of scope was learned")
	}
}

func TestLabelTextIsWords(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{"card_arrival": "card arrival", "Refund": "Refund", "top-up/by card": "top up by card", "": ""} {
		if got := learn.LabelText(label); got != want {
			t.Errorf("%q reads %q, want %q", label, got, want)
		}
	}
}

func TestReadingKnowsTheStrangeness(t *testing.T) {
	t.Parallel()
	panel, classifiers := samplePanel(t, true)
	for _, example := range withStrangers(t, sampleExamples(t, 2, 51, true), strangers[:3]) {
		reading := readPanel(t, panel, example)
		for i, classifier := range classifiers {
			if got, want := reading.Strangeness(i), predict(t, classifier, example).Strangeness; got != want {
				t.Errorf("%q has the strangeness %v in the panel, want %v", example.Text, got, want)
			}
		}
		reading.Release()
	}
}
