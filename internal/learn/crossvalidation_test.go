package learn_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/signalbox/signalbox/internal/embedding"
	"github.com/signalbox/signalbox/internal/learn"
)

// The tests below print figures of five-fold cross-validation on training files
// of public data sets, or of the first SIGNALBOX_FOLDS of the folds. Test files
// are not read.

// TestCrossValidateBanking77 needs SIGNALBOX_BANKING77_DIR.
func TestCrossValidateBanking77(t *testing.T) {
	directory := os.Getenv("SIGNALBOX_BANKING77_DIR")
	if directory == "" || testing.Short() {
		t.Skip("SKIPPED: set SIGNALBOX_BANKING77_DIR to a folder with Banking77's train.csv to cross-validate")
	}
	crossValidate(t, readBanking77(t, filepath.Join(directory, "train.csv")), learn.Options{Seed: 1})
}

// TestCrossValidateBanking77FewShot learns from ten examples a label, the others
// of the training file being judged, for five seeds.
func TestCrossValidateBanking77FewShot(t *testing.T) {
	directory := os.Getenv("SIGNALBOX_BANKING77_DIR")
	if directory == "" || testing.Short() {
		t.Skip("SKIPPED: set SIGNALBOX_BANKING77_DIR to a folder with Banking77's train.csv to check few examples")
	}
	examples := readBanking77(t, filepath.Join(directory, "train.csv"))
	for _, count := range []int{3, 10} {
		var all judgedTexts
		for seed := range folds() {
			train, rest := sampleFew(examples, count, uint64(seed))
			all.judge(t, train, rest[:4000], learn.Options{Seed: uint64(seed)})
		}
		all.report(t, fmt.Sprintf("%d examples a label", count))
	}
}

// TestCrossValidateCLINC150 needs SIGNALBOX_CLINC150_DIR with data_full.json. The
// out-of-scope examples of the training part are dealt over the folds, too; the
// figures with a threshold are also printed for the validation part, half of
// which is the classifier's validation set.
func TestCrossValidateCLINC150(t *testing.T) {
	directory := os.Getenv("SIGNALBOX_CLINC150_DIR")
	if directory == "" || testing.Short() {
		t.Skip("SKIPPED: set SIGNALBOX_CLINC150_DIR to a folder with CLINC150's data_full.json to cross-validate")
	}
	parts := readCLINC150(t, filepath.Join(directory, "data_full.json"))
	train := append(parts["train"], parts["oos_train"]...)
	crossValidate(t, train, learn.Options{Seed: 1})
	held := append(parts["val"], parts["oos_val"]...)
	var all judgedTexts
	for half := range 2 {
		var validation, judged []learn.Example
		for i, example := range held {
			if i%2 == half {
				validation = append(validation, example)
			} else {
				judged = append(judged, example)
			}
		}
		all.judge(t, train, judged, learn.Options{Seed: 1, Validation: validation})
	}
	all.report(t, "validation part, half by half")
}

func folds() int {
	if n, err := strconv.Atoi(os.Getenv("SIGNALBOX_FOLDS")); err == nil && n > 0 {
		return n
	}
	return 5
}

func crossValidate(t *testing.T, examples []learn.Example, options learn.Options) {
	t.Helper()
	var all judgedTexts
	for fold := range folds() {
		var train, judged []learn.Example
		for i, example := range examples {
			if (i+i/5)%5 == fold {
				judged = append(judged, example)
			} else {
				train = append(train, example)
			}
		}
		all.judge(t, train, judged, options)
	}
	all.report(t, fmt.Sprintf("%d folds", folds()))
}

// judgedTexts collects predictions of texts that were not learned from.
type judgedTexts struct {
	confidences, before, strangeness, energies []float64
	right                                      []bool // of texts in scope
	outside                                    []bool // of all texts
	acceptedRight, rejected                    int
}

func (j *judgedTexts) judge(t *testing.T, train, judged []learn.Example, options learn.Options) {
	t.Helper()
	started := time.Now()
	classifier, err := learn.Train(t.Context(), train, options)
	if err != nil {
		t.Fatalf("train: %v", err)
	}
	took := time.Since(started)
	encoded, err := classifier.MarshalBinary()
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	right, started := 0, time.Now()
	for _, example := range judged {
		p, err := classifier.Predict(example.Text, example.Embedding)
		if err != nil {
			t.Fatalf("predict: %v", err)
		}
		right += j.add(example, p, classifier.StrangenessThreshold())
	}
	terms, fourier, network := classifier.Weights()
	t.Logf("%d examples, %v, %d bytes; weights %.2f, %.2f and %.2f; %s; %d right of %d; %v a text",
		len(train), took.Round(time.Millisecond), len(encoded), terms, fourier, network, classifier.Calibration(), right, len(judged),
		time.Since(started)/time.Duration(len(judged)))
}

func (j *judgedTexts) add(example learn.Example, p learn.Prediction, threshold float64) (right int) {
	j.strangeness, j.energies = append(j.strangeness, p.Strangeness), append(j.energies, p.Energy)
	j.outside = append(j.outside, example.OutOfScope)
	if example.OutOfScope {
		if p.Strangeness > threshold {
			j.rejected++
		}
		return 0
	}
	j.confidences, j.before = append(j.confidences, p.Confidence), append(j.before, p.Uncalibrated)
	j.right = append(j.right, p.Labels[0].Label == example.Label)
	if p.Labels[0].Label == example.Label {
		right = 1
		if p.Strangeness <= threshold {
			j.acceptedRight++
		}
	}
	return right
}

func (j *judgedTexts) report(t *testing.T, title string) {
	t.Helper()
	noise := learn.CalibrationErrorNoise(j.confidences, learn.EqualWidth(15), 200, 1)
	t.Logf("%s: accuracy %.4f of %d; ECE before %.4f, after %.4f (mass %.4f, noise %.4f); log loss %.4f, area under risk–coverage %.4f",
		title, learn.Accuracy(j.right), len(j.right),
		learn.ExpectedCalibrationError(j.before, j.right, learn.EqualWidth(15)),
		learn.ExpectedCalibrationError(j.confidences, j.right, learn.EqualWidth(15)),
		learn.ExpectedCalibrationError(j.confidences, j.right, learn.EqualMass(15)), noise.Mean,
		learn.LogLoss(j.confidences, j.right), learn.RiskCoverageArea(j.confidences, j.right))
	if outside := len(j.outside) - len(j.right); outside > 0 {
		t.Logf("%s: out-of-scope AUROC %.4f (energy %.4f); at the threshold in-scope accuracy %.4f, out-of-scope recall %.4f of %d",
			title, learn.AUROC(j.strangeness, j.outside), learn.AUROC(j.energies, j.outside),
			float64(j.acceptedRight)/float64(len(j.right)), float64(j.rejected)/float64(outside), outside)
	}
}

func sampleFew(examples []learn.Example, count int, seed uint64) (train, rest []learn.Example) {
	taken := map[string]int{}
	for _, i := range shuffled(len(examples), seed) {
		if taken[examples[i].Label] < count {
			taken[examples[i].Label]++
			train = append(train, examples[i])
		} else {
			rest = append(rest, examples[i])
		}
	}
	return train, rest
}

func readCLINC150(t *testing.T, path string) map[string][]learn.Example {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("open the data: %v", err)
	}
	var rows map[string][][2]string
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	model, err := embedding.Default()
	if err != nil {
		t.Fatalf("load the embedding: %v", err)
	}
	parts := map[string][]learn.Example{}
	for _, part := range []string{"train", "oos_train", "val", "oos_val"} {
		for _, row := range rows[part] {
			parts[part] = append(parts[part], learn.Example{
				Text: row[0], Embedding: model.Embed(row[0]), Label: row[1], OutOfScope: row[1] == "oos",
			})
		}
	}
	return parts
}
