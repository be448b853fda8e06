package detectors

import (
	"bytes"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/signalbox/signalbox/internal/detect"
)

const (
	corpusFolder = "."
	shippedFile  = "../../internal/detect/detectors.sbd"
)

// TestShippedDetectorsAreOfThisCorpus fails after a change of the corpus, the lexicon
// or the embedding without a new training.
func TestShippedDetectorsAreOfThisCorpus(t *testing.T) {
	t.Parallel()
	encoded, err := os.ReadFile(shippedFile)
	if err != nil {
		t.Fatal(err)
	}
	var trained detect.Trained
	if err := trained.UnmarshalBinary(encoded); err != nil {
		t.Fatal(err)
	}
	corpus, err := CorpusHash(os.DirFS(corpusFolder))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := detect.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	if trained.Corpus != corpus || trained.Features != detect.FeaturesHash() || trained.Embedding != reader.EmbeddingIdentity() {
		t.Error("the shipped detectors were trained on another corpus, lexicon or embedding: run make detectors")
	}
}

// smallCorpus is the first rows of two industries.
func smallCorpus(t *testing.T) fstest.MapFS {
	t.Helper()
	small := fstest.MapFS{}
	for _, industry := range developed[:2] {
		for _, file := range []string{ticketsFile, sensitiveFile, negativesFile, actsFile} {
			name := path.Join(industriesFolder, industry, file)
			content, err := os.ReadFile(filepath.Join(corpusFolder, name))
			if err != nil {
				t.Fatal(err)
			}
			lines := bytes.SplitAfter(content, []byte("\n"))
			small[name] = &fstest.MapFile{Data: bytes.Join(lines[:min(len(lines), 40)], nil)}
		}
	}
	return small
}

func TestTrainingRepeatsItself(t *testing.T) {
	t.Parallel()
	var encoded [2][]byte
	for i := range encoded {
		var done []string
		trained, err := Train(t.Context(), smallCorpus(t), func(task string) { done = append(done, task) })
		if err != nil {
			t.Fatal(err)
		}
		if encoded[i], err = trained.MarshalBinary(); err != nil || len(done) != 6 {
			t.Fatalf("%v, tasks %v", err, done)
		}
	}
	if !bytes.Equal(encoded[0], encoded[1]) {
		t.Error("two trainings on the same texts differ")
	}
	if _, err := detect.New(encoded[0]); err != nil {
		t.Error(err)
	}
}

// TestModelScoresAsTheKernel holds the shipped weights to what was judged: only the
// rounding of the n-grams lies between them.
func TestModelScoresAsTheKernel(t *testing.T) {
	t.Parallel()
	industries, err := Load(smallCorpus(t))
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := newTasks(industries)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := detect.NewReader()
	if err != nil {
		t.Fatal(err)
	}
	urgency := tasks[1]
	l := newLearner(urgency, newKernel(urgency.examples, blocks))
	m := l.model(calibration{temperature: 1, offsets: make([]float64, len(urgency.values))}, reader)
	for i := range urgency.examples {
		judged, served := l.score(l.full, i), m.Scores(&urgency.examples[i].features)
		for value := range judged {
			if math.Abs(judged[value]-served[value]) > 0.02 {
				t.Fatalf("example %d: judged as %v, served as %v", i, judged, served)
			}
		}
	}
}

func TestLoadNamesTheLine(t *testing.T) {
	t.Parallel()
	small := smallCorpus(t)
	name := path.Join(industriesFolder, developed[0], actsFile)
	small[name] = &fstest.MapFile{Data: []byte("{\"id\":\"a\"}\n{\"colour\":1}\n")}
	if _, err := Load(small); err == nil || !bytes.Contains([]byte(err.Error()), []byte(name+", line 2")) {
		t.Errorf("the error is %v", err)
	}
	delete(small, name)
	if industries, err := Load(small); err != nil || len(industries) != 2 || industries[0].acts != nil {
		t.Errorf("an industry without acts is read as %d industries, error %v", len(industries), err)
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("a corpus without industries is taken")
	}
}

// TestCorpusIsAsTheGuideSays checks labels, lengths and that no text stands twice.
func TestCorpusIsAsTheGuideSays(t *testing.T) {
	t.Parallel()
	industries, err := Load(os.DirFS(corpusFolder))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	once := func(id, text string) {
		if before := seen[text]; before != "" {
			t.Errorf("%s and %s are the same text", before, id)
		}
		seen[text] = id
	}
	topics := []string{"data_protection", "legal", "press", "security_report", "self_harm"}
	for _, industry := range industries {
		for _, row := range slices.Concat(industry.tickets, industry.negatives) {
			once(row.ID, row.text())
			if row.Sensitive != "" {
				t.Errorf("%s is labelled %s", row.ID, row.Sensitive)
			}
		}
		for _, row := range industry.sensitive {
			once(row.ID, row.text())
			if !slices.Contains(topics, row.Sensitive) {
				t.Errorf("%s is labelled %q", row.ID, row.Sensitive)
			}
		}
	}
	if len(seen) < 1900 {
		t.Errorf("only %d texts", len(seen))
	}
}

func TestCalibrationFindsTheTemperature(t *testing.T) {
	t.Parallel()
	// Scores of ±2 that are right in three of four cases call for odds of three to one.
	toy := &task{values: []string{"a", "b"}}
	var scores [][]float64
	for i := range 400 {
		toy.examples = append(toy.examples, example{class: i % 2})
		sign := float64(1 - 2*(i%2))
		if i%8 < 2 {
			sign = -sign
		}
		scores = append(scores, []float64{sign, -sign})
	}
	fitted := calibrate(toy, scores)
	if p := fitted.probabilities([]float64{1, -1}); math.Abs(p[0]-0.75) > 0.02 {
		t.Errorf("the probability is %v, want .75", p[0])
	}
}
