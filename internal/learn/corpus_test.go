package learn_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/signalbox/signalbox/internal/learn"
)

// lessonOf learns from all examples, dealt over five folds in turn.
func lessonOf(examples []learn.Example) learn.Lesson {
	var lesson learn.Lesson
	for i, example := range examples {
		lesson.Members, lesson.Labels = append(lesson.Members, i), append(lesson.Labels, example.Label)
		lesson.Folds = append(lesson.Folds, i%5)
	}
	return lesson
}

func best(scores []float64) int {
	at := 0
	for i, score := range scores {
		if score > scores[at] {
			at = i
		}
	}
	return at
}

func TestHeldOutScoresFindTheLabels(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 20, 2, true)
	trained := teach(t, sampleCorpus(t, examples), lessonOf(examples))
	right := 0
	for i, scores := range trained.HeldOut {
		if trained.Classifier.Labels()[best(scores)] == examples[i].Label {
			right++
		}
	}
	if right < 90 {
		t.Errorf("%d of 100 held-out examples are right, want 90", right)
	}
}

// With labels at random, whatever is better than chance was leaked.
func TestHeldOutScoresOfNoiseAreAtChance(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 40, 2, true)
	random := rand.New(rand.NewPCG(6, 6))
	for i := range examples {
		examples[i].Label = []string{"a", "b"}[random.IntN(2)]
	}
	trained := teach(t, sampleCorpus(t, examples), lessonOf(examples))
	right := 0
	for i, scores := range trained.HeldOut {
		if trained.Classifier.Labels()[best(scores)] == examples[i].Label {
			right++
		}
	}
	// Three standard deviations around 100 of 200.
	if right < 78 || right > 122 {
		t.Errorf("%d of 200 random labels are found, want about 100", right)
	}
}

func TestHeldOutFoldsAreTheFirst(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 8, 2, false)
	lesson := lessonOf(examples)
	for _, heldOut := range []int{1, 3, 9} {
		lesson.HeldOut = heldOut
		trained := teach(t, sampleCorpus(t, examples), lesson)
		for i, scores := range trained.HeldOut {
			if want := lesson.Folds[i] < heldOut; (scores != nil) != want {
				t.Errorf("with %d folds held out, an example of fold %d has the scores %v", heldOut, lesson.Folds[i], scores)
			}
		}
	}
}

func TestCorpusTrainsLikeTrain(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 10, 3, true)
	alone, err := learn.Train(t.Context(), examples, learn.Options{Seed: 7})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	lesson := lessonOf(examples)
	lesson.Folds = nil
	shared := teach(t, sampleCorpus(t, examples), lesson).Classifier
	a, errA := alone.MarshalBinary()
	b, errB := shared.MarshalBinary()
	if errors.Join(errA, errB) != nil || !bytes.Equal(a, b) {
		t.Errorf("a lesson over a whole corpus gives another classifier (%v, %v)", errA, errB)
	}
}

// Work is dealt over the cores as they come, and must add up the same.
func TestTrainingIsTheSameOnOneCore(t *testing.T) {
	examples := sampleExamples(t, 10, 3, true)
	train := func() []byte {
		encoded, err := teach(t, sampleCorpus(t, examples), lessonOf(examples)).Classifier.MarshalBinary()
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		return encoded
	}
	many := train()
	before := runtime.GOMAXPROCS(1)
	one := train()
	runtime.GOMAXPROCS(before)
	if !bytes.Equal(one, many) {
		t.Error("training on one core gives another classifier")
	}
}

func TestLessonsOfPartsOfACorpus(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 10, 3, true)
	corpus := sampleCorpus(t, examples)
	lesson := learn.Lesson{}
	for i, example := range examples {
		if example.Label == "billing" || example.Label == "login" {
			lesson.Members, lesson.Labels = append(lesson.Members, i), append(lesson.Labels, example.Label)
		}
	}
	trained := teach(t, corpus, lesson)
	if got := trained.Classifier.Labels(); !slices.Equal(got, []string{"billing", "login"}) || len(trained.HeldOut) != 20 {
		t.Errorf("the labels are %v with %d held out, want two labels and 20", got, len(trained.HeldOut))
	}
}

func TestLessonsAreChecked(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 2, 3, false)
	corpus := sampleCorpus(t, examples)
	two := []string{"a", "b"}
	for name, c := range map[string]struct {
		lesson learn.Lesson
		names  string
	}{
		"fewer labels":    {learn.Lesson{Members: []int{0, 1, 2}, Labels: two}, "3 members, 2 labels"},
		"fewer folds":     {learn.Lesson{Members: []int{0, 1}, Labels: two, Folds: []int{1}}, "1 folds"},
		"empty folds":     {learn.Lesson{Members: []int{0, 1}, Labels: two, Folds: []int{}}, "0 folds"},
		"beyond the end":  {learn.Lesson{Members: []int{0, 10}, Labels: two}, "below 10"},
		"below the start": {learn.Lesson{Members: []int{-1, 1}, Labels: two}, "has -1"},
		"twice the same":  {learn.Lesson{Members: []int{3, 3}, Labels: two}, "ascending"},
		"negative fold":   {learn.Lesson{Members: []int{0, 1}, Labels: two, Folds: []int{0, -1}}, "negative"},
		"negative count":  {learn.Lesson{Members: []int{0, 1}, Labels: two, HeldOut: -1}, "negative"},
		"one label":       {learn.Lesson{Members: []int{0, 1}, Labels: []string{"a", "a"}}, "1 labels"},
		"nothing":         {learn.Lesson{}, "0 labels"},
		"nothing, folded": {learn.Lesson{Folds: []int{}}, "0 labels"},
	} {
		_, err := corpus.Train(t.Context(), c.lesson, learn.Options{})
		if !errors.Is(err, learn.ErrExamples) || !strings.Contains(err.Error(), c.names) {
			t.Errorf("%s: Train returned %v, want ErrExamples naming %q", name, err, c.names)
		}
	}
}

// Folds may be uneven: a label may stand in one fold alone, or a fold may hold
// everything.
func TestOddFoldsTrain(t *testing.T) {
	t.Parallel()
	examples := sampleExamples(t, 3, 3, true)
	lesson := lessonOf(examples)
	for name, fold := range map[string]func(i int) int{
		"a label a fold": func(i int) int { return i / 3 },
		"one fold":       func(int) int { return 0 },
		"gaps":           func(i int) int { return 4 * (i % 2) },
	} {
		for i := range lesson.Folds {
			lesson.Folds[i] = fold(i)
		}
		trained := teach(t, sampleCorpus(t, examples), lesson)
		for i, scores := range trained.HeldOut {
			for _, score := range scores {
				if score != score {
					t.Errorf("%s: the held-out scores of example %d are %v", name, i, scores)
				}
			}
		}
	}
}
