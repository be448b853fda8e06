package learn_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
)

// TestBanking77 checks quality on a public set of 77 banking intents (Casanueva
// et al. 2020): every fifth row of its training file is held out. The test file
// stays untouched, for reports.
func TestBanking77(t *testing.T) {
	directory := os.Getenv("SIGNALBOX_BANKING77_DIR")
	if directory == "" {
		t.Skip("SKIPPED: set SIGNALBOX_BANKING77_DIR to a folder with Banking77's train.csv to check quality")
	}
	train, test := splitEveryFifth(readBanking77(t, filepath.Join(directory, "train.csv")))
	started := time.Now()
	classifier, err := learn.Train(t.Context(), train, learn.Options{Seed: 1})
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	terms, fourier, network := classifier.Weights()
	t.Logf("trained on %d examples in %v; weights %.2f, %.2f and %.2f", len(train), time.Since(started), terms, fourier, network)

	var right []bool
	var confidence []float64
	for _, example := range test {
		p, err := classifier.Predict(example.Text, example.Embedding)
		if err != nil {
			t.Fatalf("predict: %v", err)
		}
		right = append(right, p.Labels[0].Label == example.Label)
		confidence = append(confidence, p.Labels[0].P)
	}
	accuracy := learn.Accuracy(right)
	calibration := learn.ExpectedCalibrationError(confidence, right, learn.EqualWidth(15))
	t.Logf("accuracy %.4f, expected calibration error %.4f on %d", accuracy, calibration, len(test))
	if accuracy < 0.905 {
		t.Errorf("accuracy is %.4f, want at least 0.905", accuracy)
	}
	if calibration > 0.04 {
		t.Errorf("expected calibration error is %.4f, want at most 0.04", calibration)
	}
}

func readBanking77(t *testing.T, path string) []learn.Example {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatalf("open the data: %v", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	model, err := embedding.Default()
	if err != nil {
		t.Fatalf("load the embedding: %v", err)
	}
	examples := make([]learn.Example, 0, len(rows)-1)
	for _, row := range rows[1:] {
		examples = append(examples, learn.Example{Text: row[0], Embedding: model.Embed(row[0]), Label: row[1]})
	}
	return examples
}

func splitEveryFifth(examples []learn.Example) (train, test []learn.Example) {
	for i, example := range examples {
		if i%5 == 4 {
			test = append(test, example)
		} else {
			train = append(train, example)
		}
	}
	return train, test
}
