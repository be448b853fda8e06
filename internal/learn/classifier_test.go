package learn_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

func TestTrainedClassifierLabelsNewTexts(t *testing.T) {
	t.Parallel()
	for _, embed := range []bool{false, true} {
		classifier := trainSample(t, embed)
		right := 0
		held := sampleExamples(t, 20, 99, embed)
		for _, example := range held {
			if predict(t, classifier, example).Labels[0].Label == example.Label {
				right++
			}
		}
		if right < len(held)*95/100 {
			t.Errorf("embeddings %v: %d of %d right, want 95 %%", embed, right, len(held))
		}
	}
}

func TestPredictionIsADistributionBestFirst(t *testing.T) {
	t.Parallel()
	classifier := trainSample(t, true)
	for _, text := range []string{"", "refund my payment", "退款", strings.Repeat("late parcel ", 9000), "\xff\x00"} {
		prediction := predict(t, classifier, learn.Example{Text: text})
		var sum float64
		for i, label := range prediction.Labels {
			sum += label.P
			if i > 0 && label.P > prediction.Labels[i-1].P {
				t.Errorf("label %d of %.20q is more probable than the one before", i, text)
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("the probabilities of %.20q add up to %v, want 1", text, sum)
		}
		if got := prediction.Labels[0].Score - prediction.Labels[1].Score; got != prediction.Margin {
			t.Errorf("the margin of %.20q is %v, want %v", text, prediction.Margin, got)
		}
	}
}

func TestEnergyRisesForForeignTexts(t *testing.T) {
	t.Parallel()
	classifier := trainSample(t, true)
	var energies []float64
	var foreign []bool
	for _, example := range sampleExamples(t, 10, 5, true) {
		energies = append(energies, predict(t, classifier, example).Energy)
		foreign = append(foreign, false)
	}
	for _, text := range []string{"what is the capital of Peru", "sing a song about whales", "1 2 3 4 5", "quantum chromodynamics", "оранжевый закат"} {
		energies = append(energies, predict(t, classifier, learn.Example{Text: text}).Energy)
		foreign = append(foreign, true)
	}
	if got := learn.AUROC(energies, foreign); got < 0.95 {
		t.Errorf("AUROC of the energy is %.3f, want at least 0.95", got)
	}
}

func TestTrainingIsRepeatable(t *testing.T) {
	t.Parallel()
	first, second := trainSample(t, true), trainSample(t, true)
	a, errA := first.MarshalBinary()
	b, errB := second.MarshalBinary()
	if err := errors.Join(errA, errB); err != nil {
		t.Fatalf("encode: %v", err)
	}
	if !slices.Equal(a, b) {
		t.Error("two trainings with one seed differ")
	}
}

func TestUselessEmbeddingsGetLittleWeight(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 24, 3, true)
	for i := range examples {
		examples[i].Embedding = examples[(i*37+11)%len(examples)].Embedding
	}
	classifier, err := learn.Train(t.Context(), examples, learn.Options{Seed: 1})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	terms, fourier, _ := classifier.Weights()
	if fourier > terms/4 || fourier < 0 {
		t.Errorf("shuffled embeddings weigh %.2f beside %.2f, want nearly nothing", fourier, terms)
	}
}

func TestExamplesWithoutEmbeddingsAreAllowed(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 12, 3, true)
	for i := range examples {
		if i%3 == 0 {
			examples[i].Embedding = nil
		}
	}
	if _, err := learn.Train(t.Context(), examples, learn.Options{}); err != nil {
		t.Errorf("train with some embeddings missing: %v", err)
	}
}

func TestTrainManyExamplesInThePrimal(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 30, 4, true)
	space := learn.DefaultSpace(256)
	space.Hasher.Buckets, space.Fourier, space.Embedding = 1<<12, 16, 16
	for i := range examples {
		examples[i].Embedding = examples[i].Embedding[:16]
	}
	classifier, err := learn.Train(t.Context(), examples, learn.Options{Space: space})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	if got := predict(t, classifier, examples[0]).Labels[0].Label; got != examples[0].Label {
		t.Errorf("an example of the training is labelled %q, want %q", got, examples[0].Label)
	}
}

func TestTrainReportsProgress(t *testing.T) {
	t.Parallel()
	var last, total, calls int
	_, err := learn.Train(t.Context(), sampleExamples(t, 5, 1, false), learn.Options{Progress: func(done, all int) {
		if done != last+1 {
			t.Errorf("progress went from %d to %d", last, done)
		}
		last, total = done, all
		calls++
	}})
	if err != nil || last != total || calls == 0 {
		t.Errorf("after %d calls progress is %d of %d (%v), want all", calls, last, total, err)
	}
}

func TestTrainStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	options := learn.Options{Progress: func(int, int) { cancel() }}
	if _, err := learn.Train(ctx, sampleExamples(t, 20, 1, true), options); !errors.Is(err, context.Canceled) {
		t.Errorf("Train returned %v, want context.Canceled", err)
	}
}

func TestTrainRefusesBadInput(t *testing.T) {
	t.Parallel()
	two := []learn.Example{{Text: "a", Label: "x"}, {Text: "b", Label: "y", Embedding: []float32{1, 0}}}
	small := learn.DefaultSpace(3)
	cases := map[string]struct {
		examples []learn.Example
		options  learn.Options
		is       error
		names    string
	}{
		"nothing":          {nil, learn.Options{}, learn.ErrExamples, "0 labels"},
		"one label":        {two[:1], learn.Options{}, learn.ErrExamples, "1 labels"},
		"endless label":    {[]learn.Example{two[0], {Label: strings.Repeat("z", 2000)}}, learn.Options{}, learn.ErrExamples, "2000 bytes"},
		"other dimension":  {two, learn.Options{Space: small}, learn.ErrSpace, "example 1"},
		"negative cost":    {two, learn.Options{Cost: -1}, nil, "Options.Cost"},
		"ridge not number": {two, learn.Options{Ridge: math.NaN()}, nil, "Options.Ridge"},
		"odd buckets":      {two, learn.Options{Space: learn.Space{Hasher: learn.Hasher{Buckets: 3000}}}, nil, "Hasher.Buckets"},
		"no features":      {two, learn.Options{Space: learn.Space{Hasher: small.Hasher, Embedding: 2}}, nil, "Space.Fourier"},
	}
	for name, c := range cases {
		_, err := learn.Train(t.Context(), c.examples, c.options)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.names) {
			t.Errorf("%s: Train returned %v, want %v naming %q", name, err, c.is, c.names)
		}
	}
}

func TestFeaturesAreSharedWithinASpaceOnly(t *testing.T) {
	t.Parallel()
	classifier := trainSample(t, true)
	extractor, err := learn.NewExtractor(classifier.Space())
	if err != nil {
		t.Fatalf("make an extractor: %v", err)
	}
	example := sampleExamples(t, 1, 8, true)[0]
	features, err := extractor.Extract(example.Text, example.Embedding)
	if err != nil {
		t.Fatalf("extract: %v", err)
	}
	shared, err := classifier.PredictFeatures(features)
	if err != nil || !reflect.DeepEqual(shared, predict(t, classifier, example)) {
		t.Errorf("features of the space predict %v (%v), want what the text predicts", shared, err)
	}
	if _, err := classifier.PredictFeatures(learn.Features{}); !errors.Is(err, learn.ErrSpace) {
		t.Errorf("features of no space gave %v, want ErrSpace", err)
	}
	if _, err := classifier.Predict("text", make([]float32, 3)); !errors.Is(err, learn.ErrSpace) {
		t.Errorf("an embedding of another dimension gave %v, want ErrSpace", err)
	}
}

func TestClassifierServesConcurrently(t *testing.T) {
	t.Parallel()
	classifier := trainSample(t, true)
	examples := sampleExamples(t, 4, 8, true)
	want := make([]learn.Prediction, len(examples))
	for i, example := range examples {
		want[i] = predict(t, classifier, example)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i, example := range examples {
				if got, err := classifier.Predict(example.Text, example.Embedding); err != nil || !reflect.DeepEqual(got, want[i]) {
					t.Errorf("concurrent prediction %d differs (%v)", i, err)
				}
			}
		})
	}
	group.Wait()
}

func TestWithTemperatureSoftensOnly(t *testing.T) {
	t.Parallel()
	classifier := trainSample(t, false)
	warm, err := classifier.WithTemperature(3)
	if err != nil {
		t.Fatalf("set the temperature: %v", err)
	}
	example := sampleExamples(t, 1, 8, false)[0]
	cold, soft := predict(t, classifier, example), predict(t, warm, example)
	if soft.Labels[0].P >= cold.Labels[0].P || soft.Labels[0].Label != cold.Labels[0].Label || soft.Energy != cold.Energy {
		t.Errorf("at temperature 3 the best is %+v, at 1 %+v", soft.Labels[0], cold.Labels[0])
	}
	for _, bad := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := classifier.WithTemperature(bad); err == nil {
			t.Errorf("a temperature of %v was accepted", bad)
		}
	}
}

func TestContributionsPointAtTheWordsThatCount(t *testing.T) {
	t.Parallel()
	classifier := trainSample(t, false)
	text := "Hello, please CHECK my Invoice! ÄÖ refund"
	contributions, err := classifier.Contributions(text, "billing", 4)
	if err != nil || len(contributions) != 4 {
		t.Fatalf("got %d contributions (%v), want 4", len(contributions), err)
	}
	var found []string
	for _, c := range contributions {
		if text[c.Start:c.End] != c.Text {
			t.Errorf("span %d–%d holds %q, not %q", c.Start, c.End, text[c.Start:c.End], c.Text)
		}
		found = append(found, c.Text)
	}
	for _, want := range []string{"Invoice", "refund"} {
		if !slices.Contains(found, want) {
			t.Errorf("the strongest pieces are %q, want %q among them", found, want)
		}
	}
	if _, err := classifier.Contributions(text, "weather", 4); err == nil {
		t.Error("a label that doesn't exist was explained")
	}
	for _, odd := range []string{"", "\xff", "退款退款", strings.Repeat("x", 40000)} {
		if _, err := classifier.Contributions(odd, "billing", 100); err != nil {
			t.Errorf("explain %.10q: %v", odd, err)
		}
	}
}
