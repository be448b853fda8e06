package learn_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

// samplePanel is the sample's five labels, a yes-or-no question over the same
// texts, and a third classifier that learned from half of them.
func samplePanel(t testing.TB, embed bool) (*learn.Panel, []*learn.Classifier) {
	t.Helper()
	examples := sampleExamples(t, 16, 1, embed)
	corpus := sampleCorpus(t, examples)
	all, half := learn.Lesson{}, learn.Lesson{}
	for i, example := range examples {
		all.Members, all.Labels = append(all.Members, i), append(all.Labels, example.Label)
		if i%2 == 0 {
			half.Members, half.Labels = append(half.Members, i), append(half.Labels, example.Label[:1])
		}
	}
	question := learn.Lesson{Members: all.Members}
	for _, label := range all.Labels {
		question.Labels = append(question.Labels, map[bool]string{true: "yes", false: "no"}[label == "billing"])
	}
	var classifiers []*learn.Classifier
	for _, lesson := range []learn.Lesson{all, question, half} {
		classifiers = append(classifiers, teach(t, corpus, lesson).Classifier)
	}
	panel, err := learn.NewPanel(classifiers...)
	if err != nil {
		t.Fatalf("join the classifiers: %v", err)
	}
	return panel, classifiers
}

func sampleCorpus(t testing.TB, examples []learn.Example) *learn.Corpus {
	t.Helper()
	documents := make([]learn.Document, len(examples))
	for i, example := range examples {
		documents[i] = learn.Document{Text: example.Text, Embedding: example.Embedding}
	}
	corpus, err := learn.NewCorpus(t.Context(), documents, learn.CorpusOptions{Labels: 20})
	if err != nil {
		t.Fatalf("read the corpus: %v", err)
	}
	return corpus
}

func teach(t testing.TB, corpus *learn.Corpus, lesson learn.Lesson) learn.Trained {
	t.Helper()
	trained, err := corpus.Train(t.Context(), lesson, learn.Options{Seed: 7})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	return trained
}

func readPanel(t testing.TB, panel *learn.Panel, example learn.Example) *learn.Reading {
	t.Helper()
	reading, err := panel.Read(example.Text, example.Embedding)
	if err != nil {
		t.Fatalf("read %.20q: %v", example.Text, err)
	}
	return reading
}

func TestPanelScoresLikeItsClassifiers(t *testing.T) {
	t.Parallel()
	for _, embed := range []bool{false, true} {
		panel, classifiers := samplePanel(t, embed)
		for _, example := range append(sampleExamples(t, 6, 44, embed), learn.Example{}, learn.Example{Text: "\xff退款 x"}) {
			reading := readPanel(t, panel, example)
			for i, classifier := range classifiers {
				prediction := predict(t, classifier, example)
				compareScores(t, panel.Labels(i), reading.Scores(i), prediction)
				logarithms := make([]float64, len(reading.Scores(i)))
				if energy := reading.LogProbabilities(logarithms, i); energy != prediction.Energy {
					t.Errorf("classifier %d has the energy %v in the panel, want %v", i, energy, prediction.Energy)
				}
				best := slices.Index(panel.Labels(i), prediction.Labels[0].Label)
				near(t, "probability in the panel", math.Exp(logarithms[best]), prediction.Uncalibrated, 1e-12)
			}
			reading.Release()
		}
	}
}

func compareScores(t *testing.T, labels []string, scores []float64, prediction learn.Prediction) {
	t.Helper()
	for _, want := range prediction.Labels {
		at := slices.Index(labels, want.Label)
		if at < 0 || scores[at] != want.Score {
			t.Errorf("%s scores %v in the panel, want exactly %v", want.Label, scores, want.Score)
		}
	}
}

func TestPanelExplainsLikeItsClassifiers(t *testing.T) {
	t.Parallel()
	panel, classifiers := samplePanel(t, true)
	for _, example := range sampleExamples(t, 3, 45, true) {
		reading := readPanel(t, panel, example)
		for i, classifier := range classifiers {
			for _, label := range classifier.Labels() {
				want, err := classifier.Contributions(example.Text, label, 5)
				got, errPanel := reading.Contributions(i, label, 5)
				if err := errors.Join(err, errPanel); err != nil {
					t.Fatalf("explain: %v", err)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s of classifier %d is explained by %v, want %v", label, i, got, want)
				}
			}
		}
		if _, err := reading.Contributions(1, "billing", 5); err == nil {
			t.Error("a label of another classifier was explained")
		}
		reading.Release()
	}
}

func TestDecodedPanelReadsTheSameBits(t *testing.T) {
	t.Parallel()
	panel, _ := samplePanel(t, true)
	encoded, err := panel.MarshalBinary()
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	decoded := &learn.Panel{}
	if err := decoded.UnmarshalBinary(encoded); err != nil {
		t.Fatalf("decode: %v", err)
	}
	if decoded.Size() != panel.Size() || decoded.Space() != panel.Space() {
		t.Fatalf("decoded are %d classifiers over %+v", decoded.Size(), decoded.Space())
	}
	for _, example := range sampleExamples(t, 4, 46, true) {
		before, after := readPanel(t, panel, example), readPanel(t, decoded, example)
		for i := range panel.Size() {
			if !slices.Equal(panel.Labels(i), decoded.Labels(i)) || !slices.Equal(before.Scores(i), after.Scores(i)) {
				t.Errorf("decoded classifier %d scores %v, want %v", i, after.Scores(i), before.Scores(i))
			}
		}
		before.Release()
		after.Release()
	}
	again, err := decoded.MarshalBinary()
	if err != nil || !slices.Equal(again, encoded) {
		t.Errorf("the decoded panel is encoded in other bytes (%v)", err)
	}
	if err := new(learn.Classifier).UnmarshalBinary(encoded); !errors.Is(err, learn.ErrEncoding) {
		t.Errorf("a panel of three as one classifier gave %v, want ErrEncoding", err)
	}
}

func TestPanelRefusesStrangers(t *testing.T) {
	t.Parallel()
	panel, classifiers := samplePanel(t, false)
	stranger := trainSample(t, false)
	if _, err := learn.NewPanel(classifiers[0], stranger); !errors.Is(err, learn.ErrSpace) {
		t.Errorf("a classifier of another corpus gave %v, want ErrSpace", err)
	}
	for _, count := range []int{0, learn.MaximumPanel + 1} {
		many := slices.Repeat(classifiers[:1], count)
		if _, err := learn.NewPanel(many...); err == nil || !strings.Contains(err.Error(), "use 1 to 16") {
			t.Errorf("a panel of %d gave %v, want an error that names the range", count, err)
		}
	}
	if _, err := panel.Read("text", make([]float32, 3)); !errors.Is(err, learn.ErrSpace) {
		t.Errorf("an embedding for a panel without gave %v, want ErrSpace", err)
	}
}

// Readings use memory again, so one text must leave nothing behind for the next.
func TestReadingsDoNotMix(t *testing.T) {
	t.Parallel()
	panel, _ := samplePanel(t, true)
	examples := append(sampleExamples(t, 3, 47, true), learn.Example{Text: strings.Repeat("invoice parcel ", 500)}, learn.Example{})
	want := make([][]float64, len(examples))
	for i, example := range examples {
		reading := readPanel(t, panel, example)
		want[i] = slices.Clone(reading.Scores(0))
		reading.Release()
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for round := range 3 * len(examples) {
				i := (round*7 + worker) % len(examples)
				reading, err := panel.Read(examples[i].Text, examples[i].Embedding)
				if err != nil || !slices.Equal(reading.Scores(0), want[i]) {
					t.Errorf("text %d scores other than alone (%v)", i, err)
					return
				}
				if _, err := reading.Contributions(0, "login", 3); err != nil {
					t.Errorf("explain text %d: %v", i, err)
				}
				reading.Release()
			}
		})
	}
	group.Wait()
}
