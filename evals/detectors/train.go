package detectors

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/signalbox/signalbox/internal/detect"
)

// Train learns all detectors from the industries of a folder. Equal files give equal
// detectors, bit for bit. Progress is told which task is done.
func Train(ctx context.Context, files fs.FS, progress func(task string)) (*detect.Trained, error) {
	industries, err := Load(files)
	if err != nil {
		return nil, err
	}
	reader, err := detect.NewReader()
	if err != nil {
		return nil, err
	}
	corpus, err := CorpusHash(files)
	if err != nil {
		return nil, err
	}
	trained := &detect.Trained{Corpus: corpus, Features: detect.FeaturesHash(), Embedding: reader.EmbeddingIdentity()}
	tasks, err := newTasks(industries)
	if err != nil {
		return nil, err
	}
	kernels := kernelCache{}
	for _, t := range tasks {
		l := newLearner(t, kernels.of(t))
		held, err := l.leaveOut(ctx, judgedCount(industries), false)
		if err != nil {
			return nil, err
		}
		fitted := calibrate(t, held.outer)
		fitted.setFloor(t, held.outer)
		trained.Models = append(trained.Models, l.model(fitted, reader))
		progress(t.name)
	}
	return trained, nil
}

// kernelCache gives tasks on the same texts one kernel.
type kernelCache map[string]*kernel

func (c kernelCache) of(t *task) *kernel {
	key := fmt.Sprint(len(t.examples), t.examples[0].id)
	if c[key] == nil {
		c[key] = newKernel(t.examples, blocks)
	}
	return c[key]
}

// model turns the examples' weights into weights of features. Sums run in the order
// of the examples, so that they round alike everywhere.
func (l *learner) model(fitted calibration, reader *detect.Reader) *detect.Model {
	values := len(l.task.values)
	grams := make([]float64, detect.GramBuckets*values)
	flags := make([]float64, reader.FlagCount()*values)
	embedding := make([]float64, reader.Dimension()*values)
	bias := make([]float64, values)
	for value, weights := range l.full {
		for i, weight := range weights {
			if weight == 0 {
				continue
			}
			f := l.task.examples[i].features
			length := math.Sqrt(float64(max(1, len(f.Grams))))
			for _, gram := range f.Grams {
				grams[int(gram)*values+value] += weight * blocks.Grams * blocks.Grams / length
			}
			for _, flag := range f.Flags {
				flags[int(flag)*values+value] += weight * blocks.Flags * blocks.Flags
			}
			for at, x := range f.Embedding {
				embedding[at*values+value] += weight * blocks.Embedding * blocks.Embedding * float64(x)
			}
			bias[value] += weight * blocks.Bias * blocks.Bias
		}
	}
	m := &detect.Model{Name: l.task.name, Values: l.task.values, Temperature: fitted.temperature, Offsets: fitted.offsets, Floor: fitted.floor, Blocks: blocks}
	m.Linear = detect.Linear{Flags: singles(flags), Embedding: singles(embedding), Bias: singles(bias)}
	m.Linear.Quantise(singles(grams), values)
	return m
}

func singles(doubles []float64) []float32 {
	rounded := make([]float32, len(doubles))
	for i, x := range doubles {
		rounded[i] = float32(x)
	}
	return rounded
}

// CorpusHash covers every file that detectors learn from, and its name: 64
// hexadecimal digits.
func CorpusHash(files fs.FS) (string, error) {
	sum := sha256.New()
	for _, folder := range []string{industriesFolder, generalFolder} {
		err := fs.WalkDir(files, folder, func(name string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(files, name)
			fmt.Fprintf(sum, "%d %s %d %s", len(name), name, len(content), content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
