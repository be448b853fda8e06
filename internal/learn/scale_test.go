package learn_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
)

// TestTrainAtScale learns from as many synthetic texts of 200 words and 50 labels
// as SIGNALBOX_SCALE says, such as 100000, and prints the time and, on Linux, the
// process's peak memory.
func TestTrainAtScale(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("SIGNALBOX_SCALE"))
	if err != nil || testing.Short() {
		t.Skip("SKIPPED: set SIGNALBOX_SCALE to a number of texts to measure training time and memory")
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(3 << 30)) // as cmd/signalbox does
	examples := scaleExamples(t, count)
	t.Logf("%d texts made, peak memory %s", count, peakMemory())
	started := time.Now()
	classifier, err := learn.Train(t.Context(), examples, learn.Options{Seed: 1})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	took := time.Since(started)
	encoded, err := classifier.MarshalBinary()
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	terms, fourier, network := classifier.Weights()
	t.Logf("trained in %v, peak memory %s, %d bytes encoded; weights %.2f, %.2f, %.2f", took, peakMemory(), len(encoded), terms, fourier, network)
}

// scaleExamples draws words by Zipf's law, one of ten from the label's own.
func scaleExamples(t *testing.T, count int) []learn.Example {
	t.Helper()
	model, err := embedding.Default()
	if err != nil {
		t.Fatalf("load the embedding: %v", err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	vocabulary := make([]string, 30_000)
	for i := range vocabulary {
		for range 2 + random.IntN(4) {
			vocabulary[i] += string("bcdfghklmnprst"[random.IntN(14)]) + string("aeiou"[random.IntN(5)])
		}
	}
	zipf := rand.NewZipf(random, 1.1, 8, uint64(len(vocabulary)-1))
	examples := make([]learn.Example, count)
	var text strings.Builder
	for i := range examples {
		text.Reset()
		label := random.IntN(50)
		for range 200 {
			word := zipf.Uint64()
			if random.IntN(10) == 0 {
				word = uint64(1000 + label*100 + random.IntN(100))
			}
			text.WriteString(vocabulary[word])
			text.WriteByte(' ')
		}
		examples[i] = learn.Example{Text: text.String(), Label: fmt.Sprintf("label %d", label)}
		examples[i].Embedding = model.Embed(examples[i].Text)
	}
	return examples
}

// peakMemory is the largest resident size so far, or "unknown".
func peakMemory() string {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		if value, found := strings.CutPrefix(scanner.Text(), "VmHWM:"); found {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
