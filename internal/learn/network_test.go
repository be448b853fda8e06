package learn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sampleLesson is 90 texts of three labels, each with two words of its label
// among others, dealt over five folds in turn.
func sampleLesson(t *testing.T) (*Corpus, Lesson) {
	t.Helper()
	random := rand.New(rand.NewPCG(5, 5))
	var documents []Document
	lesson := Lesson{HeldOut: 5}
	for i := range 90 {
		text := ""
		for range 4 {
			text += fmt.Sprintf("filler%d ", random.IntN(20))
		}
		for range 2 {
			text += fmt.Sprintf("word%d%c ", random.IntN(6), 'a'+rune(i%3))
		}
		embedding := []float32{float32(random.NormFloat64()), float32(i % 3), 1, 0}
		documents = append(documents, Document{Text: text, Embedding: embedding})
		lesson.Members, lesson.Labels = append(lesson.Members, i), append(lesson.Labels, fmt.Sprint(i%3))
		lesson.Folds = append(lesson.Folds, i/3%5)
	}
	corpus, err := NewCorpus(t.Context(), documents, CorpusOptions{Space: Space{Hasher: Hasher{Buckets: 1 << 12}, Embedding: 4, Fourier: 8}})
	if err != nil {
		t.Fatalf("read the corpus: %v", err)
	}
	return corpus, lesson
}

func heldOutParts(t *testing.T, corpus *Corpus, lesson Lesson) []heldOut {
	t.Helper()
	labels, classes, err := lesson.numbered()
	if err != nil {
		t.Fatalf("number the labels: %v", err)
	}
	run := &training{
		corpus: corpus, options: Options{}.withDefaults(), members: lesson.Members,
		labels: labels, classes: classes, folds: lesson.Folds, evaluated: lesson.HeldOut,
	}
	held := make([]heldOut, len(classes))
	if _, err := run.trainTerms(t.Context(), held); err != nil {
		t.Fatalf("train on n-grams: %v", err)
	}
	if _, err := run.trainFourier(t.Context(), held); err != nil {
		t.Fatalf("train on embeddings: %v", err)
	}
	if _, err := run.trainNetwork(t.Context(), held); err != nil {
		t.Fatalf("train the network: %v", err)
	}
	return held
}

// The labels of a fold must not reach its own held-out scores.
func TestHeldOutPartsIgnoreTheirOwnFoldsLabels(t *testing.T) {
	t.Parallel()
	corpus, lesson := sampleLesson(t)
	honest := heldOutParts(t, corpus, lesson)
	changed := lesson
	changed.Labels = slices.Clone(lesson.Labels)
	for i, fold := range lesson.Folds {
		if fold == 2 {
			changed.Labels[i] = "0"
		}
	}
	lied := heldOutParts(t, corpus, changed)
	for part := range partCount {
		others := 0
		for i, fold := range lesson.Folds {
			same := slices.Equal(honest[i].scores[part], lied[i].scores[part])
			if fold == 2 && !same {
				t.Errorf("part %d: with other labels in its fold, example %d scores %v, want %v", part, i, lied[i].scores[part], honest[i].scores[part])
			}
			if fold != 2 && !same {
				others++
			}
		}
		if others == 0 {
			t.Errorf("part %d: the labels of a fold don't teach the others", part)
		}
	}
}

func TestNetworkLearnsBothInputs(t *testing.T) {
	t.Parallel()
	corpus, lesson := sampleLesson(t)
	for name, blind := range map[string]bool{"n-grams and embedding": false, "n-grams alone": true} {
		if blind {
			for i := range corpus.embeddings {
				corpus.embeddings[i] = nil
			}
		}
		right := 0
		for _, h := range heldOutParts(t, corpus, lesson) {
			if indexOfLargest(h.scores[partNetwork]) == h.class {
				right++
			}
		}
		if right < 75 {
			t.Errorf("%s: %d of 90 held-out examples are right, want 75", name, right)
		}
	}
}

// A step must go against the gradient of the loss: its first-order effect is
// that of the gradient by finite differences.
func TestDescentFollowsTheGradient(t *testing.T) {
	t.Parallel()
	subset := &rowSubset{known: newRankedBitmap(6, []uint32{0, 1, 2, 3, 4, 5}), count: 6}
	task := &networkTask{subset: subset, width: 2, columns: 3, units: 5, seed: 3}
	d := newDescent(task, 0)
	document, embedding, class := weighted{[]uint32{1, 4}, []float32{0.8, 0.6}}, []float32{0.5, -1}, 2
	loss := func() float64 {
		hidden := make([]float64, task.units)
		for unit := range hidden {
			for i, row := range document.rows {
				hidden[unit] += float64(document.values[i] * d.grams.weights[int(row)*task.units+unit])
			}
			for i, x := range embedding {
				hidden[unit] += float64(x * d.dense.weights[i*task.units+unit])
			}
			hidden[unit] = max(hidden[unit], 0) * float64(d.mask[unit])
		}
		scores, smooth := make([]float64, 3), 0.0
		for column := range scores {
			for unit, x := range hidden {
				scores[column] += x * float64(d.last.weights[column*task.units+unit])
			}
		}
		total := logSumExp(scores)
		for _, score := range scores {
			smooth += (total - score) * networkSmoothing / 3
		}
		return smooth + (1-networkSmoothing)*(total-scores[class])
	}
	d.rows, d.values = document.rows, document.values
	d.forward(embedding)
	before, last, grams := slices.Clone(d.dense.weights), slices.Clone(d.last.weights), slices.Clone(d.grams.weights)
	d.rate = 1
	d.step(embedding, class)
	moved := d.dense.weights
	d.last.weights, d.grams.weights = last, grams
	for i := range before {
		d.dense.weights = slices.Clone(before)
		const small = 1e-3
		d.dense.weights[i] = before[i] + small
		up := loss()
		d.dense.weights[i] = before[i] - small
		slope := (up - loss()) / (2 * small)
		// The first adaptive step has the length of the rate, whatever the slope.
		if step := float64(moved[i] - before[i]); math.Abs(slope) > 1e-3 && step*slope >= 0 || math.Abs(slope) < 1e-6 && step != 0 {
			t.Errorf("dense weight %d has the slope %v and moves by %v", i, slope, step)
		}
	}
}
